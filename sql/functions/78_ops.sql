-- Housekeeping of the service.

create function ready() returns boolean language sql stable as $$
    select exists (select from plan) or true
$$;

-- Remembered answers live a day; those of the service's own keys only as long as a lost COMMIT can
-- be asked for again.
create function idempotency_sweep(now timestamptz) returns bigint language sql as $$
    with swept as (
        delete from idempotency i
         where i.kept_at < idempotency_sweep.now - interval '24 hours'
            or (i.kept_at < idempotency_sweep.now - interval '1 hour' and starts_with(i.key, chr(1)))
        returning 1)
    select count(*) from swept
$$;

-- Changes whose transaction may have committed since a look whose horizon was `since`; empty: none,
-- the caller begins here.
create function changes_since(since text)
returns table (id text, xid text, at text, entity text, entity_id text, op text, plan text, objective text)
language sql stable as $$
    select ch.id::text, ch.xid::text, rfc3339(ch.at), ch.entity, ch.entity_id, ch.op, p.slug, o.code
      from change ch
      join plan p on p.id = ch.plan_id
      left join objective o on o.id = ch.objective_id
     where ch.xid >= nullif(since, '')::xid8
     order by ch.xid, ch.id
$$;
