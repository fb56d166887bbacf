-- Reports about services, and many reports at once: what a batch leaves behind, and what it takes back.

create function test.service(extra jsonb default '{}') returns jsonb language sql immutable as $$
    select jsonb_build_object('objective', '1.1', 'as_of', '2026-10-31', 'kind', 'service_status', 'summary', 'Seven open.',
                              'service', '{"name": "Graffiti", "open": 7, "median_days_to_close": 2.50}'::jsonb) || extra
$$;

create function test.batch(key text, items jsonb, args jsonb default '{}') returns jsonb language sql as $$
    select (updates_batch(test.q(key, args), jsonb_build_object('items', items))).body::jsonb
$$;

create function test.a_service_is_kept_whole_and_shown_in_order() returns void language plpgsql as $$
declare
    w written := updates_post(test.q('gogov'), test.service());
begin
    perform test.is((w.body::json->'service')::text,
                    '{"name":"Graffiti","case_id":null,"state":null,"raw_state":null,"open":7,"closed":null,"overdue":null,'
                    '"median_days_to_close":2.50,"period":null}', 'service');
    perform test.is((select service ? 'closed' from published_update), true, 'a member that was left out is kept as null');
end $$;

create function test.only_a_service_status_tells_of_a_service() returns void language plpgsql as $$
begin
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'), test.service('{"kind": "note"}')), 'CP422', '#/service');
    perform test.fails($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, service)
                          select o.plan_id, o.goal_id, o.id, '2026-10-31', 'note', 'x', 'gogov', '{"name": "x"}'
                            from objective o where o.code = '1.1'$s$, '23514', 'update_service_is_of_its_kind');
    perform test.fails($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, service)
                          select o.plan_id, o.goal_id, o.id, '2026-10-31', 'service_status', 'x', 'gogov', '{"name": "x", "open": -1}'
                            from objective o where o.code = '1.1'$s$, '23514', 'update_service_is_whole');
end $$;

create function test.a_batch_leaves_of_each_item_what_it_leaves_alone() returns void language plpgsql as $$
declare
    b jsonb;
begin
    perform test.put('gogov', 'x', test.service());
    b := test.batch('gogov', jsonb_build_array(test.service(), test.service('{"external_id": "x", "summary": "Eight."}'),
                                               test.service('{"external_id": "y"}'), test.service('{"external_id": "y"}')));
    perform test.is(array(select r->>'outcome' from jsonb_array_elements(b->'results') r)::text, '{created,superseded,created,unchanged}');
    perform test.is((select string_agg(op || ' ' || n, ', ' order by op) from (select op, count(*) as n from change
                      where entity = 'update' group by op) t), 'published 4, superseded 1', 'changes');
    perform test.is((select count(*) from audit_event where action = 'publish'), 4::bigint, 'audit rows');
    perform test.is((select sum(n) from update_tally), 4::numeric, 'tally');
    perform test.is((select superseded_by is not null and superseded_at is not null from published_update where external_id = 'x'
                      and supersedes is null), true, 'the old one steps back');
end $$;

create function test.a_refused_item_leaves_nothing_of_the_batch() returns void language plpgsql as $$
begin
    perform test.fails(format('select test.batch(%L, %L)', 'gogov',
                              jsonb_build_array(test.service(), test.service('{"objective": "8.8"}'), test.service('{"as_of": "2999-01-01"}'))),
                       'CP422', E'#/items/1/objective\tno objective 8.8\n#/items/2/as_of');
    perform test.is((select count(*) from published_update), 0::bigint, 'updates');
end $$;

create function test.items_refused_by_their_bodies_are_not_looked_at() returns void language plpgsql as $$
declare
    b jsonb := test.batch('gogov', jsonb_build_array('no object', test.service()),
                          '{"on_error": "report", "refused": {"0": [{"pointer": "#/items/0", "detail": "must be an object"}]}}');
begin
    perform test.has(b, '{"created": 1, "refused": 1}');
    perform test.is(b->'results'->0->'problem'->>'detail', 'must be an object', 'detail');
end $$;

create function test.what_said_nothing_new_still_tells_the_time() returns void language plpgsql as $$
begin
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T01:00:00Z"}'));
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T03:00:00Z"}'));
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T02:00:00Z", "summary": "Late."}'));
    perform test.is((select count(*) from published_update), 1::bigint, 'rows');
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T03:00:00Z", "summary": "At the same time."}'));
    perform test.is((select summary from published_update where effective), 'At the same time.', 'summary');
end $$;

create function test.the_service_forgets_no_moment_of_a_source() returns void language plpgsql as $$
begin
    perform test.as_role('progress_app');
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T01:00:00Z"}'));
    perform test.put('gogov', 'x', test.service('{"source_updated_at": "2026-11-01T03:00:00Z"}'));
    perform test.fails('delete from source_seen', '42501');
end $$;

create function test.updates_of_open311_are_dated_in_the_plans_time_zone() returns void language plpgsql as $$
declare
    b jsonb := (open311_post(test.q('narrow'), '[{"update_id": "u1", "service_request_id": "c1", "status": "open",
                                                  "updated_datetime": "2026-11-01T06:30:00Z"}]')).body::jsonb;
begin
    perform test.has(b->'service_request_updates'->0, '{"update_id": "u1", "service_request_id": "c1", "outcome": "created"}');
    perform test.is((select as_of from published_update), '2026-10-31'::date, 'as_of');
    perform test.fails(format('select open311_post(%L, %L)', test.q('gogov'), '[]'), 'CP400', '?objective');
    perform test.fails(format('select open311_post(%L, %L)', test.q('admin', '{"objective": "1.1"}'), '[]'), 'CP403');
end $$;
