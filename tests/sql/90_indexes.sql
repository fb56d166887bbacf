-- The look-ups that keep a million updates fast use the indexes made for them.

create function test.plan_of(statement text) returns text language plpgsql as $$
declare
    line text;
    lines text := '';
begin
    for line in execute 'explain (costs off) ' || statement loop
        lines := lines || line || E'\n';
    end loop;
    return lines;
end $$;

create function test.many_updates() returns void language sql as $$
    insert into published_update (plan_id, goal_id, objective_id, as_of, kind, status, percent_complete, summary, source,
                                  external_id)
    select o.plan_id, o.goal_id, o.id, date '2020-01-01' + n % 2000, case when n % 10 = 0 then 'progress' else 'note' end,
           case when n % 10 = 0 then 'on_track' end, case when n % 20 = 0 then n % 100 end, 'x', (array['a', 'b', 'c'])[1 + n % 3], 'e' || n
      from generate_series(1, 12000) n join objective o on o.code = (array['1.1', '1.2', '2.1', '3.1', '3.9', '3.10'])[1 + n % 6];
    analyze published_update
$$;

-- The rows that a read took from published_update: {index: rows}, and those of whole scans and bitmaps
-- under its own name. A statement hides the plans inside its functions; what they read they cannot hide.
create function test.reads(read text) returns jsonb language plpgsql as $$
declare
    before jsonb;
begin
    before := test.read_so_far();
    execute 'select count(*) from (' || read || ') q';
    return (select coalesce(jsonb_object_agg(r.key, r.value::bigint - (before->>r.key)::bigint), '{}')
              from jsonb_each_text(test.read_so_far()) r where r.value <> before->>r.key);
end $$;

create function test.read_so_far() returns jsonb language sql volatile as $$
    select jsonb_object_agg(c.relname, pg_stat_get_xact_tuples_fetched(c.oid)
                                       + case when c.relkind = 'r' then pg_stat_get_xact_tuples_returned(c.oid) else 0 end)
      from pg_class c
     where c.oid = 'published_update'::regclass
        or c.oid in (select i.indexrelid from pg_index i where i.indrelid = 'published_update'::regclass)
$$;

create function test.the_roll_up_reads_the_two_partial_indexes() returns void language plpgsql as $$
declare
    reads jsonb;
begin
    perform test.many_updates();
    reads := test.reads(test.statement('goals_list', null, null, test.now(), null, null, '{}', null, null, '51'));
    -- Three objectives have progress, and none said its percent last.
    perform test.is(reads, '{"update_effective_status": 3, "update_effective_percent": 3}', 'reads');
    perform test.publish_one(o) from unnest(array['1.1', '1.2', '2.1', '3.1', '3.9', '3.10']) o;
    reads := test.reads(test.statement('goals_list', null, null, test.now(), null, null, '{}', null, null, '51'));
    perform test.is(reads, '{"update_effective_status": 6}', 'reads where the last word says a percent');
end $$;

create function test.objectives_are_read_without_counting_their_updates() returns void language plpgsql as $$
begin
    perform test.many_updates();
    perform test.is(test.reads(test.statement('objectives_list', null, null, test.now(), null, null, '{}', null, null, '51')),
                    '{"update_effective_status": 3, "update_effective_percent": 3}', 'list');
    perform test.is(test.reads(test.statement('objectives_get', null, null, test.now(), null, null, '{"code": "3.9"}'))
                    - '{update_effective_status,update_effective_percent}'::text[], '{}', 'get');
    perform test.is((test.get('objectives_get', null, null, '{"code": "3.9"}')->>'updates_count')::int, 2000, 'count');
    perform test.is((test.get('objectives_get', null, '2021-01-01', '{"code": "3.9"}')->>'updates_count')::bigint,
                    (select count(*) from published_update u join objective o on o.id = u.objective_id
                      where o.code = '3.9' and u.as_of <= '2021-01-01'), 'count of a past day');
end $$;

-- Twelve thousand updates lie on two thousand days: a page reads little more than it shows, from its
-- filter's index alone, wherever it begins and whatever bounds it.
create function test.a_page_of_updates_is_read_from_the_index_of_its_filter() returns void language plpgsql as $$
declare
    f     record;
    start record;
    reads jsonb;
begin
    perform test.many_updates();
    for f in values ('{}', 'update_page'), ('{"goal": "2"}', 'update_page_goal'), ('{"objective": "3.9"}', 'update_page_objective'),
                    ('{"source": "b"}', 'update_page_source'), ('{"kind": "progress"}', 'update_page_kind')
    loop
        for start in values (null, null, null, null), ('2023-01-01', '500', null, null),
                            (null, null, '2023-01-01', null), ('2022-01-01', '500', '2023-01-01', null),
                            (null, null, null, '2023-01-01'), ('2022-01-01', '500', null, '2023-01-01')
        loop
            reads := test.reads(test.statement('updates_list', null, start.column4, test.now(), null, null,
                                               (f.column1::jsonb || jsonb_strip_nulls(jsonb_build_object('until', start.column3)))::text,
                                               start.column1, start.column2, '51'));
            perform test.is((reads->>f.column2)::int between 51 and 70 and reads - f.column2 = '{}', true,
                            concat_ws(' ', f, start, reads));
        end loop;
    end loop;
end $$;

create function test.names_and_changes_have_their_indexes() returns void language plpgsql as $$
declare
    p text;
begin
    perform test.many_updates();
    p := test.plan_of('select id from published_update where plan_id = 1 and source = ''a'' and external_id = ''e3''');
    perform test.is(p ~ 'update_natural', true, p);
    p := test.plan_of('select id from published_update where plan_id = 1 and changed_at >= ''2999-01-01''');
    perform test.is(p ~ 'update_changed', true, p);
    set local enable_seqscan = off;
    p := test.plan_of('select * from change where xid >= ''5''::xid8');
    perform test.is(p ~ 'change_by_xid', true, p);
end $$;
