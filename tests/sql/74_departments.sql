-- Departments: edited like the plan, and silent about whom to ask for reports.

create function test.a_department_names_what_it_leads_and_supports() returns void language plpgsql as $$
begin
    perform test.patch_objective('{"supporting_departments": ["public-works"]}', 1, '3.10');
    perform test.patch_objective('{"supporting_departments": ["public-works"]}', 1, '3.9');
    perform test.is(test.get('departments_get', null, null, '{"slug": "public-works"}'),
                    '{"slug": "public-works", "name": "Public Works", "public_contact": "311", "leads": ["1.2"], "supports": ["3.9", "3.10"],
                      "revision": 1, "demo": false,
                      "links": {"self": "/departments/public-works", "objectives": "/objectives?department=public-works"}}', 'document');
    perform test.is(test.get('departments_get', 'plan-a', null, '{"slug": "public-works"}')->'links'->>'objectives',
                    '/objectives?department=public-works&plan=plan-a', 'a plan by its name');
end $$;

create function test.the_service_founds_and_edits_departments() returns void language plpgsql as $$
declare
    w written;
begin
    perform test.as_role('progress_app');
    w := departments_post(test.q('editor'), '{"slug": "it", "name": "IT", "reporting_contact": "secret-desk@city.example"}');
    perform test.is(row(w.status, w.location, w.revision)::text, '(201,/departments/it,1)', 'answer');
    perform test.has(w.body::jsonb, '{"slug": "it", "name": "IT", "public_contact": null, "leads": [], "supports": [], "revision": 1}');
    perform test.fails(format('select departments_post(%L, %L)', test.q('editor'), '{"slug": "it", "name": "IT"}'), 'CP409', '#/slug');
    w := departments_patch(test.q('editor', '{"slug": "it"}', 1), '{"public_contact": "311", "reporting_contact": "secret-line"}');
    perform test.has(w.body::jsonb, '{"public_contact": "311", "revision": 2}');
    perform test.is((departments_patch(test.q('editor', '{"slug": "it"}', 2), '{"name": "IT"}')).revision, 2, 'nothing new');
    perform test.fails(format('select departments_patch(%L, %L)', test.q('editor', '{"slug": "it"}', 1), '{"name": "x"}'), 'CP412');
    perform test.fails(format('select departments_patch(%L, %L)', test.q('editor', '{"slug": "it"}', 2), '{"name": null}'), 'CP422', '#/name');
    perform test.fails(format('select departments_patch(%L, %L)', test.q('editor', '{"slug": "it"}', 2), '{"leads": []}'), 'CP422', '#/leads');
    perform test.fails(format('select departments_patch(%L, %L)', test.q('editor', '{"slug": "no"}', 1), '{}'), 'CP404');
    perform test.fails(format('select departments_post(%L, %L)', test.q('narrow'), '{}'), 'CP403');
    perform test.fails('delete from department', '42501');
    perform test.is((select array_agg(op order by id)::text from change where entity = 'department' and entity_id = 'it'),
                    '{created,changed}', 'changes');
end $$;

create function test.a_reporting_contact_is_kept_and_nowhere_told() returns void language plpgsql as $$
declare
    w written := departments_post(test.q('editor', idem => 'd1'), '{"slug": "it", "name": "IT", "reporting_contact": "secret-desk@city.example"}');
begin
    perform departments_patch(test.q('editor', '{"slug": "it"}', 1, idem => 'd2'), '{"reporting_contact": "secret-line"}');
    perform test.is((select reporting_contact from department where slug = 'it'), 'secret-line', 'kept');
    perform test.is((select count(*) from (select a::text as row from audit_event a union all select c::text from change c
                                            union all select i::text from idempotency i) r where r.row ~ 'secret'), 0::bigint, 'rows that tell');
    perform test.is((test.list('departments_list')::text || w.body || test.list('objectives_list')::text) ~ 'secret|desk 4', false, 'documents');
    perform test.is((select detail->'reporting_contact' from audit_event where action = 'edit' and entity = 'department'), '"not told"', 'audit');
    perform test.as_role('progress_read');
    perform test.fails('select reporting_contact from progress.department', '42501');
    perform test.is((select revision from progress.department where slug = 'it'), 2, 'what a reader may read');
end $$;
