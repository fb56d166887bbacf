-- What each subscription is owed: the log that its administrators read, and the leases of senders.
-- The clock here is the database's, which all senders share.

create type delivery_links as (webhook text, replay text);
create type delivery_doc as (
    id              text,
    message         text,     -- as in webhook-id: the same however often it is sent
    type            text,
    state           text,     -- pending delivered given_up
    attempts        integer,
    created_at      text,
    last_attempt_at text,
    last_status     integer,
    last_error      text,
    next_attempt_at text,
    settled_at      text,
    links           delivery_links
);

create function message_name(message uuid) returns text language sql immutable as $$
    select 'msg_' || replace(message::text, '-', '')
$$;

create function delivery_doc(d webhook_delivery) returns json language sql stable as $$
    select row_to_json(row(
        d.id::text, message_name(d.message), d.type, d.state, d.attempts, rfc3339(d.created_at), rfc3339(d.last_at),
        d.last_status, d.last_error, case d.state when 'pending' then rfc3339(d.next_at) end, rfc3339(d.settled_at),
        row('/webhooks/' || d.webhook_id,
            '/webhooks/' || d.webhook_id || '/deliveries/' || d.id || '/replay')::delivery_links)::delivery_doc)
$$;

create function deliveries_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                                k1 text, k2 text, size integer, viewer text)
returns setof page_row language plpgsql stable as $$
begin
    if not exists (select from webhook w where w.id = (filters->>'webhook')::bigint and w.removed_at is null) then
        perform problem(404, format('no webhook %s', filters->>'webhook'));
    end if;
    return query select delivery_doc(d)::text, 0, d.id::text, null::text from webhook_delivery d
                  where d.webhook_id = (filters->>'webhook')::bigint
                    and d.id < coalesce(k1::bigint, 9223372036854775807)
                  order by d.id desc
                  limit size;
end $$;

-- ---- writes ----

create function hold_enabled_webhook(q jsonb) returns webhook language plpgsql as $$
declare
    w webhook := hold_webhook(q);
begin
    if w.state = 'disabled' then
        perform problem(409, format('webhook %s is disabled: enable it first', w.id));
    end if;
    return w;
end $$;

create function webhooks_test(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise_webhooks(q);
    r written := replay(q, a);
    w webhook;
    d webhook_delivery;
begin
    if r.replayed then
        return r;
    end if;
    w := hold_enabled_webhook(q);
    insert into webhook_delivery (webhook_id, lane, type, at)
    values (w.id, 'test', 'webhook.test', clock_timestamp())
    returning * into d;
    perform audit(a, 'test', 'webhook', w.id::text, null, null, jsonb_build_object('delivery', d.id));
    return answer(q, a, 200, null, 0, delivery_doc(d));
end $$;

-- Sent once more, under the same message, behind whatever waits in its lane. One that waits
-- already is due at once.
create function deliveries_replay(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise_webhooks(q);
    r written := replay(q, a);
    w webhook;
    d webhook_delivery;
begin
    if r.replayed then
        return r;
    end if;
    w := hold_enabled_webhook(q);
    select * into d from webhook_delivery t
     where t.webhook_id = w.id and t.id = (q->'args'->>'delivery')::bigint for no key update;
    if not found then
        perform problem(404, format('no delivery %s', q->'args'->>'delivery'));
    elsif d.state = 'pending' then
        update webhook_delivery t set next_at = clock_timestamp() where t.id = d.id returning * into d;
    else
        update webhook_delivery t
           set state = 'pending', settled_at = null, attempts = 0, next_at = clock_timestamp(), place = nextval('webhook_place')
         where t.id = d.id
        returning * into d;
    end if;
    perform audit(a, 'replay', 'webhook', w.id::text, null, null, jsonb_build_object('delivery', d.id));
    return answer(q, a, 200, null, 0, delivery_doc(d));
end $$;

-- ---- senders ----

-- The first of each lane, where it is due and nobody has it. From lane to lane by the index: a
-- receiver that is down for days makes the lanes long, not this.
create function deliveries_due(of_webhook bigint) returns table (id bigint, next_at timestamptz) language plpgsql stable as $$
declare
    now timestamptz := clock_timestamp();
begin
    return query
    with recursive lanes as (
        (select d.lane from webhook_delivery d
          where d.webhook_id = of_webhook and d.state = 'pending' order by d.lane limit 1)
        union all
        select (select d.lane from webhook_delivery d
                 where d.webhook_id = of_webhook and d.state = 'pending' and d.lane > l.lane order by d.lane limit 1)
          from lanes l
         where l.lane is not null)
    select h.id, h.next_at
      from lanes l
     cross join lateral (select d.id, d.next_at, d.leased_until from webhook_delivery d
                          where d.webhook_id = of_webhook and d.state = 'pending' and d.lane = l.lane
                          order by d.place
                          limit 1) h
     where h.next_at <= now and (h.leased_until is null or h.leased_until < now);
end $$;

create function delivery_body(d webhook_delivery) returns text language plpgsql stable as $$
declare
    data json;
begin
    if d.change_id is null then
        data := json_build_object('webhook', d.webhook_id::text);
    else
        select change_doc(ch, p, o) into data
          from change ch
          join plan p on p.id = ch.plan_id
          left join objective o on o.id = ch.objective_id
         where ch.id = d.change_id;
    end if;
    return format('{"type":"%s","timestamp":"%s","data":%s}', d.type, rfc3339(d.at), data);
end $$;

-- One delivery for one sender, for so many seconds; then whoever asks next may have it. At most four
-- of a subscription are on their way, so that a slow receiver leaves room for the others. The row is
-- looked at again under its lock: another sender may have been faster.
create function delivery_lease(seconds integer)
returns table (id text, lease text, webhook text, message text, type text, url text, secrets text, body text,
               attempt text, sent_at text)
language plpgsql as $$
declare
    now timestamptz;
    w   webhook;
    due bigint;
    d   webhook_delivery;
begin
    for w in select t.* from webhook t where t.state = 'enabled' and t.removed_at is null order by random() loop
        now := clock_timestamp();
        continue when (select count(*) from webhook_delivery t
                        where t.webhook_id = w.id and t.state = 'pending' and t.leased_until >= now) >= 4;
        for due in select t.id from deliveries_due(w.id) t order by t.next_at, t.id loop
            select * into d from webhook_delivery t
             where t.id = due and t.state = 'pending' and (t.leased_until is null or t.leased_until < now)
               for no key update skip locked;
            continue when not found;
            update webhook_delivery t
               set lease = gen_random_uuid(), leased_until = now + make_interval(secs => seconds), attempts = t.attempts + 1,
                   last_at = now, body = coalesce(t.body, delivery_body(t))
             where t.id = due
            returning * into d;
            return query
            select d.id::text, d.lease::text, w.id::text, message_name(d.message), d.type, w.url,
                   (select string_agg(s.secret, ' ' order by s.id desc) from webhook_secret s
                     where s.webhook_id = w.id and (s.retires_at is null or s.retires_at > now)),
                   d.body, d.attempts::text, floor(extract(epoch from now))::text;
            return;
        end loop;
    end loop;
end $$;

create function disable_webhook(of_webhook bigint, reason text) returns void language plpgsql as $$
begin
    update webhook t
       set state = 'disabled', disabled_reason = reason, disabled_at = clock_timestamp(), revision = t.revision + 1
     where t.id = of_webhook and t.state = 'enabled';
    if found then
        insert into audit_event (action, entity, entity_id, detail)
        values ('disable', 'webhook', of_webhook::text, jsonb_build_object('reason', reason));
    end if;
end $$;

-- What came of a lease; nothing where the lease has passed to another. No error: it was taken.
-- retry_ms: until the next attempt; null: there is none. A receiver that is gone (410) is not asked
-- again, nor one that took nothing in all the days of a delivery's attempts; what it is owed waits
-- until somebody enables it.
create function delivery_settle(of_delivery bigint, of_lease uuid, status integer, error text, retry_ms bigint)
returns table (outcome text, disabled boolean) language plpgsql as $$
declare
    now timestamptz := clock_timestamp();
    d   webhook_delivery;
    bad timestamptz;
begin
    update webhook_delivery t
       set state        = case when error is null then 'delivered' when retry_ms is null and status is distinct from 410
                               then 'given_up' else 'pending' end,
           settled_at   = case when error is null or (retry_ms is null and status is distinct from 410) then now end,
           next_at      = now + coalesce(retry_ms, 0) * interval '1 millisecond',
           last_status  = status, last_error = error, lease = null, leased_until = null
     where t.id = of_delivery and t.lease = of_lease
    returning * into d;
    if not found then
        return;
    end if;
    if error is null then
        update webhook t set failing_since = null where t.id = d.webhook_id and t.failing_since is not null;
    else
        update webhook t set failing_since = now where t.id = d.webhook_id and t.failing_since is null;
        select t.failing_since into bad from webhook t where t.id = d.webhook_id;
        if status = 410 then
            perform disable_webhook(d.webhook_id, 'gone');
        elsif d.state = 'given_up' and bad < now - interval '2 days' then
            perform disable_webhook(d.webhook_id, 'failing');
        end if;
    end if;
    return query select d.state, w.state = 'disabled' from webhook w where w.id = d.webhook_id;
end $$;

-- The log goes back a month.
create function deliveries_sweep(now timestamptz) returns bigint language sql as $$
    with swept as (
        delete from webhook_delivery d
         where d.state <> 'pending' and d.settled_at < deliveries_sweep.now - interval '30 days'
        returning 1)
    select count(*) from swept
$$;
