-- What is published, revised, audited or announced stays as it was: by privilege for the service,
-- by trigger for everybody.

create function test.publish_one(objective text default '1.1', as_of date default '2026-10-31', extra jsonb default '{}')
returns bigint language plpgsql as $$
begin
    return (updates_post(test.q('gogov'), test.report(objective, as_of, extra))).body::jsonb->>'id';
end $$;

create function test.the_service_cannot_change_the_content_of_an_update() returns void language plpgsql as $$
begin
    perform test.publish_one();
    perform test.as_role('progress_app');
    perform test.fails('update published_update set summary = ''other''', '42501');
    perform test.fails('update published_update set percent_complete = 41', '42501');
    perform test.fails('delete from published_update', '42501');
    perform test.fails('truncate published_update', '42501');
end $$;

create function test.the_owner_cannot_change_the_content_of_an_update() returns void language plpgsql as $$
declare
    change text;
begin
    perform test.publish_one();
    perform test.as_role('progress_owner');
    foreach change in array array['summary = ''other''', 'percent_complete = 41', 'as_of = as_of - 1', 'status = ''at_risk''',
                                  'source = ''x''',
                                  'links = ''[{}]''', 'holder = ''nobody''', 'created_at = created_at - interval ''1 day''',
                                  'published_at = published_at - interval ''1 day''', 'id = id + 1'] loop
        perform test.fails('update published_update set ' || change, '23001', 'content never changes');
    end loop;
    perform test.fails('delete from published_update', '23001', 'append-only');
    perform test.fails('truncate published_update cascade', '23001', 'append-only');
end $$;

create function test.the_state_of_an_update_moves_forward_only() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
    next  bigint;
begin
    next := (updates_post(test.q('gogov'),
                          test.report('1.1', '2026-10-31', jsonb_build_object('supersedes', first::text, 'reason', 'typo')))).body::jsonb->>'id';
    perform test.as_role('progress_app');
    perform test.fails(format('update published_update set superseded_at = null, superseded_by = null where id = %s', first),
                       '23001', 'forward only');
    perform test.fails(format('update published_update set superseded_at = clock_timestamp() where id = %s', first), '23001',
                       'forward only');
    perform test.fails(format('update published_update set retracted_at = clock_timestamp(), retraction_reason = ''x'' where id = %s', first), '23001', 'superseded');
    update published_update set retracted_at = clock_timestamp(), retraction_reason = 'wrong', changed_at = clock_timestamp() where id = next;
    perform test.fails(format('update published_update set retraction_reason = ''other'' where id = %s', next), '23001',
                       'forward only');
    perform test.fails(format('update published_update set retracted_at = null, retraction_reason = null where id = %s', next),
                       '23001', 'forward only');
    perform test.fails(format('update published_update set changed_at = ''2020-01-01'' where id = %s', next), '23001',
                       'forward only');
end $$;

create function test.effective_follows_the_state_and_cannot_be_set() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one();
begin
    perform test.is((select effective from published_update where id = id_), true, 'effective');
    perform test.fails(format('update published_update set effective = false where id = %s', id_), '428C9');
    perform updates_retraction(test.q('gogov', jsonb_build_object('id', id_::text)), '{"reason": "wrong"}');
    perform test.is((select effective from published_update where id = id_), false, 'effective');
end $$;

create function test.redaction_blanks_what_it_names_and_nothing_else() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one(extra => '{"details": "12 Elm Street", "next_steps": "call"}');
begin
    perform test.as_role('progress_app');
    perform test.fails('update published_update set redacted_at = clock_timestamp()', '42501');
    perform test.as_role('progress_owner');
    perform test.fails(format($u$update published_update set redacted_at = clock_timestamp(), redaction_reason = 'address',
                                 redacted_fields = '{details}', details = 'other words' where id = %s$u$, id_), '23001', 'content never changes');
    perform test.fails(format($u$update published_update set redacted_at = clock_timestamp(), redaction_reason = 'address',
                                 redacted_fields = '{details}', details = null, next_steps = null where id = %s$u$, id_), '23001', 'content never changes');
    update published_update set redacted_at = clock_timestamp(), redaction_reason = 'address', redacted_fields = '{details}', details = null
     where id = id_;
    perform test.is((select next_steps from published_update where id = id_), 'call', 'next_steps');
end $$;

create function test.histories_take_new_rows_and_keep_old_ones() returns void language plpgsql as $$
declare
    t text;
    r text;
begin
    foreach r in array array['progress_app', 'progress_owner'] loop
        perform test.as_role(r);
        foreach t in array array['goal_revision', 'objective_revision', 'audit_event', 'change'] loop
            perform test.fails(format('delete from %I', t),
                               case when r = 'progress_app' and t <> 'change' then '42501' else '23001' end);
            perform test.fails(format('truncate %I cascade', t), case r when 'progress_app' then '42501' else '23001' end);
        end loop;
        perform test.fails('update goal_revision set statement = ''other''',
                           case r when 'progress_app' then '42501' else '23001' end);
        perform test.fails('update objective_revision set weight = 2', case r when 'progress_app' then '42501' else '23001' end);
        perform test.fails('update audit_event set holder = ''nobody''',
                           case r when 'progress_app' then '42501' else '23001' end);
        perform test.fails('update change set op = ''changed''', case r when 'progress_app' then '42501' else '23001' end);
    end loop;
end $$;

create function test.the_service_founds_no_plan_and_makes_no_key() returns void language plpgsql as $$
begin
    perform test.as_role('progress_app');
    perform test.fails('insert into plan (slug, title, organization) values (''x'', ''x'', ''x'')', '42501');
    perform test.fails('insert into objective (plan_id, goal_id, goal_number, number) values (1, 1, 1, 9)', '42501');
    perform test.fails('update plan set title = ''x''', '42501');
    perform test.fails('update api_key set revoked_at = null', '42501');
    perform test.fails('insert into api_client (name) values (''x'')', '42501');
    perform test.fails('select import_file(''{}'', now(), false, false)', '42501');
    perform test.fails('select key_create(''{}'')', '42501');
    perform test.fails('update idempotency set body = ''x''', '42501');
end $$;

create function test.a_reader_reads_what_is_public_and_writes_nothing() returns void language plpgsql as $$
begin
    perform test.as_role('progress_read');
    perform count(*) from published_update;
    perform name, public_contact from department;
    perform test.fails('select reporting_contact from department', '42501');
    perform test.fails('select sha256 from api_key', '42501');
    perform test.fails('select * from draft_update', '42501');
    perform test.fails('select * from idempotency', '42501');
    perform test.fails('insert into change (entity, entity_id, op, plan_id) values (''plan'', ''x'', ''changed'', 1)', '42501');
    perform test.fails('select updates_post(''{}'', ''{}'')', '42501');
    perform test.is(test.get('goals_get', null, null, '{"number": 1}')->>'short_name', 'One', 'short_name');
end $$;
