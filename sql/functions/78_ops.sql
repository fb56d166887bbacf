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

-- What has changed since the look whose snapshot was `last` (null: there was none): each commit shows
-- in one look, since what was in progress then is not visible in it, whatever its xid. With it goes
-- who answers, as a hash that may be shown: after a restart, a failover or a restored backup nothing
-- that was seen before counts. `redacted` says that there are redactions, 'new' where this look is the first to see one.
create function change_look(last text, now text)
returns table (snapshot text, identity text, entities text, day_ends text, redacted text) language sql stable as $$
    select pg_current_snapshot()::text,
           (select left(encode(sha256(convert_to(
                       concat_ws('/', s.system_identifier, k.timeline_id, d.oid, pg_postmaster_start_time()), 'UTF8')), 'hex'), 16)
              from pg_control_system() s, pg_control_checkpoint() k, pg_database d
             where d.datname = current_database()),
           (select string_agg(distinct ch.entity, ',')
              from change ch
             where ch.xid >= pg_snapshot_xmin(last::pg_snapshot)
               and not pg_visible_in_snapshot(ch.xid, last::pg_snapshot)),
           (select (extract(epoch from min(((now::timestamptz at time zone p.time_zone)::date + 1)::timestamp
                                           at time zone p.time_zone)) * 1000000)::bigint::text
              from plan p),
           case when exists (select from change ch
                              where ch.op = 'redacted' and ch.xid >= pg_snapshot_xmin(last::pg_snapshot)
                                and not pg_visible_in_snapshot(ch.xid, last::pg_snapshot)) then 'new'
                when (select max(u.redacted_at) from published_update u where u.redacted_at is not null) is not null then 'some' end
$$;
