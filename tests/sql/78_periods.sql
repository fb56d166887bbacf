-- Periods by the calendar, closing as the service does it, and what nobody may do to what is closed.

create function test.quarter_table(t jsonb) returns setof text language plpgsql as $$
declare
    k    jsonb;
    seen jsonb;
    at   date;
begin
    for k in select * from jsonb_array_elements(t->'leap') loop
        at   := quarter_start((k->>'day')::date, (k->>'fiscal_year_start')::integer);
        seen := jsonb_build_object('starts_on', at, 'ends_on', (at + interval '3 months')::date - 1, 'id',
                                   fiscal_year_name(fiscal_months(at, (k->>'fiscal_year_start')::integer) / 12)
                                   || '-Q' || fiscal_months(at, (k->>'fiscal_year_start')::integer) % 12 / 3 + 1);
        return next case when seen = k - array['name', 'day', 'fiscal_year_start'] then 'ok - a quarter: ' || (k->>'name')
                         else format('not ok - a quarter: %s: %s', k->>'name', seen) end;
    end loop;
end $$;

create function test.close(period text, key text default 'admin') returns written language sql as $$
    select * from periods_closing(test.q(key, jsonb_build_object('period', period)), '{}')
$$;

create function test.the_service_closes_a_period_once() returns void language plpgsql as $$
declare
    w written;
    r json;
begin
    perform updates_post(test.q('gogov', idem => 'p'), test.report('1.1', '2026-07-31'));
    perform test.as_role('progress_app');
    perform test.fails($s$select test.close('2026-27-Q1', 'editor')$s$, 'CP403');
    perform test.fails($s$select test.close('2026-27-Q2')$s$, 'CP409', '2027-01-15');
    perform test.fails($s$select test.close('2026-27-Q3')$s$, 'CP404');
    w := test.close('2026-27-Q1');
    perform test.is(row(w.status, w.location, w.revision)::text, '(200,,2)', 'answer');
    perform test.has(w.body::jsonb, '{"id": "2026-27-Q1", "state": "closed", "grace_days": 14, "ends_on": "2026-09-30"}');
    select t.report::json into r from reporting_period t where t.period = '2026-27-Q1';
    perform test.has(r::jsonb, '{"state": "closed", "moved": ["1.1"], "as_of": "2026-09-30", "before_as_of": "2026-06-30"}');
    perform test.is(position('Work goes on' in r::text), 0, 'words of updates are not kept twice');
    perform test.is((test.close('2026-27-Q1')).revision, 2, 'again');
    perform test.is((select array_agg(action order by id)::text from audit_event where entity = 'period'), '{close}', 'audit');
    perform test.is((select array_agg(op order by id)::text from change where entity = 'period'), '{changed}', 'changes');
end $$;

create function test.nobody_moves_what_is_closed() returns void language plpgsql as $$
begin
    perform updates_post(test.q('gogov', idem => 'p'), test.report('1.1', '2026-07-31'));
    perform test.close('2026-27-Q1');
    perform test.fails($s$select periods_patch(test.q('editor', '{"period": "2026-27-Q1"}', 2), '{"grace_days": 20}')$s$, 'CP409');
    perform test.fails('update reporting_period set grace_days = 20', '23001');
    perform test.fails('delete from reporting_period', '23001');
    perform test.as_role('progress_app');
    perform test.fails('update reporting_period set grace_days = 20', '23001');
    perform test.fails('update reporting_period set ends_on = ends_on + 1', '42501');
    perform test.fails('delete from reporting_period', '42501');
end $$;

create function test.a_plan_is_founded_and_passes_on_by_the_service() returns void language plpgsql as $$
declare
    w written;
begin
    perform test.as_role('progress_app');
    perform test.fails($s$select plans_post(test.q('editor'), '{"slug": "b", "title": "B"}')$s$, 'CP403');
    w := plans_post(test.q('admin'), '{"slug": "b", "title": "B", "copy_from": "plan-a"}');
    perform test.is(row(w.status, w.location, w.revision)::text, '(201,/plans/b,1)', 'answer');
    perform test.has(w.body::jsonb, '{"slug": "b", "state": "draft", "organization": "City", "fiscal_year_start": 7}');
    perform test.is((select count(*) from objective o join plan p on p.id = o.plan_id where p.slug = 'b'), 6::bigint, 'objectives');
    perform test.fails($s$select plans_patch(test.q('admin', '{"slug": "b"}', 1), '{"state": "active"}')$s$, 'CP409', '#/state');
    perform plans_patch(test.q('admin', '{"slug": "b"}', 1), '{"state": "under_review"}');
    perform plans_patch(test.q('admin', '{"slug": "b"}', 2), '{"state": "approved"}');
    perform plans_patch(test.q('admin', '{"slug": "b"}', 3), '{"state": "active"}');
    perform test.is((select string_agg(p.slug || ' ' || p.state, ', ' order by p.slug) from plan p where p.slug in ('b', 'plan-a')),
                    'b active, plan-a archived', 'one is active');
    perform test.as_role('progress_read');
    perform test.fails($s$select edit_plan(p, p, null) from plan p$s$, '42501');
end $$;

-- One quarter closed and restated since, one with another grace.
create function test.fill_periods() returns void language plpgsql as $$
declare
    first bigint;
begin
    first := (updates_post(test.q('gogov', idem => 'p'), test.report('1.1', '2026-07-31'))).body::jsonb->>'id';
    perform test.close('2026-27-Q1');
    perform periods_patch(test.q('editor', '{"period": "2026-27-Q2"}', 1), '{"grace_days": 20}');
    perform pg_sleep(0.001);
    perform updates_post(test.q('gogov', idem => 'r'), test.report('1.1', '2026-07-31', jsonb_build_object(
                         'percent_complete', 55, 'supersedes', first::text, 'reason', 'A typing error.')));
end $$;

create function test.report_of(period text) returns jsonb language sql as $$
    select report_of(period_named(c, period), c)::jsonb from context(null, null, test.now(), null, null) c
$$;

create function test.closed_reports_come_back_from_an_export() returns void language plpgsql as $$
declare
    before  text;
    report  jsonb;
    listed  jsonb;
    said    text;
begin
    perform test.fill_periods();
    before := export_file(null);
    report := test.report_of('2026-27-Q1');
    listed := test.list('periods_list');
    perform test.is((report->'restated'->>'is_restated')::boolean, true, 'it is restated');
    perform test.is(test.import(before::jsonb) ~ '(^|\n)(created|changed|fault)', false, 'into itself');
    perform test.is(export_file(null), before, 'export after an import into itself');
    perform test.empty_the_database();
    said := test.import(before::jsonb);
    perform test.is(said ~ 'created periods 2', true, said);
    perform test.is(export_file(null), before, 'export');
    perform test.is(test.report_of('2026-27-Q1'), report, 'the report');
    perform test.is(test.list('periods_list'), listed, 'the periods');
    perform test.fails('update reporting_period set grace_days = 30 where closed_at is not null', '23001');
    perform test.is((select string_agg(entity_id, ' ' order by entity_id) from change where entity = 'period'),
                    '2026-27-Q1 2026-27-Q2', 'who follows is told');
end $$;

create function test.a_file_closes_what_was_open_and_opens_nothing() returns void language plpgsql as $$
declare
    file jsonb;
    open jsonb;
begin
    perform test.fill_periods();
    file := export_file(null)::jsonb;
    open := jsonb_set(file, '{periods,0}', (file->'periods'->0) - array['closed_at', 'report'] || '{"grace_days": 9}');
    perform test.is(test.import(open) ~ 'unchanged periods 2', true, 'an older file');
    perform test.is((select closed_at is not null from reporting_period where period = '2026-27-Q1'), true, 'it stays closed');
    perform test.empty_the_database();
    perform test.import(open);
    perform test.is((select closed_at from reporting_period where period = '2026-27-Q1'), null, 'open');
    perform test.is(test.import(file) ~ 'changed periods 1', true, 'a newer file');
    perform test.is((select row(grace_days, report)::text from reporting_period where period = '2026-27-Q1'),
                    row(14, file->'periods'->0->>'report')::text, 'closed as it was');
    perform test.is((select string_agg(action, ' ') from audit_event where entity = 'period'), 'close', 'audit');
end $$;

create function test.a_period_that_does_not_hold_together_is_refused() returns void language plpgsql as $$
declare
    file jsonb;
    k    record;
    said text;
begin
    perform test.fill_periods();
    file := export_file(null)::jsonb;
    for k in select * from (values
        ('{periods,0,grace_days}', '181', '/0/grace_days'), ('{periods,0,ends_on}', '"2026-06-30"', '/0/ends_on'),
        ('{periods,0,closed_at}', 'null', '/0/closed_at'),  ('{periods,0,report}', 'null', '/0/closed_at'),
        ('{periods,0,report}', '"no JSON"', '/0/report'),   ('{periods,0,report}', '"{}"', '/0/report'),
        ('{periods,0,period}', '"2026-27-Q5"', '/0/period'), ('{periods,1,period}', '"2026-27-Q1"', '/1/period'),
        ('{periods,0,report}', to_jsonb(replace(file->'periods'->0->>'report', '2026-27-Q1', '2026-27-Q2'))::text, '/0/report'),
        ('{periods,0,report}', to_jsonb(replace(file->'periods'->0->>'report', '"moved":["1.1"]', '"moved":1'))::text, '/0/report'),
        ('{periods,0,report}', to_jsonb(replace(file->'periods'->0->>'report', '"moved"', '"shaken"'))::text, '/0/report'),
        -- What was closed here with other figures does not change.
        ('{periods,0,report}', to_jsonb(replace(file->'periods'->0->>'report', '"moved":["1.1"]', '"moved":[]'))::text, '/0/report')
        ) t (path, value, place) loop
        said := test.import(jsonb_set(file, k.path::text[], k.value::jsonb));
        perform test.is(said ~ ('fault #/periods' || k.place || ' '), true, concat_ws(' ', k.path, left(k.value, 80), said));
    end loop;
end $$;
