-- A small committed plan that the tests start from: three goals, a 3.9 and a 3.10, a department,
-- five keys. Made by import, as a city's plan is.
set role progress_owner;
select count(*) as imported from import_file($json$
{"format": "cerritos-in-progress/1", "demo": false,
 "plan": {"slug": "plan-a", "title": "Plan A", "organization": "City", "state": "active"},
 "departments": [{"slug": "public-works", "name": "Public Works", "public_contact": "311", "reporting_contact": "desk 4"}],
 "events": [{"position": 1, "text": "Approved", "on": "2025-05-12", "documents": [{"label": "Agenda", "url": null}]}],
 "goals": [
  {"number": 1, "statement": "First", "short_name": "One", "objectives": [
    {"code": "1.1", "statement": "Cameras", "actions": [{"position": 1, "text": "Buy"}, {"position": 2, "text": "Install", "done": true}]},
    {"code": "1.2", "statement": "Patrols", "lead_department": "public-works", "tags": ["safety"]}]},
  {"number": 2, "statement": "Second", "objectives": [{"code": "2.1", "statement": "Hiring"}]},
  {"number": 3, "statement": "Third", "objectives": [
    {"code": "3.10", "statement": "Tenth"}, {"code": "3.9", "statement": "Ninth"}, {"code": "3.1", "statement": "First of three"}]}]}
$json$, '2026-11-22T12:00:00Z', false, false);

select key_create(jsonb_build_object('id', k.id, 'sha256', repeat('ab', 32), 'client', k.client, 'scopes', k.scopes::jsonb, 'source', k.source,
                                     'objectives', k.objectives::jsonb, 'holder', 'Pat')) as key
  from (values ('gogov',  'gogov',  '["report","publish"]', 'gogov',  null),
               ('drafts', 'bridge', '["report"]',           'bridge', null),
               ('narrow', 'narrow', '["report","publish"]', 'narrow', '["1.1"]'),
               ('editor', 'editor', '["edit","publish"]',   'city',   null),
               ('admin',  'admin',  '["admin"]',            null,     null)) k (id, client, scopes, source, objectives);
reset role;
