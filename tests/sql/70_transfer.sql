-- Import and export: all faults at once, nothing by halves, and a file that brings the state back.

create function test.import(doc jsonb, publish boolean default false, dry_run boolean default false) returns text language sql as $$
    select coalesce(string_agg(concat_ws(' ', kind, subject, n, detail), E'\n'), '') from import_file(doc, test.now()::timestamptz, publish, dry_run)
$$;

create function test.reports(reports jsonb) returns jsonb language sql immutable as $$
    select jsonb_build_object('format', 'cerritos-in-progress/1', 'plan', 'plan-a', 'updates', reports)
$$;

create function test.filed(external_id text, extra jsonb default '{}') returns jsonb language sql immutable as $$
    select '{"objective": "1.1", "as_of": "2026-10-31", "kind": "note", "summary": "Filed.", "source": "record"}'
        || jsonb_build_object('external_id', external_id) || extra
$$;

-- Everything that a plan can hold: revisions, a chain, a retraction, drafts open and discarded.
create function test.fill() returns void language plpgsql as $$
declare
    first bigint := test.publish_one('1.1', '2026-09-30',
                                     '{"external_id": "e1", "details": "Zeilen\nund ü", "links": [{"label": "L", "url": "https://x.org/?a=1&b=\"2\""}]}');
begin
    perform test.correct(first);
    perform updates_retraction(test.q('gogov', test.of(test.publish_one('1.2'))), '{"reason": "wrong"}');
    perform updates_post(test.q('gogov'),
                         test.report('2.1', '2026-10-31', '{"status": "cancelled", "percent_complete": null, "reason": "Budget."}'));
    perform test.draft('1.1', '{"external_id": "d1"}');
    perform updates_discard(test.q('drafts', test.of(test.draft('1.2', '{"external_id": "d2"}'))), '{}');
    perform test.patch_objective('{"weight": 2.25, "description": "Text", "supporting_departments": ["public-works"]}');
    perform test.patch_objective('{"archived": true, "lead_department": null}', 2);
    perform goals_patch(test.q('editor', '{"number": 2}', 1),
                        '{"short_name": "Two", "short_name_source": "https://x.org", "weight": 0}');
end $$;

create function test.empty_the_database() returns void language plpgsql as $$
begin
    -- What waits for the commit looks at rows that are about to go.
    set constraints all immediate;
    set constraints all deferred;
    set local session_replication_role = replica;
    delete from reporting_period; delete from change; delete from audit_event; delete from draft_update; delete from measure_value; delete from update_tally; delete from published_update;
    delete from measure_revision; delete from measure; delete from action;
    delete from objective_revision; delete from goal_revision; delete from objective; delete from goal; delete from department; delete from plan_event; delete from plan;
    set local session_replication_role = origin;
    perform setval('update_id', 1, false);
end $$;

create function test.an_export_brings_the_same_state_back() returns void language plpgsql as $$
declare
    before text;
    docs   jsonb;
    said   text;
begin
    perform test.fill();
    before := export_file(null);
    docs   := jsonb_build_array(test.get('plan_get', null, null, '{}') - 'id', test.list('goals_list'),
                                test.list('objectives_list'), test.list('updates_list'));
    perform test.empty_the_database();
    said := test.import(before::jsonb);
    perform test.is(said, E'created plan 1\ncreated departments 1\ncreated events 1\ncreated goals 3\ncreated objectives 6\ncreated updates 6', 'said');
    perform test.is(export_file(null), before, 'export');
    perform test.is(jsonb_build_array(test.get('plan_get', null, null, '{}'), test.list('goals_list'),
                                      test.list('objectives_list'), test.list('updates_list')), docs, 'documents');
    perform test.is(test.publish_one() > (select max((u->>'id')::bigint) from jsonb_array_elements(before::jsonb->'updates') u),
                    true, 'ids go on past the restored');
    perform test.is((select statement from objective_rows(context(null, null, test.now(), null, null)) where code = '1.2'),
                    'Patrols', 'statement');
end $$;

create function test.an_export_holds_no_key_and_imports_into_itself_as_nothing() returns void language plpgsql as $$
declare
    file text;
begin
    perform test.fill();
    file := export_file(null);
    perform test.is(position(repeat('ab', 32) in file), 0, 'key');
    perform test.is(test.import(file::jsonb),
                    E'unchanged plan 1\nunchanged departments 1\nunchanged events 1\nunchanged goals 3\nunchanged objectives 6\nunchanged updates 6', 'said');
    perform test.is(export_file(null), file, 'export');
end $$;

create function test.importing_twice_changes_nothing() returns void language plpgsql as $$
declare
    file jsonb := test.reports(jsonb_build_array(test.filed('a'), test.filed('b')));
begin
    perform test.is(test.import(file), 'created updates 2', 'first');
    perform test.is((select count(*) from draft_update), 2::bigint, 'drafts');
    perform test.is(test.import(file), 'unchanged updates 2', 'second');
    perform test.is(test.import(file, true), 'changed updates 2', 'published');
    perform test.is((select array_agg(client) from published_update), array['import', 'import'], 'who');
    perform test.is(test.import(file, true), 'unchanged updates 2', 'third');
    perform updates_retraction(test.q('editor', test.of((select min(id) from published_update))), '{"reason": "x"}');
    perform test.is(test.import(file, true), 'unchanged updates 2', 'after a retraction');
end $$;

create function test.a_discarded_report_does_not_come_back() returns void language plpgsql as $$
declare
    file jsonb := test.reports(jsonb_build_array(test.filed('a')));
begin
    perform test.import(file);
    perform updates_discard(test.q('editor', test.of((select id from draft_update))), '{}');
    perform test.is(test.import(file, true), 'unchanged updates 1', 'said');
    perform test.is(test.import(test.reports(jsonb_build_array(test.filed('a', '{"summary": "Anew."}'))), true),
                    'created updates 1', 'said of new words');
end $$;

create function test.a_changed_report_corrects_the_published_one() returns void language plpgsql as $$
begin
    perform test.import(test.reports(jsonb_build_array(test.filed('a'))), true);
    perform test.is(test.import(test.reports(jsonb_build_array(test.filed('a', '{"summary": "Filed anew."}'))), true),
                    'changed updates 1', 'said');
    perform test.is((select array_agg(summary order by id) from published_update where effective), array['Filed anew.'],
                    'effective');
end $$;

create function test.a_changed_edit_field_makes_a_revision() returns void language plpgsql as $$
declare
    file jsonb := '{"format": "cerritos-in-progress/1", "plan": {"slug": "plan-a", "title": "Plan A", "organization": "City"},
                    "goals": [{"number": 1, "statement": "First", "objectives": [{"code": "1.1", "statement": "More cameras", "actions": [{"position": 1, "text": "Buy"}]}]}]}';
begin
    perform test.is(test.import(file), E'unchanged plan 1\nunchanged goals 1\nchanged objectives 1', 'said');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'), '{"revision": 2, "statement": "More cameras"}');
    perform test.is(test.get('goals_get', null, null, '{"number": 1}')->>'short_name', 'One', 'what the file leaves out');
    perform test.is(test.import(file), E'unchanged plan 1\nunchanged goals 1\nunchanged objectives 1', 'said again');
    perform test.is(jsonb_array_length(test.get('objectives_get', null, null, '{"code": "1.1"}')->'actions'), 1, 'actions');
end $$;

create function test.a_dry_import_counts_and_applies_nothing() returns void language plpgsql as $$
begin
    perform test.is(test.import(test.reports(jsonb_build_array(test.filed('a'))), true, true), 'created updates 1', 'said');
    perform test.is((select count(*) from published_update) + (select count(*) from draft_update), 0::bigint, 'rows');
end $$;

create function test.every_fault_of_a_file_is_reported_with_its_pointer() returns void language plpgsql as $$
declare
    said text := test.import('{"format": "cerritos-in-progress/1", "extra": 1, "demo": false,
        "plan": {"slug": "plan b", "title": "B", "organization": "City", "time_zone": "Mars/Olympus", "state": "active", "starts_on": "2026-02-30"},
        "departments": [{"slug": "it", "name": "IT"}, {"slug": "it", "name": "IT"}],
        "events": [{"position": 1}],
        "goals": [{"number": 1, "statement": " ", "weight": -1, "objectives": [
                     {"code": "2.1", "statement": "x", "lead_department": "parks"},
                     {"code": "1.1", "statement": "x", "start_on": "2026-02-01", "due_on": "2026-01-01", "actions": [{"position": 1, "text": "a"}, {"position": 1, "text": "b"}]}]},
                  {"number": "two", "statement": "x"}, 3],
        "updates": [{"objective": "9.9", "as_of": "2027-01-01", "kind": "progress", "summary": "x", "source": "s",
                    "external_id": "a"},
                    {"objective": "1.1", "as_of": "2026-01-01", "kind": "note", "summary": "x", "source": "s"},
                    {"objective": "1.1", "as_of": "2026-01-01", "kind": "note", "summary": "x", "source": "S!", "external_id": "a", "links": [{"label": "x"}]},
                    {"objective": "1.1", "as_of": "2026-01-01", "kind": "note", "summary": "x", "source": "s", "external_id": "a", "id": "5"}]}');
begin
    perform test.is((select string_agg(split_part(l, ' ', 2), ' ') from regexp_split_to_table(said, E'\n') l),
        '#/departments/1/slug #/events/0/text #/extra #/goals/0/objectives/0/code #/goals/0/objectives/0/lead_department #/goals/0/objectives/1/actions/1/position '
        '#/goals/0/objectives/1/due_on #/goals/0/statement #/goals/1/number #/goals/2 #/plan/slug #/plan/starts_on #/plan/time_zone '
        '#/updates/0/as_of #/updates/0/objective #/updates/0/status #/updates/1/external_id #/updates/2/links/0/url #/updates/2/source '
        '#/updates/3/external_id #/updates/3/id', 'pointers');
    perform test.is((select count(*) from plan), 1::bigint, 'plans');
end $$;

create function test.demo_and_real_updates_never_share_a_database() returns void language plpgsql as $$
declare
    demo jsonb := '{"format": "cerritos-in-progress/1", "demo": true, "plan": {"slug": "demo", "title": "Demo", "organization": "City"},
                    "goals": [{"number": 1, "statement": "x", "objectives": [{"code": "1.1", "statement": "x"}]}]}';
begin
    perform test.is(test.import(demo || '{"plan": "plan-a"}') ~ '#/demo', true, 'demo into a real plan');
    perform test.is(test.import(demo, dry_run => true) !~ 'fault', true, 'demo beside a plan without updates');
    perform test.draft();
    perform test.is(test.import(demo), 'fault #/demo the database holds updates that are no demo', 'demo beside real updates');
    delete from draft_update;
    perform test.import(demo || jsonb_build_object('updates', jsonb_build_array(test.filed('a'))));
    perform test.is(test.import(test.reports(jsonb_build_array(test.filed('b')))), 'fault #/demo the database holds demo updates',
                    'real beside demo');
    perform test.is(test.get('goals_get', 'demo', null, '{"number": 1}')->'demo', 'true', 'marked');
end $$;

create function test.history_that_does_not_fit_together_is_refused() returns void language plpgsql as $$
declare
    file jsonb;
    said text;
begin
    perform test.fill();
    file := export_file(null)::jsonb;
    perform test.empty_the_database();
    said := test.import(jsonb_set(file, '{updates,0,superseded_by}', '"999"'));
    perform test.is(said ~ '#/updates/0/superseded_by' and said ~ '#/updates/1/supersedes', true, said);
    said := test.import(jsonb_set(file, '{goals,1,history,0,revision}', '7'));
    perform test.is(said ~ '#/goals/1/history', true, said);
    said := test.import(file #- '{updates,2,retraction_reason}');
    perform test.is(said ~ '#/updates/2/retraction_reason', true, said);
    perform test.import(file);
    said := test.import(jsonb_set(file, '{updates,0,summary}', '"other words"'));
    perform test.is(said ~ 'fault #/updates/0/id', true, said);
end $$;
