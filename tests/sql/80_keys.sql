-- Keys for the command line and the look-up.

create function test.a_looked_up_key_says_who_and_how_far() returns void language plpgsql as $$
declare
    k record;
begin
    perform test.as_role('progress_app');
    execute test.statement('key_lookup', 'narrow') into k;
    perform test.is(row(k.scopes, k.source, k.objective_codes, k.holder, k.state, k.sha256)::text,
                    format('("report,publish",narrow,1.1,Pat,live,%s)', repeat('ab', 32)), 'key');
    perform test.is(k.objective_ids, (select id::text from objective where code = '1.1'), 'objective_ids');
    execute test.statement('key_lookup', 'nobody') into k;
    perform test.is(k.state, null::text, 'state of a key that is not there');
end $$;

create function test.a_key_expires_and_is_revoked() returns void language plpgsql as $$
begin
    update api_key set expires_at = clock_timestamp() - interval '1 second' where id = 'gogov';
    perform test.is((select state from key_lookup('gogov')), 'expired', 'state');
    perform test.as_role('progress_owner');
    perform test.is((select holder from key_revoke('narrow')), 'Pat', 'holder');
    perform test.is((select state from key_lookup('narrow')), 'revoked', 'state');
    perform test.fails('select key_revoke(''nobody'')', 'CP404');
end $$;

create function test.a_key_is_told_of_itself() returns void language plpgsql as $$
declare
    told jsonb;
begin
    perform test.as_role('progress_app');
    told := key_self('narrow');
    perform test.is(told - 'created_at' - 'client' - 'department',
                    '{"id": "narrow", "holder": "Pat", "source": "narrow", "scopes": ["report", "publish"], "objectives": ["1.1"], "expires_at": null}'::jsonb,
                    'what it is told');
    perform test.as_role('progress_owner');
    perform key_revoke('narrow');
    perform test.is(key_self('narrow'), null::text, 'what a dead key is told');
    perform test.is(key_self('nobody'), null::text, 'what a key is told that is not there');
end $$;

create function test.a_client_has_two_live_keys_at_most() returns void language plpgsql as $$
declare
    k jsonb := jsonb_build_object('sha256', repeat('cd', 32), 'client', 'gogov', 'scopes', array['report'], 'source', 'gogov',
                                  'holder', 'Pat');
begin
    perform test.as_role('progress_owner');
    perform key_create(k || '{"id": "second"}');
    perform test.fails(format('select key_create(%L)', k || '{"id": "third"}'), 'CP409', 'two live keys');
    perform key_revoke('gogov');
    perform key_create(k || '{"id": "third"}');
    perform test.fails(format('select key_create(%L)', k || '{"id": "fourth", "client": "x", "objectives": ["1.1", "9.9"]}'),
                       'CP422', '#/objectives/1');
    perform test.is((select count(*) from audit_event where entity = 'key' and detail ? 'sha256'), 0::bigint,
                    'hashes in the audit');
end $$;

create function test.changes_are_found_by_transaction_and_drafts_are_not() returns void language plpgsql as $$
declare
    horizon text;
begin
    execute test.statement('changes_horizon', null) into horizon;
    perform test.draft();
    perform test.publish_one();
    perform test.is((select array_agg(c.op || ' ' || c.objective) from changes_since(horizon) c), array['published 1.1'],
                    'changes');
    perform test.is((select count(*) from changes_since('')), 0::bigint, 'changes at first');
end $$;
