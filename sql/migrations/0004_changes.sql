-- Who did what (audit_event, for the city) and what moved (change, for caches, streams and feeds).
-- Logs reference nothing: plans and objectives are never deleted, and a foreign key would make all
-- writers share-lock the one row of the plan.

create table audit_event (
    id           bigint      generated always as identity primary key,
    at           timestamptz not null default clock_timestamp(),
    key_id       text,
    client       text,
    holder       text,
    request_id   text,
    action       text        not null,
    entity       text        not null,
    entity_id    text        not null,
    plan_id      bigint,
    objective_id bigint,
    detail       jsonb       not null default '{}',

    constraint audit_action_is_named     check (action ~ '^[a-z_]+$'),
    constraint audit_entity_is_known     check (entity in ('plan', 'goal', 'objective', 'update', 'draft', 'key')),
    constraint audit_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
create index audit_of_entity on audit_event (entity, entity_id, id);
create index audit_by_time   on audit_event (at);

-- Commits do not come in the order of ids: a reader asks for xid >= the xmin of its last look and
-- skips what it has seen. No row for a draft: nothing here may betray what is unpublished.
create table change (
    id           bigint      generated always as identity primary key,
    xid          xid8        not null default pg_current_xact_id(),
    at           timestamptz not null default clock_timestamp(),
    entity       text        not null,
    entity_id    text        not null,
    op           text        not null,
    plan_id      bigint      not null,
    objective_id bigint,

    constraint change_entity_is_known check (entity in ('plan', 'goal', 'objective', 'update')),
    constraint change_op_is_known     check (op in ('created', 'changed', 'published', 'superseded', 'retracted', 'redacted'))
);
create index change_by_xid on change (xid, id);

create trigger append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on change
    for each statement execute function refuse_change();

grant select, insert on audit_event, change to progress_app;
grant select         on audit_event, change to progress_read;
