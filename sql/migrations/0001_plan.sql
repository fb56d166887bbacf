-- The plan: what the council approved. Goals and objectives hold identity only; every field that
-- can be edited lives in an append-only revision, because a history cannot be back-filled.

grant usage on schema progress to progress_app, progress_read;

create table plan (
    id                bigint      generated always as identity primary key,
    slug              text        not null,
    title             text        not null,
    organization      text        not null,
    overview          text,
    time_zone         text        not null default 'America/Los_Angeles',
    fiscal_year_start smallint    not null default 7,
    state             text        not null default 'draft',
    starts_on         date,
    ends_on           date,
    demo              boolean     not null default false,
    revision          integer     not null default 1,
    created_at        timestamptz not null default clock_timestamp(),
    changed_at        timestamptz not null default clock_timestamp(),

    constraint plan_slug_is_unique       unique (slug),
    constraint plan_slug_is_a_slug       check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
    constraint plan_title_is_stated      check (title ~ '\S'),
    constraint plan_organization_stated  check (organization ~ '\S'),
    constraint plan_time_zone_is_known   check ((timestamp '2026-01-01' at time zone time_zone) is not null),
    constraint plan_year_starts_in_month check (fiscal_year_start between 1 and 12),
    constraint plan_state_is_known       check (state in ('draft', 'under_review', 'approved', 'active', 'archived')),
    constraint plan_ends_after_start     check (ends_on >= starts_on),
    constraint plan_revision_is_positive check (revision >= 1)
);

-- Unqualified paths answer from the one active plan.
create unique index plan_one_is_active on plan ((true)) where state = 'active';

create table plan_event (
    plan_id     bigint  not null references plan,
    position    integer not null,
    text        text    not null,
    happened_on date,
    documents   jsonb   not null default '[]',

    primary key (plan_id, position),
    constraint plan_event_position_is_positive check (position >= 1),
    constraint plan_event_text_is_stated       check (text ~ '\S'),
    constraint plan_event_documents_are_a_list check (jsonb_typeof(documents) = 'array')
);

create table department (
    plan_id           bigint not null references plan,
    slug              text   not null,
    name              text   not null,
    public_contact    text,
    reporting_contact text,

    primary key (plan_id, slug),
    constraint department_slug_is_a_slug   check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
    constraint department_name_is_stated   check (name ~ '\S')
);
comment on column department.reporting_contact is 'never public';

create table goal (
    id         bigint      generated always as identity primary key,
    plan_id    bigint      not null references plan,
    number     integer     not null,
    revision   integer     not null default 1,

    constraint goal_number_is_unique   unique (plan_id, number),
    constraint goal_is_of_one_plan     unique (id, plan_id, number),
    constraint goal_number_is_positive check (number >= 1)
);

create table goal_revision (
    goal_id           bigint      not null references goal,
    revision          integer     not null,
    recorded_at       timestamptz not null default clock_timestamp(),
    key_id            text,
    client            text,
    holder            text,
    request_id        text,
    statement         text        not null,
    short_name        text,
    short_name_source text,
    weight            numeric     not null default 1,

    primary key (goal_id, revision),
    constraint goal_revision_is_positive  check (revision >= 1),
    constraint goal_statement_is_stated   check (statement ~ '\S'),
    constraint goal_short_name_is_stated  check (short_name ~ '\S'),
    constraint goal_short_name_has_name   check (short_name is not null or short_name_source is null),
    constraint goal_weight_is_a_weight    check (weight between 0 and 1000000 and weight = round(weight, 3))
);

create table objective (
    id          bigint      generated always as identity primary key,
    plan_id     bigint      not null,
    goal_id     bigint      not null,
    goal_number integer     not null,
    number      integer     not null,
    code        text        not null generated always as (goal_number::text || '.' || number::text) stored,
    revision    integer     not null default 1,

    -- The code is permanent, so the goal's number may be kept here: 3.10 sorts after 3.9 on two
    -- integers, and finding a code needs one index.
    constraint objective_is_of_its_goal     foreign key (goal_id, plan_id, goal_number) references goal (id, plan_id, number),
    constraint objective_code_is_unique     unique (plan_id, goal_number, number),
    constraint objective_is_of_one_plan     unique (id, goal_id, plan_id),
    constraint objective_number_is_positive check (number >= 1)
);
create unique index objective_by_code on objective (plan_id, code);

-- no index on references to department: departments are few and none is deleted
create table objective_revision (
    objective_id           bigint      not null,
    goal_id                bigint      not null,
    plan_id                bigint      not null,
    revision               integer     not null,
    recorded_at            timestamptz not null default clock_timestamp(),
    key_id                 text,
    client                 text,
    holder                 text,
    request_id             text,
    statement              text        not null,
    description            text,
    description_position   text,
    lead_department        text,
    supporting_departments text[]      not null default '{}',
    owner_role             text,
    start_on               date,
    due_on                 date,
    update_frequency       text        not null default 'none',
    weight                 numeric     not null default 1,
    tags                   text[]      not null default '{}',
    archived_at            timestamptz,

    primary key (objective_id, revision),
    foreign key (objective_id, goal_id, plan_id) references objective (id, goal_id, plan_id),
    constraint objective_lead_is_a_department      foreign key (plan_id, lead_department) references department (plan_id, slug),
    constraint objective_revision_is_positive      check (revision >= 1),
    constraint objective_statement_is_stated       check (statement ~ '\S'),
    constraint objective_description_is_stated     check (description ~ '\S'),
    constraint objective_description_has_its_place check ((description is null) = (description_position is null)
                                                      and description_position in ('before', 'after')),
    constraint objective_lists_hold_no_null        check (array_position(supporting_departments, null) is null
                                                      and array_position(tags, null) is null),
    constraint objective_due_after_start           check (due_on >= start_on),
    constraint objective_frequency_is_known        check (update_frequency in ('monthly', 'quarterly', 'semiannual',
                                                                               'annual', 'none')),
    constraint objective_weight_is_a_weight        check (weight between 0 and 1000000 and weight = round(weight, 3))
);

-- The current revision must exist; deferred, as the two rows come into the world together.
alter table goal add constraint goal_has_its_revision
    foreign key (id, revision) references goal_revision (goal_id, revision) deferrable initially deferred;
alter table objective add constraint objective_has_its_revision
    foreign key (id, revision) references objective_revision (objective_id, revision) deferrable initially deferred;

create table action (
    objective_id bigint  not null references objective,
    position     integer not null,
    text         text    not null,
    done         boolean,

    primary key (objective_id, position),
    constraint action_position_is_positive check (position >= 1),
    constraint action_text_is_stated       check (text ~ '\S')
);
comment on column action.done is 'null: not reported';

-- Append-only holds for everybody, the owner included: privileges stop the service, this the hand.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete or truncate on goal_revision
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on objective_revision
    for each statement execute function refuse_change();

grant select on plan, plan_event, goal, goal_revision, objective, objective_revision, action
    to progress_app, progress_read;
grant select on department to progress_app;
grant select (plan_id, slug, name, public_contact) on department to progress_read;

-- The service edits, it does not found: plans, goals and objectives come by import, as the owner.
grant insert            on goal_revision, objective_revision to progress_app;
grant update (revision) on goal, objective                   to progress_app;
