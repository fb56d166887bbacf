-- Updates: what was reported. A published update's content never changes; a few state columns
-- beside it move, each once and forward. A draft holds the same content and may still change.

-- Drafts and published updates share their ids: a draft is published under the id it has.
create sequence update_id as bigint;

-- Kind, status and percent hold each other (domain.md, "Kinds and statuses"). Written once here,
-- taken over by both tables below. A key is named and not referenced: keys do not travel with an
-- export, and concurrent posts of one key must not share-lock its row.
create table update_content (
    id                bigint        not null default nextval('update_id'),
    plan_id           bigint        not null,
    goal_id           bigint        not null,
    objective_id      bigint        not null,
    as_of             date          not null,
    kind              text          not null,
    status            text,
    percent_complete  numeric(5, 2),
    summary           text          not null,
    details           text,
    next_steps        text,
    links             jsonb         not null default '[]',
    measurements      jsonb         not null default '[]',
    source            text          not null,
    external_id       text,
    source_updated_at timestamptz,
    supersedes        bigint,
    reason            text,
    key_id            text,
    client            text,
    holder            text,
    request_id        text,
    created_at        timestamptz   not null default clock_timestamp(),

    constraint update_kind_is_known          check (kind in ('progress', 'note', 'service_status')),
    constraint update_status_is_known        check (status in ('not_started', 'on_track', 'at_risk', 'off_track', 'on_hold',
                                                               'completed', 'ongoing', 'cancelled')),
    constraint update_progress_has_a_status  check ((kind = 'progress') = (status is not null)),
    constraint update_narrative_moves_nothing check (kind = 'progress' or percent_complete is null),
    constraint update_percent_is_a_percent   check (percent_complete between 0 and 100),
    constraint update_not_started_is_0       check (status <> 'not_started' or percent_complete is not distinct from 0),
    constraint update_completed_is_100       check (status <> 'completed' or percent_complete is not distinct from 100),
    constraint update_uncounted_has_none     check (status not in ('ongoing', 'cancelled') or percent_complete is null),
    constraint update_cancelled_has_a_reason check (status <> 'cancelled' or reason is not null),
    constraint update_summary_is_stated      check (summary ~ '\S' and length(summary) <= 500),
    constraint update_details_fit            check (length(details) <= 10000),
    constraint update_next_steps_fit         check (length(next_steps) <= 2000),
    constraint update_reason_is_stated       check (reason ~ '\S' and length(reason) <= 2000),
    constraint update_links_are_a_list       check (jsonb_typeof(links) = 'array' and jsonb_array_length(links) <= 20),
    constraint update_measurements_are_a_list check (jsonb_typeof(measurements) = 'array'),
    constraint update_source_is_a_source     check (source ~ '^[a-z][a-z0-9._-]*$' and length(source) <= 64),
    constraint update_external_id_is_short   check (external_id ~ '^[^[:cntrl:]]{1,200}$'),
    constraint update_supersedes_another     check (supersedes <> id)
);

create table published_update (
    like update_content including defaults including constraints,

    -- State columns: these alone may change.
    published_at     timestamptz not null default clock_timestamp(),
    superseded_at    timestamptz,
    superseded_by    bigint,
    retracted_at     timestamptz,
    retraction_reason text,
    redacted_at      timestamptz,
    redaction_reason text,
    redacted_fields  text[],
    changed_at       timestamptz not null default clock_timestamp(),
    effective        boolean     not null generated always as (superseded_at is null and retracted_at is null) stored,

    primary key (id),
    constraint update_is_of_its_objective     foreign key (objective_id, goal_id, plan_id)
                                              references objective (id, goal_id, plan_id),
    constraint update_supersedes_an_update    foreign key (supersedes) references published_update,
    constraint update_supersession_is_whole   check ((superseded_at is null) = (superseded_by is null)),
    constraint update_retraction_has_a_reason check ((retracted_at is null) = (retraction_reason is null)),
    constraint update_retraction_is_stated    check (retraction_reason ~ '\S' and length(retraction_reason) <= 2000),
    constraint update_redaction_is_whole      check ((redacted_at is null) = (redaction_reason is null)
                                                 and (redacted_at is null) = (redacted_fields is null)),
    constraint update_changed_after_published check (changed_at >= published_at)
);

-- no index on references to objective, published_update: neither is ever deleted
create table draft_update (
    like update_content including defaults including constraints,

    revision        integer     not null default 1,
    changed_at      timestamptz not null default clock_timestamp(),
    returned_at     timestamptz,
    return_comment  text,
    discarded_at    timestamptz,

    primary key (id),
    constraint draft_is_of_its_objective  foreign key (objective_id, goal_id, plan_id)
                                          references objective (id, goal_id, plan_id),
    constraint draft_supersedes_an_update foreign key (supersedes) references published_update,
    constraint draft_revision_is_positive check (revision >= 1),
    constraint draft_returned_with_word   check ((returned_at is null) = (return_comment is null)),
    constraint draft_comment_is_stated    check (return_comment ~ '\S' and length(return_comment) <= 2000)
);

drop table update_content;
alter sequence update_id owned by published_update.id;

-- A chain of corrections is linear, and a natural key names one chain (and one open draft).
create unique index update_is_superseded_once on published_update (supersedes) where supersedes is not null;
create unique index update_natural_head on published_update (plan_id, source, external_id)
    where external_id is not null and superseded_at is null;
create index update_natural on published_update (plan_id, source, external_id)
    where external_id is not null;
create unique index draft_natural_open on draft_update (plan_id, source, external_id)
    where external_id is not null and discarded_at is null;

-- Keyset pages, newest first, for each filter that can narrow a million rows.
create index update_page           on published_update (plan_id, as_of desc, id desc);
create index update_page_goal      on published_update (goal_id, as_of desc, id desc);
create index update_page_objective on published_update (objective_id, as_of desc, id desc);
create index update_page_source    on published_update (plan_id, source, as_of desc, id desc);
create index update_page_kind      on published_update (plan_id, kind, as_of desc, id desc);
create index update_changed        on published_update (plan_id, changed_at);
create index draft_page            on draft_update (plan_id, as_of desc, id desc) where discarded_at is null;

-- The roll-up's two look-ups: however many notes there are, each reads one row.
create index update_effective_status  on published_update (objective_id, as_of desc, id desc)
    where effective and kind = 'progress';
create index update_effective_percent on published_update (objective_id, as_of desc, id desc)
    where effective and kind = 'progress' and percent_complete is not null;

-- State moves once and forward. Redaction alone may blank what it names (and only the owner has
-- the column privilege for that): content goes to its empty value, never to another one.
create function published_update_moves_forward() returns trigger language plpgsql as $$
declare
    kept progress.published_update := new;
begin
    if  (old.superseded_at is not null
         and row(new.superseded_at, new.superseded_by) is distinct from row(old.superseded_at, old.superseded_by))
     or (old.retracted_at is not null
         and row(new.retracted_at, new.retraction_reason) is distinct from row(old.retracted_at, old.retraction_reason))
     or (old.redacted_at is not null and new.redacted_at is null)
     or new.changed_at < old.changed_at
    then
        raise exception 'update %: its state moves forward only', old.id using errcode = 'restrict_violation';
    end if;
    if old.superseded_at is not null and old.retracted_at is null and new.retracted_at is not null then
        raise exception 'update %: a superseded update is not retracted', old.id using errcode = 'restrict_violation';
    end if;

    if new.redacted_at is distinct from old.redacted_at then
        if 'summary'    = any(new.redacted_fields) and new.summary = '[redacted]' then kept.summary    := old.summary;    end if;
        if 'details'    = any(new.redacted_fields) and new.details is null        then kept.details    := old.details;    end if;
        if 'next_steps' = any(new.redacted_fields) and new.next_steps is null     then kept.next_steps := old.next_steps; end if;
        if 'links'      = any(new.redacted_fields) and new.links = '[]'           then kept.links      := old.links;      end if;
        if 'reason'     = any(new.redacted_fields) and new.reason = '[redacted]'  then kept.reason     := old.reason;     end if;
    end if;

    kept.superseded_at     := old.superseded_at;
    kept.superseded_by     := old.superseded_by;
    kept.retracted_at      := old.retracted_at;
    kept.retraction_reason := old.retraction_reason;
    kept.redacted_at       := old.redacted_at;
    kept.redaction_reason  := old.redaction_reason;
    kept.redacted_fields   := old.redacted_fields;
    kept.changed_at        := old.changed_at;
    kept.effective         := old.effective;
    if kept is distinct from old then
        raise exception 'update %: its content never changes', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger moves_forward before update on published_update
    for each row execute function published_update_moves_forward();
create trigger append_only before delete or truncate on published_update
    for each statement execute function refuse_change();

-- Both ends of a link in a chain name each other and are of one objective. Deferred: the two rows
-- are written one after the other, and an import brings them in any order.
create function published_update_chain_holds() returns trigger language plpgsql as $$
begin
    if new.supersedes is not null and not exists (
        select from progress.published_update p
         where p.id = new.supersedes and p.superseded_by = new.id and p.objective_id = new.objective_id)
    then
        raise exception 'update %: does not follow update % of its objective', new.id, new.supersedes
            using errcode = 'integrity_constraint_violation';
    end if;
    if new.superseded_by is not null and not exists (
        select from progress.published_update p
         where p.id = new.superseded_by and p.supersedes = new.id and p.objective_id = new.objective_id)
    then
        raise exception 'update %: is not superseded by update %', new.id, new.superseded_by
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;

create constraint trigger chain_holds after insert or update on published_update
    deferrable initially deferred for each row
    when (new.supersedes is not null or new.superseded_by is not null)
    execute function published_update_chain_holds();

grant select on published_update               to progress_app, progress_read;
grant insert on published_update               to progress_app;
grant update (superseded_at, superseded_by, retracted_at, retraction_reason, changed_at)
    on published_update                        to progress_app;
grant select, insert, update, delete on draft_update to progress_app;
grant usage on sequence update_id              to progress_app;
