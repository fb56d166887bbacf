-- The outbox of webhooks: who is owed what, in which order, and who may send it.

create function test.subscribe(extra jsonb default '{}') returns bigint language plpgsql as $$
begin
    return (webhooks_post(test.q('admin'), '{"url": "https://receiver.example/hook?token=t"}' || extra)).body::jsonb->>'id';
end $$;

-- Leases all there is to be had, in order: "id lane-mate …" as the ids of what changed.
create function test.leased() returns text[] language plpgsql as $$
declare
    l   record;
    ids text[] := '{}';
begin
    loop
        select * into l from delivery_lease(20);
        exit when not found;
        ids := ids || (l.body::jsonb->'data'->>'id');
    end loop;
    return ids;
end $$;

create function test.settle(error text, retry_ms bigint default 0, status integer default null) returns void language plpgsql as $$
declare
    d webhook_delivery;
begin
    for d in select * from webhook_delivery where lease is not null loop
        perform delivery_settle(d.id, d.lease, status, error, retry_ms);
    end loop;
end $$;

create function test.an_event_is_owed_in_the_writes_own_transaction() returns void language plpgsql as $$
declare
    hook bigint := test.subscribe();
    id   bigint := test.publish_one();
begin
    perform test.is((select array_agg(d.type || ' ' || d.state) from webhook_delivery d where d.webhook_id = hook),
                    array['update.published pending'], 'owed');
    perform test.is(test.leased(), array[id::text], 'leased');
end $$;

create function test.what_makes_no_change_row_is_owed_to_nobody() returns void language plpgsql as $$
begin
    perform test.subscribe();
    perform test.draft();
    perform updates_put_natural(test.q('gogov', '{"source": "gogov", "external_id": "s"}'), test.report('1.1', '2026-10-31'));
    delete from webhook_delivery;
    perform updates_put_natural(test.q('gogov', '{"source": "gogov", "external_id": "s"}'), test.report('1.1', '2026-10-31'));
    perform test.is((select count(*) from webhook_delivery), 0::bigint, 'owed');
end $$;

create function test.a_plan_that_is_not_active_tells_nobody() returns void language plpgsql as $$
begin
    perform test.subscribe();
    update plan set state = 'archived';
    insert into change (entity, entity_id, op, plan_id) select 'plan', slug, 'changed', id from plan;
    perform test.is((select count(*) from webhook_delivery), 0::bigint, 'owed');
end $$;

create function test.subscribers_are_owed_what_they_asked_for() returns void language plpgsql as $$
declare
    everything bigint := test.subscribe();
    other_type bigint := test.subscribe('{"types": ["goal.changed"]}');
    objective  bigint := test.subscribe('{"objectives": ["2.1", "1.1"]}');
    other      bigint := test.subscribe('{"objectives": ["2.1"]}');
    disabled   bigint := test.subscribe();
begin
    perform disable_webhook(disabled, 'gone');
    perform test.publish_one();
    perform goals_patch(test.q('editor', '{"number": "1"}', 1), '{"weight": 2}');
    perform test.is((select array_agg(d.webhook_id || ' ' || d.type order by d.id) from webhook_delivery d),
                    array[everything || ' update.published', objective || ' update.published',
                          everything || ' goal.changed', other_type || ' goal.changed'], 'owed');
end $$;

create function test.a_lane_goes_in_order_and_lanes_go_side_by_side() returns void language plpgsql as $$
declare
    first  bigint;
    second bigint;
    beside bigint;
begin
    perform test.subscribe();
    first  := test.publish_one('1.1');
    second := test.publish_one('1.1');
    beside := test.publish_one('2.1');
    perform test.is(test.leased(), array[first::text, beside::text], 'first');
    perform test.settle('timeout', 60000);
    perform test.is(test.leased(), '{}'::text[], 'while the first waits for its next attempt');
    update webhook_delivery set next_at = clock_timestamp();
    perform test.is((select array_agg(i order by i) from unnest(test.leased()) i), array[first::text, beside::text], 'again');
    perform test.settle(null);
    perform test.is(test.leased(), array[second::text], 'then the next');
end $$;

create function test.one_subscriber_has_four_at_a_time() returns void language plpgsql as $$
declare
    code text;
begin
    perform test.subscribe();
    foreach code in array array['1.1', '1.2', '2.1', '3.1', '3.9', '3.10'] loop
        perform test.publish_one(code);
    end loop;
    perform test.is(cardinality(test.leased()), 4, 'leased');
    perform test.subscribe();
    perform test.publish_one('1.1');
    perform test.is(cardinality(test.leased()), 1, 'of the other subscriber');
end $$;

create function test.a_lease_that_has_run_out_is_anothers() returns void language plpgsql as $$
declare
    mine   record;
    theirs record;
begin
    perform test.subscribe();
    perform test.publish_one();
    select * into mine from delivery_lease(20);
    perform test.is((select count(*) from delivery_lease(20)), 0::bigint, 'leased twice');
    update webhook_delivery set leased_until = clock_timestamp() - interval '1 second';
    select * into theirs from delivery_lease(20);
    perform test.is(row(theirs.id, theirs.message, theirs.body, theirs.attempt)::text,
                    row(mine.id, mine.message, mine.body, '2')::text, 'the same, once more');
    perform test.is((select count(*) from delivery_settle(mine.id::bigint, mine.lease::uuid, 200, null, 0)), 0::bigint,
                    'settled by who lost it');
    perform test.is((select outcome from delivery_settle(theirs.id::bigint, theirs.lease::uuid, 200, null, 0)), 'delivered',
                    'settled by who has it');
end $$;

create function test.the_body_stays_what_it_was_at_first() returns void language plpgsql as $$
declare
    first  text;
    second text;
begin
    perform test.subscribe();
    perform test.publish_one();
    select body into first from delivery_lease(20);
    perform test.settle('timeout');
    update plan set state = 'archived';
    select body into second from delivery_lease(20);
    perform test.is(second, first, 'body');
end $$;

create function test.giving_up_lets_the_next_go_and_disables_who_took_nothing() returns void language plpgsql as $$
declare
    hook   bigint := test.subscribe();
    second bigint;
begin
    perform test.publish_one();
    second := test.publish_one();
    perform test.leased();
    perform test.settle('status', null, 500);
    perform test.is((select state from webhook where id = hook), 'enabled', 'state after one failure');
    perform test.is(test.leased(), array[second::text], 'next');
    update webhook set failing_since = clock_timestamp() - interval '3 days';
    perform test.settle('status', null, 500);
    perform test.is((select row(state, disabled_reason)::text from webhook where id = hook), '(disabled,failing)', 'state');
    perform test.is((select count(*) from audit_event where action = 'disable' and entity_id = hook::text), 1::bigint, 'audit');
end $$;

create function test.a_success_ends_the_count_of_days() returns void language plpgsql as $$
declare
    hook bigint := test.subscribe();
begin
    perform test.publish_one();
    perform test.leased();
    perform test.settle('timeout');
    perform test.is((select failing_since is not null from webhook where id = hook), true, 'failing');
    perform test.leased();
    perform test.settle(null, 0, 204);
    perform test.is((select failing_since from webhook where id = hook), null::timestamptz, 'failing_since');
    perform test.is((select row(state, attempts, last_status, last_error)::text from webhook_delivery), '(delivered,2,204,)', 'log');
end $$;

create function test.who_is_gone_waits_for_who_enables_it() returns void language plpgsql as $$
declare
    hook bigint := test.subscribe();
    id   bigint := test.publish_one();
begin
    perform test.leased();
    perform test.settle('gone', 5000, 410);
    perform test.is((select row(state, disabled_reason)::text from webhook where webhook.id = hook), '(disabled,gone)', 'state');
    update webhook_delivery set next_at = clock_timestamp();
    perform test.is(test.leased(), '{}'::text[], 'leased while disabled');
    perform webhooks_patch(test.q('admin', jsonb_build_object('id', hook::text), 2), '{"state": "enabled"}');
    perform test.is(test.leased(), array[id::text], 'leased when enabled');
end $$;

create function test.a_replay_goes_to_the_end_of_its_lane() returns void language plpgsql as $$
declare
    hook   bigint := test.subscribe();
    first  bigint := test.publish_one();
    second bigint;
    d      webhook_delivery;
begin
    perform test.leased();
    perform test.settle(null);
    second := test.publish_one();
    select * into d from webhook_delivery where state = 'delivered';
    perform deliveries_replay(test.q('admin', jsonb_build_object('id', hook::text, 'delivery', d.id::text)), '{}');
    perform test.is(test.leased(), array[second::text], 'what waited');
    perform test.settle(null);
    perform test.is(test.leased(), array[first::text], 'then what is sent again');
    perform test.is((select message from webhook_delivery where id = d.id), d.message, 'message');
end $$;

create function test.two_secrets_sign_while_one_takes_over_and_never_three() returns void language plpgsql as $$
declare
    hook bigint := test.subscribe();
    q    jsonb  := test.q('admin', jsonb_build_object('id', hook::text));
    made text[] := array(select secret from webhook_secret where webhook_id = hook);
begin
    for i in 1 .. 2 loop
        made := array_prepend((webhooks_rotate(q, '{}')).body::jsonb->>'secret', made);
    end loop;
    perform test.publish_one();
    perform test.is((select secrets from delivery_lease(20)), made[1] || ' ' || made[2], 'secrets');
    perform test.is((select count(distinct s) from unnest(made) s), 3::bigint, 'different secrets');
    perform webhooks_remove(q, '{}');
    perform test.is((select count(*) from webhook_secret), 0::bigint, 'secrets after the end');
    perform test.is((select count(*) from audit_event a where a::text like '%whsec%' or a::text like '%token%'), 0::bigint,
                    'audit rows that tell');
    perform test.fails(format('select webhooks_test(%L, ''{}'')', q), 'CP404');
end $$;

create function test.only_administrators_of_everything_subscribe() returns void language plpgsql as $$
begin
    perform test.fails(format('select webhooks_post(%L, ''{"url": "https://x.example/"}'')', test.q('editor')), 'CP403', 'admin');
    update api_key set objective_ids = array(select id from objective limit 1) where id = 'admin';
    perform test.fails(format('select webhooks_post(%L, ''{"url": "https://x.example/"}'')', test.q('admin')), 'CP403',
                       'not subscriptions');
end $$;

create function test.an_objective_that_is_not_there_is_named() returns void language plpgsql as $$
begin
    perform test.fails('select test.subscribe(''{"objectives": ["1.1", "9.9"]}'')', 'CP422', '#/objectives/1');
end $$;

create function test.there_is_an_end_to_subscriptions() returns void language plpgsql as $$
begin
    insert into webhook (url) select 'https://x.example/' || n from generate_series(1, 100) n;
    perform test.fails('select test.subscribe()', 'CP409', '100 subscriptions');
end $$;

create function test.the_service_works_with_its_own_rights_and_a_reader_sees_nothing() returns void language plpgsql as $$
declare
    id text;
begin
    perform test.as_role('progress_app');
    perform test.subscribe();
    id := test.publish_one();
    perform test.is(test.leased(), array[id], 'leased');
    perform test.settle('timeout', 0);
    perform test.fails('delete from webhook', '42501');
    perform test.fails('update webhook_delivery set message = gen_random_uuid()', '42501');
    perform test.as_role('progress_read');
    perform test.fails('select * from webhook', '42501');
    perform test.fails('select * from webhook_secret', '42501');
    perform test.fails('select * from webhook_delivery', '42501');
    perform test.fails('select delivery_lease(20)', '42501');
end $$;

create function test.the_log_is_swept_after_a_month() returns void language plpgsql as $$
begin
    perform test.subscribe();
    perform test.publish_one();
    perform test.publish_one('2.1');
    perform test.leased();
    perform test.settle(null);
    perform test.publish_one();
    update webhook_delivery set created_at = created_at - interval '40 days',
           settled_at = settled_at - case when lane = (select lane from webhook_delivery order by id limit 1) then interval '31 days'
                                          else interval '29 days' end;
    perform test.is(deliveries_sweep(clock_timestamp()), 1::bigint, 'swept');
    perform test.is((select count(*) from webhook_delivery), 2::bigint, 'kept');
end $$;

-- A receiver that was down for days: many lanes, long ones, and a look for what is due that reads few rows.
create function test.a_long_backlog_is_looked_through_by_its_lanes() returns void language plpgsql as $$
declare
    hook bigint := test.subscribe();
    line text;
    read bigint := 0;
begin
    insert into webhook_delivery (webhook_id, lane, type, at)
    select hook, 'objective ' || n % 40, 'update.published', clock_timestamp() from generate_series(1, 20000) n;
    analyze webhook_delivery;
    perform test.is((select count(*) from deliveries_due(hook)), 40::bigint, 'due');
    for line in execute format('explain (analyze, buffers, costs off, timing off, summary off) select * from deliveries_due(%s)', hook) loop
        read := greatest(read, coalesce((regexp_match(line, 'shared hit=(\d+)'))[1]::bigint, 0));
    end loop;
    if read not between 1 and 1000 then
        raise exception 'it read % pages', read;
    end if;
end $$;
