-- Clients and their keys: who may write, as which source, about which objectives. The secret
-- itself is never stored, only its SHA-256.

create table api_client (
    id         bigint      generated always as identity primary key,
    name       text        not null,
    department text,
    created_at timestamptz not null default clock_timestamp(),

    constraint client_name_is_unique unique (name),
    constraint client_name_is_a_name check (name ~ '^[a-z][a-z0-9._-]*$' and length(name) <= 64)
);

create table api_key (
    id            text        primary key,
    client_id     bigint      not null references api_client,
    sha256        text        not null,
    scopes        text[]      not null,
    source        text,
    objective_ids bigint[],
    holder        text        not null,
    created_at    timestamptz not null default clock_timestamp(),
    expires_at    timestamptz,
    revoked_at    timestamptz,

    constraint key_id_is_an_id          check (id ~ '^[A-Za-z0-9]{1,64}$'),
    constraint key_sha256_is_hex        check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint key_scopes_are_known     check (cardinality(scopes) >= 1
                                               and scopes <@ array['report', 'edit', 'publish', 'admin']),
    constraint key_source_is_a_source   check (source ~ '^[a-z][a-z0-9._-]*$' and length(source) <= 64),
    constraint key_has_one_source       check (source is not null or 'admin' = any(scopes)),
    constraint key_objectives_are_named check (cardinality(objective_ids) >= 1 and array_position(objective_ids, null) is null),
    constraint key_holder_is_stated     check (holder ~ '\S')
);
create index api_key_of_client on api_key (client_id);

-- What a client's repeated request is answered with. Belongs to the client, not to the key, so
-- that it survives a rotation; kept a day, then swept.
create table idempotency (
    client_id   bigint      not null references api_client,
    key         text        not null,
    fingerprint text        not null,
    status      integer     not null,
    location    text,
    revision    integer,
    body        text        not null,
    kept_at     timestamptz not null,

    primary key (client_id, key),
    constraint idempotency_key_is_short     check (length(key) between 1 and 256),
    constraint idempotency_remembers_success check (status between 200 and 299)
);
create index idempotency_by_age on idempotency (kept_at);

-- The service looks keys up; it can neither make one nor revive one.
grant select on api_client, api_key          to progress_app;
grant select, insert, delete on idempotency  to progress_app;
grant select on api_client                   to progress_read;
grant select (id, client_id, scopes, source, objective_ids, holder, created_at, expires_at, revoked_at)
    on api_key                               to progress_read;
