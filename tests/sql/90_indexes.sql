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

create function test.the_roll_up_reads_the_two_partial_indexes() returns void language plpgsql as $$
declare
    p text;
begin
    perform test.many_updates();
    p := test.plan_of(test.statement('goals_list', null, null, test.now(), null, null, '{}', null, null, '51'));
    perform test.is(p ~ 'update_effective_status' and p ~ 'update_effective_percent', true, p);
    perform test.is(p ~ 'Seq Scan on published_update|update_page', false, p);
end $$;

create function test.a_page_of_updates_is_read_from_the_index_of_its_filter() returns void language plpgsql as $$
declare
    f record;
    p text;
begin
    perform test.many_updates();
    for f in values ('{}', 'update_page'), ('{"goal": "2"}', 'update_page_goal'), ('{"objective": "3.9"}', 'update_page_objective'),
                    ('{"source": "b"}', 'update_page_source'), ('{"kind": "progress"}', 'update_page_kind')
    loop
        p := test.plan_of(test.statement('updates_list', null, null, test.now(), null, null, f.column1, '2023-01-01', '500',
                                         '51'));
        perform test.is(p ~ ('Index Scan using ' || f.column2 || ' on'), true, f.column1 || ' ' || p);
        perform test.is(p ~ 'Seq Scan on published_update', false, p);
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
