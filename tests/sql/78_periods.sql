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
