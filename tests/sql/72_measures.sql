-- Measures and their values: founded and edited, said by updates, gone with them.

create function test.a_measure_is_founded_and_shown_with_nothing_measured() returns void language plpgsql as $$
declare
    w written := test.found_measure('{"objectives": ["3.10", "1.1", "3.9", "1.1"], "data_source": "CAD"}');
begin
    perform test.is(row(w.status, w.location, w.revision)::text, '(201,/measures/calls,1)', 'answer');
    perform test.has(w.body::jsonb, '{"slug": "calls", "direction": "decrease", "baseline": 12.50, "target": 7, "lower_limit": null,
        "objectives": ["1.1", "3.9", "3.10"], "data_source": "CAD", "latest": null, "attainment": null, "values_count": 0, "revision": 1,
        "archived_at": null, "demo": false, "links": {"self": "/measures/calls", "values": "/measures/calls/values"}}');
    perform test.is(test.measure(), w.body::jsonb, 'document');
    perform test.is(position('"baseline":12.50,' in w.body) > 0, true, 'a number as it was sent');
    perform test.is((select array_agg(action || ' ' || entity || ' ' || entity_id) from audit_event where entity = 'measure'),
                    array['create measure calls'], 'audit');
    perform test.is((select array_agg(entity || ' ' || entity_id || ' ' || op) from change where entity = 'measure'),
                    array['measure calls created'], 'change');
    perform test.fails('select test.found_measure()', 'CP409', '#/slug');
end $$;

create function test.the_service_founds_edits_and_measures_with_its_own_rights() returns void language plpgsql as $$
begin
    perform test.as_role('progress_app');
    perform test.found_measure();
    perform measures_patch(test.q('editor', '{"slug": "calls"}', 1), '{"target": 8}');
    perform test.measured('9');
    perform test.is(test.measure()->'latest'->'actual', '9', 'actual');
    perform test.fails('insert into measure_value select measure_id, as_of - 1, update_id, 1, null from measure_value', '42501');
    perform test.fails('update measure_value set actual = 1', '42501');
    perform test.fails('update measure set slug = ''x''', '42501');
    perform test.fails('update measure_revision set name = ''x''', '42501');
    perform test.fails('delete from measure_value', '42501');
end $$;

create function test.the_history_of_measures_is_append_only_for_the_owner_too() returns void language plpgsql as $$
begin
    perform test.found_measure();
    perform test.measured('9');
    perform test.as_role('progress_owner');
    perform test.fails('update measure_value set actual = 1', '23001', 'append-only');
    perform test.fails('delete from measure_value', '23001', 'append-only');
    perform test.fails('truncate measure_value', '23001', 'append-only');
    perform test.fails('update measure_revision set target = 1', '23001', 'append-only');
    perform test.fails('delete from measure_revision', '23001', 'append-only');
end $$;

create function test.a_bad_measure_is_refused_with_its_pointers() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('#/name',         '{"name": " "}'),
        ('#/unit',         '{"unit": null}'),
        ('#/direction',    '{"direction": null}'),
        ('#/baseline',     '{"baseline": 0.1234567890123}'),
        ('#/target',       '{"target": -1e15}'),
        ('#/target_on',    '{"baseline_on": "2026-01-02", "target_on": "2026-01-01"}'),
        ('#/upper_limit',  '{"lower_limit": 2, "upper_limit": 1.9}'),
        ('#/objectives',   '{"objectives": []}'),
        ('#/objectives/1', '{"objectives": ["1.1", "9.9"]}'),
        ('#/actual',       '{"actual": 3}')
    loop
        perform test.fails(format('select test.found_measure(%L)', c.column2), 'CP422', c.column1);
    end loop;
    perform test.fails(format('select measures_post(%L, %L)', test.q('gogov'), '{}'), 'CP403', 'lacks the scope edit');
end $$;

create function test.a_measure_is_edited_and_keeps_its_history() returns void language plpgsql as $$
declare
    w written;
begin
    perform test.found_measure();
    w := measures_patch(test.q('editor', '{"slug": "calls"}', 1), '{"target": 6.0, "description": "Median", "baseline": 12.5}');
    perform test.has(w.body::jsonb, '{"target": 6.0, "description": "Median", "name": "Calls", "revision": 2}');
    perform test.is((measures_patch(test.q('editor', '{"slug": "calls"}', 2), '{"target": 6}')).revision, 2, 'the same number');
    perform test.is((select detail->'target' from audit_event where action = 'edit' and entity = 'measure'), '[7, 6.0]', 'audit');
    perform test.is((select array_agg(target order by revision)::text from measure_revision), '{7,6.0}', 'history');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('editor', '{"slug": "calls"}', 1), '{}'), 'CP412');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('editor', '{"slug": "calls"}'), '{}'), 'CP428');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('editor', '{"slug": "none"}', 1), '{}'), 'CP404');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('editor', '{"slug": "calls"}', 2), '{"slug": "x"}'), 'CP422', '#/slug');
end $$;

-- Revisions of another year cannot be made by the service; the owner may insert them.
create function test.as_of_sees_the_revision_of_a_measure_in_force() returns void language plpgsql as $$
begin
    perform test.found_measure();
    insert into measure_revision
    select (jsonb_populate_record(r, '{"revision": 2, "name": "Calls, anew", "recorded_at": "2099-03-01T08:00:00Z"}')).* from measure_revision r;
    update measure set revision = 2;
    perform test.is((select array_agg((select m.name from measure_rows(context(null, d, '2099-12-01T00:00:00Z', null, null)) m) order by d)
                       from unnest(array['2020-01-01', '2099-02-28', '2099-03-01']) d),
                    array['Calls', 'Calls', 'Calls, anew'], 'names');
end $$;

create function test.values_come_with_their_update_and_move_no_objective() returns void language plpgsql as $$
declare
    id bigint;
begin
    perform test.found_measure();
    id := test.measured('9.50', '{"kind": "service_status"}');
    perform test.is(test.measure()->'latest', jsonb_build_object('as_of', '2026-10-31', 'actual', 9.50, 'target', null, 'update', id::text), 'latest');
    perform test.is((test.values_of()->0) - 'recorded_at', jsonb_build_object('measure', 'calls', 'as_of', '2026-10-31', 'actual', 9.5, 'target', null,
        'attainment', '{"percent": 54.5, "formula": "(actual - baseline) / (target - baseline)", "within_limits": null}'::jsonb,
        'update', id::text, 'objective', '1.1', 'demo', false), 'value');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'), '{"status": "no_information", "percent_complete": null}');
    perform test.is(test.get('updates_get', null, null, test.of(id))->'measurements',
                    '[{"measure": "calls", "as_of": "2026-10-31", "actual": 9.50, "target": null}]', 'measurements');
    perform test.is(test.get('objectives_get', null, null, '{"code": "1.1"}', 'measures')->'measures'->0, test.measure(), 'included');
    perform test.is(test.get('objectives_get', null, null, '{"code": "1.2"}', 'measures')->'measures', '[]', 'of another objective');
end $$;

create function test.values_are_listed_newest_first_and_by_day() returns void language plpgsql as $$
begin
    perform test.found_measure();
    perform test.measured('1', '{"as_of": "2026-03-31"}');
    perform test.measured('2', '{"measurements": [{"measure": "calls", "as_of": "2026-01-31", "actual": 2}, {"measure": "calls", "actual": 3}]}');
    perform test.measured('4', '{"as_of": "2026-03-31"}');
    perform test.is((select array_agg(v->>'actual' order by n)::text from jsonb_array_elements(test.values_of()) with ordinality t (v, n)),
                    '{3,4,1,2}', 'all');
    perform test.is((select array_agg(v->>'actual' order by n)::text
                       from jsonb_array_elements(test.values_of(null, '{"since": "2026-02-01", "until": "2026-03-31"}')) with ordinality t (v, n)),
                    '{4,1}', 'between');
    perform test.is(jsonb_array_length(test.values_of('2026-01-31')), 1, 'as of');
    perform test.is(test.list('measure_values_list', '{"measure": "calls"}', '2026-03-31', test.values_of()->1->>'update')->0->'actual', '1', 'next page');
    perform test.fails(test.statement('measure_values_list', null, null, test.now(), null, null, '{"measure": "none"}', null, null, '9'), 'CP404');
end $$;

create function test.correction_and_retraction_take_the_values_along() returns void language plpgsql as $$
declare
    first bigint;
    next  bigint;
begin
    perform test.found_measure();
    first := test.measured('9');
    next  := test.measured('8', jsonb_build_object('supersedes', first::text, 'reason', 'Typo.'));
    perform test.is(row(test.measure()->'latest'->'actual', test.measure()->'values_count', jsonb_array_length(test.values_of()))::text, '(8,1,1)', 'corrected');
    perform updates_retraction(test.q('gogov', test.of(next)), '{"reason": "Wrong."}');
    perform test.has(test.measure(), '{"latest": null, "attainment": null, "values_count": 0}');
    perform test.is(test.values_of(), '[]', 'values');
    perform test.is((select count(*) from measure_value), 2::bigint, 'both stay for the record');
end $$;

create function test.a_draft_measures_nothing_until_it_is_published() returns void language plpgsql as $$
declare
    id bigint;
begin
    perform test.found_measure();
    id := test.measured('9', '{}', 'drafts');
    perform test.is((select count(*) from measure_value), 0::bigint, 'values');
    perform test.has(test.measure(), '{"latest": null, "values_count": 0}');
    perform updates_publication(test.q('editor', test.of(id)), '{}');
    perform test.has(test.measure()->'latest', jsonb_build_object('actual', 9, 'update', id::text));
end $$;

create function test.a_draft_is_looked_at_again_when_it_is_published() returns void language plpgsql as $$
declare
    id bigint;
begin
    perform test.found_measure();
    id := test.measured('9', '{}', 'drafts');
    perform measures_patch(test.q('editor', '{"slug": "calls"}', 1), '{"archived": true}');
    perform test.fails(format('select updates_publication(%L, ''{}'')', test.q('editor', test.of(id))), 'CP409', 'measure calls is archived');
    perform measures_patch(test.q('editor', '{"slug": "calls"}', 2), '{"archived": false, "objectives": ["1.2"]}');
    perform test.fails(format('select updates_publication(%L, ''{}'')', test.q('editor', test.of(id))), 'CP409',
                       'calls is not a measure of objective 1.1');
end $$;

create function test.every_fault_of_measurements_has_its_pointer() returns void language plpgsql as $$
declare
    c record;
begin
    perform test.found_measure();
    perform test.found_measure('{"slug": "old", "objectives": ["1.1"]}');
    perform measures_patch(test.q('editor', '{"slug": "old"}', 1), '{"archived": true}');
    for c in values
        ('#/measurements/0/measure', '{"measure": "none", "actual": 1}', 'no measure none'),
        ('#/measurements/0/measure', '{"measure": "old", "actual": 1}', 'measure old is archived'),
        ('#/measurements/0/actual',  '{"measure": "calls", "actual": 1e15}', 'digits'),
        ('#/measurements/0/target',  '{"measure": "calls", "actual": 1, "target": 1e-13}', 'digits'),
        ('#/measurements/0/as_of',   '{"measure": "calls", "actual": 1, "as_of": "2026-11-23"}', 'future'),
        ('#/measurements/1/measure', '{"measure": "calls", "actual": 1}, {"measure": "calls", "actual": 1, "as_of": "2026-10-31"}', 'twice')
    loop
        perform test.fails(format('select test.measured(''1'', %L)', '{"measurements": [' || c.column2 || ']}'), 'CP422', c.column1);
        perform test.fails(format('select test.measured(''1'', %L)', '{"measurements": [' || c.column2 || ']}'), 'CP422', c.column3);
    end loop;
    perform test.fails('select test.measured(''1'', objective => ''1.2'')', 'CP422', 'calls is not a measure of objective 1.2');
end $$;

create function test.the_same_measurement_said_in_other_words_is_no_news() returns void language plpgsql as $$
declare
    q    jsonb := test.q('gogov', '{"source": "gogov", "external_id": "w44"}');
    body jsonb := '{"objective": "1.1", "as_of": "2026-10-31", "kind": "note", "summary": "x", "measurements": [{"measure": "calls", "actual": 9}]}';
    w    written;
begin
    perform test.found_measure();
    perform test.is((updates_put_natural(q, body)).status, 201, 'first');
    w := updates_put_natural(q, jsonb_set(body, '{measurements,0}', '{"measure": "calls", "actual": 9.0, "target": null, "as_of": "2026-10-31"}'));
    perform test.is((select count(*) from published_update), 1::bigint, 'updates');
    w := updates_put_natural(q, jsonb_set(body, '{measurements,0,actual}', '8'));
    perform test.is(test.measure()->'latest'->'actual', '8', 'corrected');
    perform test.is(test.measure()->'values_count', '1', 'values');
end $$;

create function test.a_value_without_a_measure_cannot_be_published_by_any_road() returns void language plpgsql as $$
begin
    perform test.publish_one();
    perform test.as_role('progress_owner');
    perform test.fails($s$insert into published_update select (jsonb_populate_record(u, '{"id": "900", "measurements": [{"measure": "none", "as_of": "2026-10-31",
                          "actual": 1}]}')).id, plan_id, goal_id, objective_id, as_of, kind, status, percent_complete, summary, details, next_steps, links,
                          '[{"measure": "none", "as_of": "2026-10-31", "actual": 1}]', source from published_update u$s$, '23000', 'names no measure');
end $$;

create function test.a_key_of_some_objectives_edits_measures_of_those_only() returns void language plpgsql as $$
begin
    perform key_create(jsonb_build_object('id', 'some', 'sha256', repeat('cd', 32), 'client', 'some', 'scopes', '["edit"]'::jsonb, 'source', 'some',
                                          'objectives', '["1.1"]'::jsonb, 'holder', 'Pat'));
    perform measures_post(test.q('some'), '{"slug": "own", "name": "n", "unit": "u", "direction": "maintain", "objectives": ["1.1"]}');
    perform test.fails(format('select measures_post(%L, %L)', test.q('some'),
                              '{"slug": "x", "name": "n", "unit": "u", "direction": "maintain", "objectives": ["1.1", "1.2"]}'), 'CP403', '1.2');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('some', '{"slug": "own"}', 1), '{"objectives": ["1.2"]}'), 'CP403', '1.2');
    perform test.found_measure('{"objectives": ["2.1"]}');
    perform test.fails(format('select measures_patch(%L, %L)', test.q('some', '{"slug": "calls"}', 1), '{"objectives": ["1.1"]}'), 'CP403', '2.1');
end $$;

create function test.measures_are_found_by_objective_and_department() returns void language plpgsql as $$
begin
    perform test.found_measure();
    perform test.found_measure('{"slug": "arrests", "objectives": ["1.2", "1.1"]}');
    perform test.is((select array_agg(m->>'slug' order by n)::text from jsonb_array_elements(test.list('measures_list')) with ordinality t (m, n)),
                    '{arrests,calls}', 'all');
    perform test.is(jsonb_array_length(test.list('measures_list', '{"objective": "1.1"}')), 2, 'of 1.1');
    perform test.is(test.list('measures_list', '{"objective": "1.2"}')->0->>'slug', 'arrests', 'of 1.2');
    perform test.is(jsonb_array_length(test.list('measures_list', '{"department": "public-works"}')), 1, 'of a department');
    perform test.is(test.list('measures_list', '{"department": "nobody"}'), '[]', 'of no department');
    perform test.is(test.list('measures_list', '{}', 'arrests')->0->>'slug', 'calls', 'next page');
    perform test.fails(test.statement('measures_list', null, null, test.now(), null, null, '{"objective": "9.9"}', null, null, '9'), 'CP404');
end $$;
