-- What every write shares: who asks, has it been asked before, how it is answered. Functions that
-- read tables are plpgsql, whose plans are kept: an SQL function is planned at every call.

create type written as (status integer, location text, revision integer, body text, replayed boolean);

create type author as (
    key_id        text,
    client_id     bigint,
    client        text,
    holder        text,
    source        text,
    scopes        text[],
    objective_ids bigint[],
    request_id    text
);

-- The key again, inside the transaction: it may have been revoked since the caller looked.
create function authorise(q jsonb, variadic wanted text[]) returns author language plpgsql stable as $$
declare
    a author;
begin
    select k.id, k.client_id, c.name, k.holder, k.source, k.scopes, k.objective_ids, q->>'request_id'
      into a
      from api_key k
      join api_client c on c.id = k.client_id
     where k.id = q->>'key'
       and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > (q->>'now')::timestamptz);
    if not found then
        perform problem(401, 'the key is unknown, expired or revoked');
    end if;
    if not a.scopes && (wanted || 'admin'::text) then
        perform problem(403, format('the key lacks the scope %s', array_to_string(wanted, ' or ')));
    end if;
    return a;
end $$;

create function may(a author, scope text) returns boolean language sql immutable as $$
    select scope = any(a.scopes) or 'admin' = any(a.scopes)
$$;

create function is_in_reach(a author, objective_id bigint) returns boolean language sql immutable as $$
    select a.objective_ids is null or objective_id = any(a.objective_ids)
$$;

create function hold_to_reach(a author, objective_id bigint, code text) returns void language plpgsql stable as $$
begin
    if not is_in_reach(a, objective_id) then
        perform problem(403, format('the key does not cover objective %s', code));
    end if;
end $$;

create function is_dry_run(q jsonb) returns boolean language sql immutable as $$
    select coalesce((q->>'dry_run')::boolean, false)
$$;

-- The remembered answer to a repeated request; null when this is the first. The lock is only
-- tried: racers get 409 at once instead of emptying the pool.
create function replay(q jsonb, a author) returns written language plpgsql as $$
declare
    i idempotency;
begin
    if q->>'idem' is null or is_dry_run(q) then
        return null;
    end if;
    if not pg_try_advisory_xact_lock(hashtextextended(concat_ws(':', 'idempotency', a.client_id, q->>'idem'), 0)) then
        perform problem(409, 'a request with this idempotency key is under way', code => 'idempotency-in-flight');
    end if;
    select * into i from idempotency where client_id = a.client_id and key = q->>'idem';
    if not found then
        return null;
    end if;
    if i.fingerprint is distinct from q->>'fingerprint' then
        perform problem(422, 'this idempotency key was used for another request', code => 'idempotency-key-reused');
    end if;
    return row(i.status, i.location, i.revision, i.body, true)::written;
end $$;

-- The answer, remembered under the request's key. A dry run creates nothing, so it has neither an
-- id nor a place, and is not remembered; the caller rolls it back.
create function answer(q jsonb, a author, status integer, location text, revision integer, doc json)
returns written language plpgsql as $$
declare
    w written := row(status, location, revision, doc::text, false);
begin
    if is_dry_run(q) then
        w.body     := json_with(case when status = 201 then regexp_replace(w.body, '^\{"id":"\d+"', '{"id":null')
                                     else w.body end::json, 'dry_run', 'true');
        w.status   := 200;
        w.location := null;
    elsif q->>'idem' is not null then
        insert into idempotency (client_id, key, fingerprint, status, location, revision, body, kept_at)
        values (a.client_id, q->>'idem', q->>'fingerprint', w.status, w.location, w.revision, w.body, (q->>'now')::timestamptz);
    end if;
    return w;
end $$;

-- What is known moves while this is held, by any number at once; who closes a period (71_periods.sql)
-- waits for them and keeps others out, so that nothing bears a time before its own that it has not seen.
-- Taken before the first look at the clock.
create function hold_knowledge() returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('knowledge', 0));
end $$;

create function context_of(q jsonb) returns context language plpgsql as $$
begin
    perform hold_knowledge();
    return context(q->>'plan', null, q->>'now', null, null);
end $$;

create function fault(pointer text, detail text) returns jsonb language sql immutable as $$
    select jsonb_build_object('pointer', pointer, 'detail', detail)
$$;

-- All faults of a body in one problem; nothing where there are none.
create function refuse_if(faults jsonb) returns void language plpgsql stable as $$
begin
    if jsonb_array_length(faults) = 1 then
        perform problem(422, faults->0->>'detail', faults->0->>'pointer');
    elsif jsonb_array_length(faults) > 1 then
        perform problem(422, format('%s faults in the body', jsonb_array_length(faults)),
                        (select string_agg(f->>'pointer' || chr(9) || (f->>'detail'), chr(10) order by n)
                           from jsonb_array_elements(faults) with ordinality as t (f, n)));
    end if;
end $$;

create function hold_to_revision(q jsonb, revision integer) returns void language plpgsql stable as $$
begin
    if q->>'if_match' is null then
        perform problem(428, 'If-Match is required: read the resource and repeat with its ETag');
    elsif (q->>'if_match')::integer <> revision then
        perform problem(412, format('the resource is at revision %s', revision));
    end if;
end $$;

-- The same where it may be left out: who decides on what was read says so.
create function hold_to_match(q jsonb, revision integer) returns void language plpgsql stable as $$
begin
    if q->>'if_match' is not null then
        perform hold_to_revision(q, revision);
    end if;
end $$;

create function audit(a author, action text, entity text, entity_id text, plan_id bigint, objective_id bigint,
                      detail jsonb default '{}') returns void language plpgsql as $$
begin
    insert into audit_event (key_id, client, holder, request_id, action, entity, entity_id, plan_id, objective_id, detail)
    values (a.key_id, a.client, a.holder, a.request_id, action, entity, entity_id, plan_id, objective_id, detail);
end $$;

create function announce(entity text, entity_id text, op text, plan_id bigint, objective_id bigint) returns void
language plpgsql as $$
begin
    insert into change (entity, entity_id, op, plan_id, objective_id) values (entity, entity_id, op, plan_id, objective_id);
end $$;

-- A batch takes its sources whole, instead of a lock for each of a thousand pairs.
create function source_lock(plan_id bigint, source text) returns bigint language sql immutable as $$
    select hashtextextended(concat_ws(chr(1), 'source', plan_id, source), 0)
$$;

-- One waiter at a time for a natural key, taken before any row: unique indexes are the backstop.
create function hold_natural(plan_id bigint, source text, external_id text) returns void language plpgsql as $$
begin
    if external_id is not null then
        perform pg_advisory_xact_lock_shared(source_lock(plan_id, source));
        perform pg_advisory_xact_lock(hashtextextended(concat_ws(chr(1), 'natural', plan_id, source, external_id), 0));
    end if;
end $$;
