-- The lists among an objective's edit fields: what the table itself refuses, and what was known of
-- them at a moment.

create function test.the_table_keeps_the_shape_of_lists() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('objective_lists_are_lists',             '{"milestones": {}}'),
        ('objective_lists_are_short',             jsonb_build_object('milestones', (select jsonb_agg('{"title": "x", "due_on": null, "achieved_on": null}'::jsonb)
                                                                                      from generate_series(1, 51)))::text),
        ('objective_milestones_are_whole',        '{"milestones": ["x"]}'),
        ('objective_milestones_are_whole',        '{"milestones": [{"title": 7, "due_on": null, "achieved_on": null}]}'),
        ('objective_milestones_are_whole',        '{"milestones": [{"title": " ", "due_on": null, "achieved_on": null}]}'),
        ('objective_milestones_are_whole',        '{"milestones": [{"title": "x", "due_on": 20260101, "achieved_on": null}]}'),
        ('objective_relationships_are_whole',     '{"relationships": [{"type": "likes", "objective": "1.1"}]}'),
        ('objective_relationships_are_whole',     '{"relationships": [{"type": "related", "objective": 1.1}]}'),
        ('objective_funding_is_whole',            '{"funding": [{"fiscal_year": "2026-27", "gl_account": 110, "project_string": null, "budgeted": null, "spent": null}]}'),
        ('objective_funding_is_whole',            '{"funding": [{"fiscal_year": "2026-27", "gl_account": "1", "project_string": null, "budgeted": "5", "spent": null}]}'),
        ('objective_funding_is_whole',            '{"funding": [{"fiscal_year": "26", "gl_account": "1", "project_string": null, "budgeted": null, "spent": null}]}'),
        ('objective_external_refs_are_whole',     '{"external_refs": [{"system": "tyler", "type": "x", "id": 417}]}')
    loop
        perform test.fails(format($s$insert into objective_revision
            select (jsonb_populate_record(r, %L::jsonb || '{"revision": 2}')).* from objective_revision r where r.objective_id = (select min(id) from objective)$s$,
            c.column2), '23514', c.column1);
    end loop;
end $$;

create function test.codes_keep_their_zeros_and_amounts_their_cents() returns void language plpgsql as $$
declare
    w written;
begin
    update plan set funding_is_public = true;
    w := test.patch_objective('{"funding": [{"fiscal_year": "2026-27", "gl_account": "0110", "spent": 99999999999.99, "budgeted": 0.10}]}');
    perform test.is((w.body::json->'funding')::text,
                    '[{"fiscal_year":"2026-27","gl_account":"0110","project_string":null,"budgeted":0.1,"spent":99999999999.99}]', 'funding');
    update plan set funding_is_public = false;
    perform test.is(test.get('objectives_get', null, null, '{"code": "1.2"}')->'funding',
                    '[{"fiscal_year": "2026-27", "gl_account": "0110", "project_string": null, "budgeted": null, "spent": null}]', 'hidden');
end $$;

create function test.known_at_and_as_of_take_the_revision_of_both() returns void language plpgsql as $$
declare
    seen text[];
begin
    set local session_replication_role = replica;
    update objective_revision set recorded_at = '2026-01-10T12:00:00Z';
    insert into objective_revision
    select (jsonb_populate_record(r, v.change::jsonb)).*
      from objective_revision r join objective o on o.id = r.objective_id,
           (values ('{"revision": 2, "statement": "second", "recorded_at": "2026-03-01T12:00:00.000500Z"}'),
                   ('{"revision": 3, "statement": "third",  "recorded_at": "2026-05-01T12:00:00Z"}')) v (change)
     where o.code = '1.2';
    update objective set revision = 3 where code = '1.2';
    select array_agg(coalesce((select r.statement from objective_rows(context(null, t.as_of, test.now(), null, null, t.known_at)) r
                                where r.code = '1.2'), 'nothing') order by n)
      into seen
      from (values (1, null,         '2026-01-10T11:59:59Z'),
                   (2, null,         '2026-01-10T12:00:00Z'),
                   (3, null,         '2026-03-01T11:59:59.999Z'),
                   (4, null,         '2026-03-01T12:00:00.000Z'),   -- the whole of its millisecond
                   (5, null,         '2026-11-01T00:00:00Z'),
                   (6, '2025-12-31', '2026-11-01T00:00:00Z'),       -- before the first one: the first one
                   (7, '2025-12-31', '2026-01-01T00:00:00Z'),       -- of which nobody knew
                   (8, '2026-04-01', '2026-11-01T00:00:00Z'),
                   (9, '2026-06-01', '2026-04-01T00:00:00Z')) t (n, as_of, known_at);
    perform test.is(seen, array['nothing', 'Patrols', 'Patrols', 'second', 'third', 'Patrols', 'nothing', 'second', 'second'], 'statements');
end $$;

-- What stands now is read as it was before anybody could ask what was known.
create function test.known_at_costs_plain_reads_no_rows() returns void language plpgsql as $$
declare
    p text;
    line text;
begin
    perform test.many_updates();
    p := '';
    for line in execute 'explain (analyze, costs off, timing off, summary off) '
                        || format('select goal_doc(g, c) from context(null, null, %L, null, null) c cross join goal_rows(c) g',
                                  test.now()) loop
        p := p || line || E'\n';
    end loop;
    perform test.is(p ~ 'Function Scan on known_standing\S* \w+ \(never executed\)', true, p);
    perform test.is(p ~ 'using update_effective_status' and p ~ 'using update_effective_percent', true, p);
    perform test.is(p ~ 'Seq Scan on published_update|update_page', false, p);
end $$;
