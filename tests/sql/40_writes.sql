-- Reports by POST and PUT: who may, what is refused, what is remembered.

create function test.post(q jsonb, body jsonb) returns written language sql as $$
    select * from updates_post(q, body)
$$;

create function test.a_post_publishes_audits_and_announces() returns void language plpgsql as $$
declare
    w written;
begin
    perform test.as_role('progress_app');
    w := updates_post(test.q('gogov', idem => 'a'),
                      test.report('1.1', '2026-10-31', '{"percent_complete": 40.5, "links": [{"url": "https://x.org", "label": "X"}]}'));
    perform test.is(w.status, 201, 'status');
    perform test.is(w.location, '/updates/' || (w.body::jsonb->>'id'), 'location');
    perform test.has(w.body::jsonb, '{"objective": "1.1", "goal": 1, "state": "published", "status": "on_track", "percent_complete": 40.5, "source": "gogov",
                                      "links": [{"label": "X", "url": "https://x.org"}], "measurements": [], "supersedes": null, "demo": false}');
    perform test.is(w.body::jsonb, test.get('updates_get', null, null, jsonb_build_object('id', w.body::jsonb->'id')),
                    'the document that GET gives');
    perform test.is((select array_agg(row(action, client, holder, key_id, request_id)::text)
                       from audit_event where entity = 'update'),
                    array['(publish,gogov,Pat,gogov,request-1)'], 'audit');
    perform test.is((select array_agg(row(op, entity_id)::text)
                       from change where entity = 'update' and xid = pg_current_xact_id()),
                    array[format('(published,%s)', w.body::jsonb->>'id')], 'change');
end $$;

create function test.documents_keep_the_order_of_the_contract() returns void language plpgsql as $$
declare
    body text := (updates_post(test.q('gogov'), test.report('1.1', '2026-10-31'))).body;
begin
    perform test.is((select string_agg(k, ' ' order by n) from json_object_keys(body::json) with ordinality t (k, n)),
        'id objective goal kind state as_of status percent_complete summary details next_steps links measurements service source external_id '
        'source_updated_at supersedes superseded_by reason retraction redaction created_at published_at demo', 'members');
    perform test.is(position(' ' in replace(body, 'Work goes on.', '')), 0, 'blanks');
    perform test.is(body::jsonb->>'published_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', true, 'RFC 3339');
end $$;

create function test.a_percent_is_stored_where_the_status_implies_it() returns void language plpgsql as $$
begin
    perform test.is((updates_post(test.q('gogov'),
                                  test.report('1.1', '2026-10-31', '{"status": "completed", "percent_complete": null}'))).body::jsonb->'percent_complete', '100', 'completed');
    perform test.is((updates_post(test.q('gogov'),
                                  test.report('1.1', '2026-10-31', '{"status": "not_started"}') - 'percent_complete')).body::jsonb->'percent_complete', '0', 'not started');
end $$;

create function test.a_bad_body_is_refused_with_all_its_faults() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('#/objective',        '{"objective": "9.9"}'),
        ('#/as_of',            '{"as_of": "2026-11-23"}'),
        ('#/status',           '{"status": null, "percent_complete": null}'),
        ('#/status',           '{"kind": "note", "percent_complete": null}'),
        ('#/percent_complete', '{"kind": "note", "status": null}'),
        ('#/percent_complete', '{"percent_complete": 33.333}'),
        ('#/percent_complete', '{"percent_complete": 101}'),
        ('#/percent_complete', '{"status": "ongoing"}'),
        ('#/percent_complete', '{"status": "completed", "percent_complete": 99}'),
        ('#/reason',           '{"status": "cancelled", "percent_complete": null}'),
        ('#/measurements/0/measure', '{"measurements": [{"measure": "calls", "actual": 3}]}')
    loop
        perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'),
                                  test.report('1.1', '2026-10-31', c.column2::jsonb)), 'CP422', c.column1);
    end loop;
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'), test.report('9.9', '2027-01-01')),
                       'CP422', E'#/as_of\t2027-01-01 is in the future: today is 2026-11-22\n#/objective\tno objective 9.9');
end $$;

-- 2026-11-23T02:00Z is still the 22nd in Los Angeles.
create function test.today_is_the_day_in_the_time_zone_of_the_plan() returns void language plpgsql as $$
declare
    q jsonb := test.q('gogov') || '{"now": "2026-11-23T02:00:00Z"}';
begin
    perform test.fails(format('select updates_post(%L, %L)', q, test.report('1.1', '2026-11-23')), 'CP422', '#/as_of');
    perform updates_post(q, test.report('1.1', '2026-11-22'));
    perform updates_post(q || '{"now": "2026-11-23T09:00:00Z"}', test.report('1.1', '2026-11-23'));
end $$;

create function test.a_key_keeps_to_its_scopes_source_and_objectives() returns void language plpgsql as $$
declare
    body jsonb := test.report('1.2', '2026-10-31');
begin
    perform test.fails(format('select updates_post(%L, %L)', test.q('nobody'), body), 'CP401');
    perform test.fails(format('select updates_post(%L, %L)', test.q('editor'), body), 'CP403', 'lacks the scope report');
    perform test.fails(format('select updates_post(%L, %L)', test.q('narrow'), body), 'CP403', 'does not cover objective 1.2');
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'), body || '{"source": "erp"}'), 'CP403',
                       'speaks for the source gogov');
    perform test.fails(format('select updates_post(%L, %L)', test.q('admin'), body), 'CP422', '#/source');
    perform test.is((updates_post(test.q('admin'), body || '{"source": "erp"}')).body::jsonb->>'source', 'erp', 'source');
    perform test.is((updates_post(test.q('narrow'), body || '{"objective": "1.1"}')).status, 201, 'status');
end $$;

create function test.a_key_that_expired_or_was_revoked_writes_nothing() returns void language plpgsql as $$
begin
    update api_key set expires_at = '2026-11-22T11:59:59Z' where id = 'gogov';
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'), test.report('1.1', '2026-10-31')), 'CP401');
    perform key_revoke('drafts');
    perform test.fails(format('select updates_post(%L, %L)', test.q('drafts'), test.report('1.1', '2026-10-31')), 'CP401');
end $$;

create function test.an_archived_objective_takes_no_reports() returns void language plpgsql as $$
begin
    perform objectives_patch(test.q('editor', '{"code": "2.1"}', 1), '{"archived": true}');
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov'), test.report('2.1', '2026-10-31')), 'CP422',
                       '#/objective');
end $$;

create function test.a_repeated_request_is_answered_alike_and_applied_once() returns void language plpgsql as $$
declare
    q     jsonb   := test.q('gogov', idem => 'k1');
    first written := updates_post(q, test.report('1.1', '2026-10-31'));
    again written := updates_post(q || '{"request_id": "request-2"}', test.report('1.1', '2026-10-31'));
begin
    perform test.is(again.replayed, true, 'replayed');
    perform test.is(row(again.status, again.location, again.revision, again.body)::text,
                    row(first.status, first.location, first.revision, first.body)::text, 'answer');
    perform test.is((select count(*) from published_update), 1::bigint, 'updates');
    perform test.fails(format('select updates_post(%L, %L)', q || '{"fingerprint": "g"}', test.report('1.1', '2026-10-30')),
                       'CP422', 'idempotency-key-reused');
end $$;

create function test.an_idempotency_key_belongs_to_the_client_and_survives_rotation() returns void language plpgsql as $$
declare
    first written;
begin
    perform key_create('{"id": "gogov2", "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "client": "gogov",
                         "scopes": ["report"], "source": "gogov", "holder": "Pat"}');
    first := updates_post(test.q('gogov', idem => 'k1'), test.report('1.1', '2026-10-31'));
    perform test.is((updates_post(test.q('gogov2', idem => 'k1'), test.report('1.1', '2026-10-31'))).body, first.body,
                    'answer to the new key');
    perform test.is((updates_post(test.q('narrow', idem => 'k1'), test.report('1.1', '2026-10-31'))).replayed, false,
                    'replayed to another client');
end $$;

create function test.only_success_is_remembered() returns void language plpgsql as $$
begin
    perform test.fails(format('select updates_post(%L, %L)', test.q('gogov', idem => 'k1'), test.report('9.9', '2026-10-31')),
                       'CP422', '#/objective');
    perform test.is((updates_post(test.q('gogov', idem => 'k1', fingerprint => 'g'), test.report('1.1', '2026-10-31'))).status,
                    201, 'status');
end $$;

create function test.the_sweep_forgets_after_a_day() returns void language plpgsql as $$
begin
    perform updates_post(test.q('gogov', idem => 'k1'), test.report('1.1', '2026-10-31'));
    perform updates_post(test.q('gogov', idem => chr(1) || 'own'), test.report('1.1', '2026-10-31'));
    perform test.is(idempotency_sweep(test.now()::timestamptz + interval '59 minutes'), 0::bigint, 'swept');
    perform test.is(idempotency_sweep(test.now()::timestamptz + interval '2 hours'), 1::bigint, 'swept of the service''s own');
    perform test.is(idempotency_sweep(test.now()::timestamptz + interval '25 hours'), 1::bigint, 'swept');
end $$;

create function test.a_dry_run_says_what_would_be_and_remembers_nothing() returns void language plpgsql as $$
declare
    w written := updates_post(test.q('gogov', idem => 'k1', dry_run => true), test.report('1.1', '2026-10-31'));
begin
    perform test.is(row(w.status, w.location)::text, '(200,)', 'status and location');
    perform test.has(w.body::jsonb, '{"id": null, "dry_run": true, "objective": "1.1"}');
    perform test.is((select count(*) from idempotency), 0::bigint, 'remembered');
end $$;
