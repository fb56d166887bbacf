-- Subscriptions to what is published, and the outbox of what each is owed. A row of the outbox comes
-- into being in the transaction of the change itself; a sender leases it, so that a sender that dies
-- holds nothing for ever.

create table webhook (
    id              bigint      generated always as identity primary key,
    url             text        not null,
    description     text,
    types           text[]      not null default '{}', -- none: all
    objectives      text[]      not null default '{}', -- codes; none: all
    state           text        not null default 'enabled',
    disabled_reason text,
    disabled_at     timestamptz,
    failing_since   timestamptz,                        -- null: the last attempt was taken
    removed_at      timestamptz,
    revision        integer     not null default 1,
    created_at      timestamptz not null default clock_timestamp(),

    constraint webhook_url_is_an_address      check (url ~ '^https?://[^/@?#]+([/?][^#]*)?$' and length(url) <= 2000),
    constraint webhook_description_is_stated  check (description ~ '\S'),
    constraint webhook_state_is_known         check (state in ('enabled', 'disabled')),
    constraint webhook_disabled_says_why      check ((state = 'disabled') = (disabled_reason is not null)
                                                     and (state = 'disabled') = (disabled_at is not null)),
    constraint webhook_reason_is_known        check (disabled_reason in ('by_key', 'gone', 'failing')),
    constraint webhook_revision_is_positive   check (revision >= 1)
);

-- They sign, so they cannot be kept as hashes: nobody but the service's role reads this table, and
-- no document shows it. One is current; while it takes over, the one before it signs too.
create table webhook_secret (
    id         bigint      generated always as identity primary key,
    webhook_id bigint      not null references webhook,
    secret     text        not null,
    made_at    timestamptz not null default clock_timestamp(),
    retires_at timestamptz,

    constraint webhook_secret_has_its_form check (secret ~ '^whsec_[A-Za-z0-9+/]{43}=$')
);
create index webhook_secret_of_webhook         on webhook_secret (webhook_id);
create unique index webhook_secret_one_current on webhook_secret (webhook_id) where retires_at is null;

-- It references nothing: a foreign key would make all writers share-lock the one row of the
-- subscription, and subscriptions are never deleted. What shares a lane goes in the order of places.
create sequence webhook_place;
create table webhook_delivery (
    id           bigint      generated always as identity primary key,
    message      uuid        not null default gen_random_uuid(),
    webhook_id   bigint      not null,
    change_id    bigint,     -- null: a test
    lane         text        not null,
    place        bigint      not null default nextval('webhook_place'),
    type         text        not null,
    at           timestamptz not null,
    body         text,       -- made when it is first sent, the same ever after
    state        text        not null default 'pending',
    attempts     integer     not null default 0,
    next_at      timestamptz not null default clock_timestamp(),
    lease        uuid,
    leased_until timestamptz,
    last_at      timestamptz,
    last_status  integer,
    last_error   text,
    settled_at   timestamptz,
    created_at   timestamptz not null default clock_timestamp(),

    constraint delivery_type_is_a_type    check (type ~ '^[a-z_]+\.[a-z_]+$'),
    constraint delivery_state_is_known    check (state in ('pending', 'delivered', 'given_up')),
    constraint delivery_settled_says_when check ((state = 'pending') = (settled_at is null)),
    constraint delivery_lease_has_an_end  check ((lease is null) = (leased_until is null)),
    constraint delivery_error_is_a_word   check (last_error ~ '^[a-z_]+$')
);
create index delivery_in_lane    on webhook_delivery (webhook_id, lane, place) where state = 'pending';
create index delivery_of_webhook on webhook_delivery (webhook_id, id);
create index delivery_by_age     on webhook_delivery (settled_at) where state <> 'pending';

-- Runs as the owner: whoever changes something owes it. Its plans are kept whatever the session
-- does. Only the active plan is told of: what is drafted beside it is nobody's business yet.
create function change_is_owed() returns trigger language plpgsql security definer
set search_path = progress, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
    if not exists (select from webhook w where w.state = 'enabled' and w.removed_at is null) then
        return null;
    end if;
    insert into webhook_delivery (webhook_id, change_id, lane, type, at)
    select w.id, m.id, coalesce('objective ' || m.objective_id, m.entity || ' ' || m.entity_id), m.entity || '.' || m.op, m.at
      from made m
      join plan p on p.id = m.plan_id and p.state = 'active'
      left join objective o on o.id = m.objective_id
      join webhook w on w.state = 'enabled' and w.removed_at is null
                    and (w.types = '{}' or m.entity || '.' || m.op = any(w.types))
                    and (w.objectives = '{}' or o.code = any(w.objectives))
     order by m.id, w.id;
    return null;
end $$;
revoke execute on function change_is_owed() from public;

create trigger is_owed after insert on change
    referencing new table as made
    for each statement execute function change_is_owed();

-- One word more for the log of who did what, beside those that stand there by now.
do $$
declare
    known text := (select pg_get_constraintdef(c.oid) from pg_constraint c
                    where c.conname = 'audit_entity_is_known' and c.conrelid = 'audit_event'::regclass);
begin
    if known !~ 'ARRAY\[' then
        raise exception 'audit_entity_is_known is not the list that it was';
    end if;
    execute format('alter table audit_event drop constraint audit_entity_is_known, add constraint audit_entity_is_known %s',
                   replace(known, 'ARRAY[', 'ARRAY[''webhook''::text, '));
end $$;

grant select, insert         on webhook          to progress_app;
grant update (url, description, types, objectives, state, disabled_reason, disabled_at, failing_since, removed_at, revision)
    on webhook                                   to progress_app;
grant select, insert, delete on webhook_secret   to progress_app;
grant update (retires_at)    on webhook_secret   to progress_app;
grant select, insert, delete on webhook_delivery to progress_app;
grant update (place, body, state, attempts, next_at, lease, leased_until, last_at, last_status, last_error, settled_at)
    on webhook_delivery                          to progress_app;
grant usage                  on webhook_place    to progress_app;
