-- Tables that are brought in: what each row leaves behind, what is refused, and what a job that was cut short leaves.

-- A table as src/model/import.c hands it over; the first row of a spreadsheet has the names.
create function test.table(name text, rows jsonb, key jsonb, shown jsonb default '[]', more jsonb default '{}') returns jsonb
language sql immutable as $$
    select jsonb_build_object('table', name, 'first', 2, 'count', jsonb_array_length(rows), 'key', key, 'shown', shown, 'data', rows,
                              'taken', (select coalesce(jsonb_agg(distinct k), '[]') from jsonb_array_elements(rows) r, jsonb_object_keys(r) k
                                         where not shown ? k),
                              'bad', '[]'::jsonb, 'errors', '[]'::jsonb, 'error_count', 0) || more
$$;

create function test.objectives(rows jsonb) returns jsonb language sql immutable as $$
    select test.table('objectives', rows, '["code"]', '["status", "actions", "updates_count"]')
$$;

create function test.updates(rows jsonb) returns jsonb language sql immutable as $$
    select test.table('updates', rows, '["source", "external_id"]', '["id", "goal", "state"]')
$$;

create function test.bring(key text, given jsonb, dry boolean default false) returns jsonb language sql as $$
    select (imports_post(test.q(key, dry_run => dry), given)).body::jsonb
$$;

create function test.numbers(report jsonb) returns text language sql immutable as $$
    select concat_ws(' ', report->>'created', report->>'changed', report->>'unchanged', report->>'error_count', report->>'warning_count')
$$;

create function test.a_row_that_says_what_stands_changes_nothing() returns void language plpgsql as $$
declare
    given jsonb := test.objectives('[{"code": "1.1", "revision": 9, "statement": "Cameras", "tags": []},
                                     {"code": "1.2", "statement": "Patrols", "weight": 1.0}]');
begin
    perform test.is(test.numbers(test.bring('editor', given)), '0 0 2 0 0', 'report');
    perform test.is((select count(*) from objective_revision where revision > 1), 0::bigint, 'revisions');
end $$;

create function test.a_changed_row_is_an_edit_once() returns void language plpgsql as $$
declare
    given jsonb := test.objectives('[{"code": "1.1", "revision": 1, "due_on": "2027-06-30"}, {"code": "1.2", "revision": 1, "due_on": null}]');
begin
    perform test.is(test.numbers(test.bring('editor', given)), '0 1 1 0 0', 'first');
    perform test.is(test.numbers(test.bring('editor', given)), '0 0 2 0 0', 'again');
    perform test.is((select count(*) from audit_event where action = 'edit' and entity_id = '1.1' and holder = 'Pat'), 1::bigint, 'audit');
    perform test.is((select count(*) from change where entity = 'objective' and op = 'changed'), 1::bigint, 'changes');
end $$;

create function test.a_row_that_was_read_before_another_edit_is_refused() returns void language plpgsql as $$
begin
    perform objectives_patch(test.q('editor', '{"code": "1.1"}', 1), '{"due_on": "2027-01-01"}');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', test.objectives('[{"code": "1.1", "revision": 1, "due_on": "2027-06-30"}]')),
                       'CP422', E'#/data/0/revision\trow 2: stands at 2 by now');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', test.objectives('[{"code": "1.1", "due_on": "2027-06-30"}]')),
                       'CP422', E'#/data/0/revision\trow 2: is needed');
end $$;

create function test.one_bad_row_and_nothing_is_applied() returns void language plpgsql as $$
declare
    given jsonb := test.objectives('[{"code": "1.1", "revision": 1, "weight": 2}, {"code": "9.9", "revision": 1},
                                     {"code": "1.2", "revision": 1, "lead_department": "nobody"}, {"code": "1.1", "weight": 3}]');
    report jsonb;
begin
    perform test.fails(format('select test.bring(%L, %L)', 'editor', given), 'CP422',
                       E'#/data/1/code\trow 3: no objective 9.9\n#/data/2/lead_department\trow 4: no department nobody\n'
                       '#/data/3/code\trow 5: names the same as row 2');
    report := test.bring('editor', given, true);
    perform test.is(report->>'state', 'failed', 'a dry run tells the same');
    perform test.is(report->'errors'->0, '{"row": 3, "column": "code", "detail": "no objective 9.9"}', 'error');
    perform test.is(report->>'created', '0', 'nothing came of it');
end $$;

create function test.what_is_only_shown_is_told_where_it_differs() returns void language plpgsql as $$
declare
    report jsonb := test.bring('editor', test.objectives('[{"code": "1.1", "status": "completed", "updates_count": "0"},
                                                            {"code": "1.2", "status": "no_information", "actions": []}]'));
begin
    perform test.is(report->'warnings', '[{"row": 2, "column": "status", "detail": "is not taken: no_information stands"}]', 'warnings');
end $$;

create function test.a_key_edits_and_reports_only_what_it_may() returns void language plpgsql as $$
begin
    perform test.fails(format('select test.bring(%L, %L)', 'gogov', test.objectives('[{"code": "1.1"}]')), 'CP403', 'edit');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', test.updates('[]')), 'CP403', 'report');
    perform test.fails(format('select test.bring(%L, %L)', 'narrow', test.updates(jsonb_build_array(
                              test.report('1.2', '2026-10-31', '{"external_id": "a"}'),
                              test.report('1.1', '2026-10-31', '{"external_id": "b", "source": "gogov"}'),
                              test.report('1.1', '2026-10-31')))), 'CP422',
                       E'#/data/0/objective\trow 2: the key does not cover objective 1.2\n#/data/1/source\trow 3: the key speaks for the source narrow\n'
                       '#/data/2/external_id\trow 4: is needed');
end $$;

create function test.reports_come_once_by_their_pair() returns void language plpgsql as $$
declare
    given jsonb := test.updates(jsonb_build_array(test.report('1.1', '2026-10-31', '{"external_id": "a", "summary": "One."}'),
                                                  test.report('1.2', '2026-10-31', '{"external_id": "b"}')));
begin
    perform test.is(test.numbers(test.bring('gogov', given)), '2 0 0 0 0', 'first');
    perform test.is(test.numbers(test.bring('gogov', given)), '0 0 2 0 0', 'again');
    perform test.is(test.numbers(test.bring('gogov', jsonb_set(given, '{data,0,summary}', '"Two."'))), '0 1 1 0 0', 'corrected');
    perform test.is((select string_agg(summary, ' ' order by id) from published_update where external_id = 'a'), 'One. Two.', 'chain');
    perform test.is((select sum(n) from update_tally), 3::numeric, 'tally');
    perform test.is((select count(*) from change where op = 'published'), 3::bigint, 'changes');
    perform test.is((select count(*) from audit_event where action = 'publish' and client = 'gogov'), 3::bigint, 'audit');
end $$;

create function test.a_key_that_may_not_publish_brings_drafts() returns void language plpgsql as $$
declare
    given jsonb := test.updates(jsonb_build_array(test.report('1.1', '2026-10-31', '{"external_id": "a"}')));
begin
    perform test.is(test.numbers(test.bring('drafts', given)), '1 0 0 0 0', 'first');
    perform test.is(test.numbers(test.bring('drafts', given)), '0 0 1 0 0', 'again');
    perform test.is(test.numbers(test.bring('drafts', jsonb_set(given, '{data,0,summary}', '"Two."'))), '0 1 0 0 0', 'revised');
    perform test.is((select count(*) from draft_update where source = 'bridge' and summary = 'Two.' and revision = 2), 1::bigint, 'draft');
    perform test.is((select count(*) from published_update), 0::bigint, 'published');
end $$;

create function test.an_export_of_all_updates_is_what_stands() returns void language plpgsql as $$
declare
    plain jsonb := test.report('1.1', '2026-10-31');
    id    text  := (updates_post(test.q('gogov'), plain)).body::jsonb->>'id';
begin
    perform test.put('gogov', 'a', plain);
    perform test.put('gogov', 'a', plain || '{"summary": "Corrected."}');
    perform test.is(test.numbers(test.bring('gogov', test.updates(jsonb_build_array(
        plain || jsonb_build_object('id', id, 'goal', '1', 'state', 'published'),
        plain || '{"external_id": "a", "state": "superseded"}',
        plain || '{"external_id": "a", "state": "published", "summary": "Corrected."}')))), '0 0 3 0 0', 'report');
    perform test.fails(format('select test.bring(%L, %L)', 'gogov', test.updates(jsonb_build_array(
        plain || jsonb_build_object('id', id, 'summary', 'Another.')))), 'CP422', '#/data/0/external_id');
end $$;

create function test.reports_keep_the_rules_of_a_report() returns void language plpgsql as $$
begin
    perform test.put('gogov', 'late', test.report('1.1', '2026-10-31', '{"source_updated_at": "2026-11-05T00:00:00Z"}'));
    perform test.is(test.bring('gogov', test.updates(jsonb_build_array(test.report('1.1', '2026-10-31',
        '{"external_id": "late", "source_updated_at": "2026-11-01T00:00:00Z", "summary": "Before."}'))))->'warnings'->0->>'column',
        'source_updated_at', 'what comes late is told and not taken');
    perform test.fails(format('select test.bring(%L, %L)', 'gogov', test.updates(jsonb_build_array(
        test.report('1.1', '2999-01-01', '{"external_id": "x"}'), test.report('8.8', '2026-10-31', '{"external_id": "y"}'),
        test.report('1.2', '2026-10-31', '{"external_id": "late"}'),
        test.report('1.1', '2026-10-31', '{"external_id": "z"}'), test.report('1.1', '2026-10-31', '{"external_id": "z"}')))), 'CP422',
        E'#/data/0/as_of\trow 2: 2999-01-01 is in the future: today is 2026-11-22\n#/data/1/objective\trow 3: no objective 8.8\n'
        '#/data/2/objective\trow 4: an update does not move to another objective: retract it and report anew\n'
        '#/data/4/source\trow 6: names the same as row 5');
end $$;

create function test.money_comes_by_year_account_and_project() returns void language plpgsql as $$
declare
    key   jsonb := '["objective", "fiscal_year", "gl_account", "project_string"]';
    rows  jsonb := '[{"objective": "1.1", "fiscal_year": "2026-27", "gl_account": "0110", "project_string": "P-7", "budgeted": 1000.50, "spent": 20},
                     {"objective": "1.1", "fiscal_year": "2026-27", "gl_account": "0110", "project_string": null, "spent": 3}]';
begin
    perform test.is(test.numbers(test.bring('editor', test.table('funding', rows, key))), '2 0 0 0 0', 'first');
    perform test.is((select revision from objective where code = '1.1'), 2, 'one revision for both');
    perform test.is(test.numbers(test.bring('editor', test.table('funding', rows, key))), '0 0 2 0 0', 'again');
    perform test.is(test.numbers(test.bring('editor', test.table('funding', jsonb_set(rows - 1, '{0,spent}', '40'), key))), '0 1 0 0 0', 'spent');
    perform test.is((select r.funding->0 from objective_revision r join objective o on o.id = r.objective_id and o.revision = r.revision
                      where o.code = '1.1'),
                    '{"fiscal_year": "2026-27", "gl_account": "0110", "project_string": "P-7", "budgeted": 1000.50, "spent": 40}', 'link');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', test.table('funding', jsonb_set(rows, '{1,objective}', '"8.8"'), key)),
                       'CP422', E'#/data/1/objective\trow 3: no objective 8.8');
end $$;

create function test.departments_and_measures_are_founded_and_edited() returns void language plpgsql as $$
declare
    d jsonb := '[{"slug": "public-works", "name": "Public Works", "public_contact": "562", "revision": 1}, {"slug": "parks", "name": "Parks"}]';
    m jsonb := '[{"slug": "time", "name": "Time", "unit": "days", "direction": "decrease", "objectives": ["1.1"], "target": 7}]';
begin
    perform test.is(test.numbers(test.bring('editor', test.table('departments', d, '["slug"]'))), '1 1 0 0 0', 'departments');
    perform test.is(test.numbers(test.bring('editor', test.table('departments', d, '["slug"]'))), '0 0 2 0 0', 'departments again');
    perform test.is((select reporting_contact from department where slug = 'public-works'), 'desk 4', 'what no table shows stays');
    perform test.is(test.numbers(test.bring('editor', test.table('measures', m, '["slug"]'))), '1 0 0 0 0', 'measures');
    perform test.is(test.numbers(test.bring('editor', test.table('measures', m, '["slug"]'))), '0 0 1 0 0', 'measures again');
    perform test.is(test.numbers(test.bring('editor', test.table('measures', jsonb_set(m, '{0}', m->0 || '{"target": 6, "revision": 1}'), '["slug"]'))),
                    '0 1 0 0 0', 'measures edited');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', test.table('measures', '[{"slug": "none", "revision": 3}]', '["slug"]')),
                       'CP422', E'#/data/0/slug\trow 2: no measure none; without a revision it is made');
end $$;

create function test.goals_are_edited_by_their_number() returns void language plpgsql as $$
declare
    g jsonb := test.table('goals', '[{"number": 1, "revision": 1, "short_name": "Safety", "total": "3"}, {"number": 2, "percent": null}]',
                          '["number"]', '["total", "percent"]');
    report jsonb := test.bring('editor', g);
begin
    perform test.is(test.numbers(report), '0 1 1 0 1', 'report');
    perform test.is(report->'warnings'->0->>'detail', 'is not taken: 2 stands', 'a column of the roll-up is known');
    perform test.fails(format('select test.bring(%L, %L)', 'editor', jsonb_set(g, '{data,1,number}', '9')), 'CP422', E'#/data/1/number\trow 3: no goal 9');
end $$;

-- ---- what is large ----

create function test.many(n integer) returns jsonb language sql as $$
    select test.updates(jsonb_agg(test.report('1.1', '2026-10-31', jsonb_build_object('external_id', i::text)) order by i))
      from generate_series(1, n) i
$$;

create function test.what_is_large_waits_and_is_done_later() returns void language plpgsql as $$
declare
    w  written := imports_post(test.q('gogov', idem => 'k'), test.many(1001));
    id bigint;
    r  record;
begin
    perform test.is(w.status, 202, 'status');
    perform test.is((w.body::jsonb)->>'state', 'queued', 'state');
    perform test.is((select count(*) from published_update), 0::bigint, 'nothing is done yet');
    perform test.is((imports_post(test.q('gogov', idem => 'k'), test.many(1001))).replayed, true, 'the same key is the same job');
    select b.id into id from import_begin() b (id);
    perform test.is(w.location, '/imports/' || id, 'location');
    select * into r from import_run(id, test.now());
    perform test.is(r.state, 'done', 'state after it');
    perform test.is((select count(*) from published_update), 1001::bigint, 'updates');
    perform test.is((select last_value & 1048575 from import_progress), 1001::bigint, 'progress');
    perform test.is((select count(*) from import_begin()), 0::bigint, 'nothing waits');
    perform test.is((select (doc::jsonb)->>'created' from imports_get(null, null, null, null, null, jsonb_build_object('id', id), '{}')), '1001', 'report');
end $$;

create function test.a_job_is_seen_by_its_own_client_and_administrators() returns void language plpgsql as $$
declare
    id text := (imports_post(test.q('gogov', idem => 'k'), test.many(1001))).body::jsonb->>'id';
    own text := (select c.id from api_client c where c.name = 'gogov');
begin
    perform test.is((select count(*) from imports_get(null, null, null, null, null, jsonb_build_object('id', id), jsonb_build_object('client', own)::text)),
                    1::bigint, 'own');
    perform test.is((select count(*) from imports_get(null, null, null, null, null, jsonb_build_object('id', id), '{"client": "0"}')), 0::bigint, 'other');
    perform test.is((select count(*) from imports_get(null, null, null, null, null, '{"id": "x"}', '{}')), 0::bigint, 'no id');
end $$;

create function test.a_job_with_a_bad_row_fails_and_leaves_nothing() returns void language plpgsql as $$
declare
    given jsonb := jsonb_set(test.many(1001), '{data,1000,objective}', '"8.8"');
    id bigint := (imports_post(test.q('gogov', idem => 'k'), given)).body::jsonb->>'id';
    doc jsonb;
begin
    perform import_begin();
    perform import_run(id, test.now());
    doc := (select d.doc from imports_get(null, null, null, null, null, jsonb_build_object('id', id), '{}') d);
    perform test.has(doc, '{"state": "failed", "created": 0, "error_count": 1, "detail": "one error; nothing was changed",
                            "errors": [{"row": 1002, "column": "objective", "detail": "no objective 8.8"}]}');
    perform test.is((select count(*) from published_update), 0::bigint, 'updates');
    perform test.is((select content from import_job), null::jsonb, 'rows');
end $$;

create function test.a_key_that_was_revoked_meanwhile_brings_nothing() returns void language plpgsql as $$
declare
    id bigint := (imports_post(test.q('gogov', idem => 'k'), test.many(1001))).body::jsonb->>'id';
begin
    update api_key set revoked_at = '2026-11-22T11:00:00Z' where api_key.id = 'gogov';
    perform import_begin();
    perform test.is((select state from import_run(id, test.now())), 'failed', 'state');
    perform test.is((select report::jsonb->>'detail' from import_job), 'the key is unknown, expired or revoked', 'detail');
end $$;

create function test.a_job_that_was_cut_short_is_begun_again_and_given_up_at_last() returns void language plpgsql as $$
declare
    id bigint := (imports_post(test.q('gogov', idem => 'k'), test.many(1001))).body::jsonb->>'id';
    n  integer := 0;
begin
    while exists (select from import_begin()) loop
        n := n + 1;
    end loop;
    perform test.is(n, 10, 'tries');
    perform test.is((select report::jsonb->>'detail' from import_job), 'given up: interrupted 10 times; nothing was changed', 'detail');
end $$;

create function test.a_job_that_was_interrupted_on_purpose_counts_no_try() returns void language plpgsql as $$
declare
    id bigint := (imports_post(test.q('gogov', idem => 'k'), test.many(1001))).body::jsonb->>'id';
begin
    perform import_begin();
    perform import_release(id);
    perform test.is((select state || ' ' || tries from import_job), 'queued 0', 'job');
end $$;

create function test.a_client_has_eight_imports_waiting_at_most() returns void language plpgsql as $$
begin
    for i in 1 .. 8 loop
        perform imports_post(test.q('gogov', idem => 'k' || i), test.many(1001));
    end loop;
    perform test.fails(format('select imports_post(%L, %L)', test.q('gogov', idem => 'k9'), test.many(1001)), 'CP409', '8 imports wait already');
end $$;

create function test.who_runs_the_service_imports_without_a_key() returns void language plpgsql as $$
declare
    id bigint;
begin
    perform test.as_role('progress_owner');
    id := (imports_operate(test.q('') - 'key', test.objectives('[{"code": "1.1", "revision": 1, "weight": 3}]'))).body::jsonb->>'id';
    perform import_begin();
    perform test.is((select state from import_run(id, test.now())), 'done', 'state');
    perform test.is((select client from audit_event where action = 'edit'), 'import', 'audit');
    perform test.as_role('progress_app');
    perform test.fails(format('select imports_operate(%L, %L)', test.q(''), '{}'), '42501');
end $$;
