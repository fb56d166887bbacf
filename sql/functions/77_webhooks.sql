-- Subscriptions: who is told of what, by which address. For administrators; no public document
-- depends on them, so they make no change rows.

create type webhook_links as (self text, deliveries text);
create type webhook_doc as (
    id               text,
    url              text,
    description      text,
    types            text[],
    objectives       text[],
    state            text,     -- enabled disabled removed
    disabled_reason  text,
    disabled_at      text,
    failing_since    text,
    pending          bigint,
    old_secret_until text,
    created_at       text,
    revision         integer,
    links            webhook_links
);

create function webhook_doc(w webhook) returns json language sql stable as $$
    select row_to_json(row(
        w.id::text, w.url, w.description, w.types, w.objectives,
        case when w.removed_at is null then w.state else 'removed' end,
        w.disabled_reason, rfc3339(w.disabled_at), rfc3339(w.failing_since),
        (select count(*) from webhook_delivery d where d.webhook_id = w.id and d.state = 'pending'),
        (select rfc3339(s.retires_at) from webhook_secret s
          where s.webhook_id = w.id and s.retires_at > clock_timestamp()),
        rfc3339(w.created_at), w.revision,
        row('/webhooks/' || w.id, '/webhooks/' || w.id || '/deliveries')::webhook_links)::webhook_doc)
$$;

-- As every read's, though they are of no plan, as of no day and in no language.
create function webhooks_get(plan text, as_of text, now text, lang text, include text, args jsonb, viewer text)
returns setof doc_row language plpgsql stable as $$
begin
    return query select webhook_doc(w)::text, w.revision from webhook w
                  where w.id = (args->>'id')::bigint and w.removed_at is null;
end $$;

create function webhooks_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                              k1 text, k2 text, size integer, viewer text)
returns setof page_row language plpgsql stable as $$
begin
    return query select webhook_doc(w)::text, w.revision, w.id::text, null::text from webhook w
                  where w.removed_at is null and w.id > coalesce(k1::bigint, 0)
                  order by w.id
                  limit size;
end $$;

-- ---- writes ----

create function authorise_webhooks(q jsonb) returns author language plpgsql stable as $$
declare
    a author := authorise(q, 'admin');
begin
    if a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not subscriptions');
    end if;
    return a;
end $$;

create function hold_webhook(q jsonb) returns webhook language plpgsql as $$
declare
    w webhook;
begin
    select * into w from webhook t
     where t.id = (q->'args'->>'id')::bigint and t.removed_at is null for no key update;
    if not found then
        perform problem(404, format('no webhook %s', q->'args'->>'id'));
    end if;
    return w;
end $$;

-- Those that are named must be there to be told of.
create function hold_to_objectives(q jsonb, codes text[]) returns void language plpgsql stable as $$
declare
    c context;
begin
    if codes = '{}' then
        return;
    end if;
    c := context_of(q);
    perform refuse_if(coalesce(jsonb_agg(fault('#/objectives/' || (t.n - 1), format('no objective %s', t.code)) order by t.n),
                               '[]'))
       from unnest(codes) with ordinality as t (code, n)
      where not exists (select from objective o where o.plan_id = c.plan_id and o.code = t.code);
end $$;

-- 256 bits, made here, so that no statement's parameters ever hold one.
create function new_secret(of_webhook bigint) returns text language plpgsql as $$
declare
    made text := 'whsec_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
                                           || uuid_send(gen_random_uuid())), 'base64');
begin
    insert into webhook_secret (webhook_id, secret) values (of_webhook, made);
    return made;
end $$;

-- The one document that shows a secret, and the only time; a dry run has none to show.
create function webhook_doc_with(w webhook, secret text, q jsonb) returns json language sql stable as $$
    select json_with(webhook_doc(w), 'secret', case when is_dry_run(q) then 'null' else to_json(secret) end)
$$;

-- What stands behind the question mark of an address may be the receiver's own secret.
create function webhook_detail(w webhook) returns jsonb language sql immutable as $$
    select jsonb_build_object('url', split_part(w.url, '?', 1), 'description', w.description, 'types', w.types,
                              'objectives', w.objectives, 'state', w.state)
$$;

create function webhooks_post(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a      author  := authorise_webhooks(q);
    r      written := replay(q, a);
    w      webhook;
    secret text;
begin
    if r.replayed then
        return r;
    end if;
    w := jsonb_populate_record(w, body);
    perform hold_to_objectives(q, coalesce(w.objectives, '{}'));
    perform pg_advisory_xact_lock(hashtextextended('webhooks', 0));
    if (select count(*) from webhook t where t.removed_at is null) >= 100 then
        perform problem(409, 'there are 100 subscriptions: remove one first');
    end if;
    insert into webhook (url, description, types, objectives)
    values (w.url, w.description, coalesce(w.types, '{}'), coalesce(w.objectives, '{}'))
    returning * into w;
    secret := new_secret(w.id);
    perform audit(a, 'create', 'webhook', w.id::text, null, null, webhook_detail(w));
    return answer(q, a, 201, '/webhooks/' || w.id, w.revision, webhook_doc_with(w, secret, q));
end $$;

-- Who is let in again is owed what waited; what was tried in vain before is no reason to wait on.
create function enabled(w webhook) returns webhook language plpgsql as $$
begin
    w.disabled_reason := null;
    w.disabled_at     := null;
    w.failing_since   := null;
    update webhook_delivery d set next_at = clock_timestamp(), attempts = 0
     where d.webhook_id = w.id and d.state = 'pending' and d.lease is null;
    return w;
end $$;

create function webhooks_patch(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a   author  := authorise_webhooks(q);
    r   written := replay(q, a);
    old webhook;
    w   webhook;
begin
    if r.replayed then
        return r;
    end if;
    old := hold_webhook(q);
    perform hold_to_revision(q, old.revision);
    w := jsonb_populate_record(old, body);
    if w.objectives <> old.objectives then
        perform hold_to_objectives(q, w.objectives);
    end if;
    if w.state = 'enabled' and old.state = 'disabled' then
        w := enabled(w);
    elsif w.state = 'disabled' and old.state = 'enabled' then
        w.disabled_reason := 'by_key';
        w.disabled_at     := clock_timestamp();
    end if;
    if w is distinct from old then
        update webhook t
           set (url, description, types, objectives, state, disabled_reason, disabled_at, failing_since, revision)
             = row(w.url, w.description, w.types, w.objectives, w.state, w.disabled_reason, w.disabled_at, w.failing_since,
                   old.revision + 1)
         where t.id = old.id
        returning * into w;
        perform audit(a, 'edit', 'webhook', w.id::text, null, null, differences(webhook_detail(old), webhook_detail(w)));
    end if;
    return answer(q, a, 200, null, w.revision, webhook_doc(w));
end $$;

-- The secret so far goes on signing for a day beside the new one; a third is forgotten at once.
create function webhooks_rotate(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a      author  := authorise_webhooks(q);
    r      written := replay(q, a);
    w      webhook;
    secret text;
begin
    if r.replayed then
        return r;
    end if;
    w := hold_webhook(q);
    delete from webhook_secret s where s.webhook_id = w.id and s.retires_at is not null;
    update webhook_secret s set retires_at = clock_timestamp() + interval '24 hours' where s.webhook_id = w.id;
    secret := new_secret(w.id);
    perform audit(a, 'rotate', 'webhook', w.id::text, null, null);
    return answer(q, a, 200, null, w.revision, webhook_doc_with(w, secret, q));
end $$;

-- Its secrets are forgotten, and what it was owed; the row stays for the log. An answer that still
-- holds a secret to be repeated is forgotten too.
create function webhooks_remove(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise_webhooks(q);
    r written := replay(q, a);
    w webhook;
begin
    if r.replayed then
        return r;
    end if;
    w := hold_webhook(q);
    delete from idempotency i using webhook_secret s
     where s.webhook_id = w.id and strpos(i.body, s.secret) > 0;
    delete from webhook_secret s where s.webhook_id = w.id;
    update webhook_delivery d
       set state = 'given_up', last_error = 'removed', lease = null, leased_until = null, settled_at = clock_timestamp()
     where d.webhook_id = w.id and d.state = 'pending';
    update webhook t set removed_at = clock_timestamp(), revision = t.revision + 1 where t.id = w.id returning * into w;
    perform audit(a, 'remove', 'webhook', w.id::text, null, null);
    return answer(q, a, 200, null, w.revision, webhook_doc(w));
end $$;
