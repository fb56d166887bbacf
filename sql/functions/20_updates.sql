-- Updates and drafts: one row shape and one document for both, told apart by their state.

create type update_row as (
    id                bigint,
    objective_id      bigint,
    goal_id           bigint,
    code              text,
    goal_number       integer,
    kind              text,
    state             text,         -- published superseded retracted; draft returned discarded
    as_of             date,
    status            text,
    percent_complete  numeric,
    summary           text,
    details           text,
    next_steps        text,
    links             jsonb,
    measurements      jsonb,
    source            text,
    external_id       text,
    source_updated_at timestamptz,
    supersedes        bigint,
    superseded_by     bigint,
    reason            text,
    retracted_at      timestamptz,
    retraction_reason text,
    created_at        timestamptz,
    published_at      timestamptz,
    changed_at        timestamptz,
    changed_known     timestamptz,  -- the last of its changes that was recorded by known_at
    effective         boolean,
    revision          integer,      -- drafts only
    returned_at       timestamptz,
    return_comment    text,
    redacted_at       timestamptz,
    redaction_reason  text,
    redacted_fields   text[],
    service           jsonb
);

-- known_upto is infinity where nobody asks what was known: then what is set is past.
create function update_rows(c context) returns setof update_row language sql stable as $$
    select u.id, u.objective_id, u.goal_id, o.code, o.goal_number, u.kind,
           case when u.retracted_at <= c.known_upto then 'retracted'
                when u.superseded_at <= c.known_upto then 'superseded'
                else 'published' end,
           u.as_of, u.status, u.percent_complete::numeric, u.summary, u.details, u.next_steps, u.links, u.measurements,
           u.source, u.external_id, u.source_updated_at, u.supersedes,
           case when u.superseded_at <= c.known_upto then u.superseded_by end, u.reason,
           case when u.retracted_at <= c.known_upto then u.retracted_at end, u.retraction_reason,
           u.created_at, u.published_at, u.changed_at,
           case when c.known_at is null then u.changed_at
                else last_known(c.known_upto, u.published_at, u.superseded_at, u.retracted_at, u.redacted_at) end,
           u.effective,
           null::integer, null::timestamptz, null::text,
           u.redacted_at, u.redaction_reason, u.redacted_fields,
           u.service
      from published_update u
      join objective o on o.id = u.objective_id
     where u.plan_id = c.plan_id
       and u.as_of <= c.upto
       and u.published_at <= c.known_upto
$$;

create function draft_rows(c context) returns setof update_row language sql stable as $$
    select d.id, d.objective_id, d.goal_id, o.code, o.goal_number, d.kind,
           case when d.discarded_at is not null then 'discarded'
                when d.returned_at is not null then 'returned'
                else 'draft' end,
           d.as_of, d.status, d.percent_complete::numeric, d.summary, d.details, d.next_steps, d.links, d.measurements,
           d.source, d.external_id, d.source_updated_at, d.supersedes, null::bigint, d.reason,
           null::timestamptz, null::text, d.created_at, null::timestamptz, d.changed_at, d.changed_at, false,
           d.revision, d.returned_at, d.return_comment,
           d.redacted_at, d.redaction_reason, d.redacted_fields,
           d.service
      from draft_update d
      join objective o on o.id = d.objective_id
     where d.plan_id = c.plan_id
       and d.as_of <= c.upto
$$;

create type retraction_doc as ("at" text, reason text);
create type returned_doc as ("at" text, comment text);
create type redaction_doc as ("at" text, fields text[], reason text);

create type update_doc as (
    id                text,
    objective         text,
    goal              integer,
    kind              text,
    state             text,
    as_of             date,
    status            text,
    percent_complete  numeric,
    summary           text,
    details           text,
    next_steps        text,
    links             json,
    measurements      json,
    service           json,
    source            text,
    external_id       text,
    source_updated_at text,
    supersedes        text,
    superseded_by     text,
    reason            text,
    retraction        retraction_doc,
    redaction         redaction_doc,
    created_at        text,
    published_at      text,
    demo              boolean
);

create function update_doc(u update_row, c context) returns json language sql stable as $$
    select row_to_json(row(
        u.id::text, u.code, u.goal_number, u.kind, u.state, u.as_of, u.status, trim_scale(u.percent_complete),
        u.summary, u.details, u.next_steps,
        case when u.links = '[]' then '[]' else links_doc(u.links) end,
        case when u.measurements = '[]' then '[]' else measurements_doc(u.measurements) end,
        case when u.service is not null then service_doc(u.service) end,
        u.source, u.external_id, rfc3339(u.source_updated_at), u.supersedes::text, u.superseded_by::text, u.reason,
        case when u.retracted_at is not null then row(rfc3339(u.retracted_at), u.retraction_reason)::retraction_doc end,
        case when u.redacted_at is not null
             then row(rfc3339(u.redacted_at), u.redacted_fields, u.redaction_reason)::redaction_doc end,
        rfc3339(u.created_at), rfc3339(u.published_at), c.demo)::update_doc)
$$;

-- A draft says also which revision it is, and why it came back.
create function draft_doc(u update_row, c context) returns json language sql stable as $$
    select json_with(json_with(update_doc(u, c), 'revision', to_json(u.revision)), 'returned',
                     coalesce(row_to_json(case when u.returned_at is not null
                                               then row(rfc3339(u.returned_at), u.return_comment)::returned_doc end), 'null'))
$$;

-- Whom a key lets see what is not public: viewer is {"source": null or one, "objective_ids": null or
-- a list}.
create function is_in_view(objective_id bigint, viewer jsonb) returns boolean language sql immutable as $$
    select case when coalesce(viewer->'objective_ids', 'null') = 'null' then true
                else viewer->'objective_ids' @> to_jsonb(objective_id)
                  or viewer->'objective_ids' @> to_jsonb(objective_id::text) end
$$;

create function draft_is_visible(source text, objective_id bigint, viewer jsonb) returns boolean language sql immutable as $$
    select coalesce(source = viewer->>'source', true) and is_in_view(objective_id, viewer)
$$;

-- The newest word that stands, of any kind: about an objective, a goal, or (both null) the plan.
-- Each branch names one index's columns and no more, so that no other index tempts the planner.
create function latest_update(c context, goal_id bigint, objective_id bigint) returns update_row
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    newest bigint;
    u      update_row;
begin
    if c.known_at is not null then
        newest := known_latest_update(c, goal_id, objective_id);
    elsif objective_id is not null then
        select p.id into newest from published_update p
         where p.objective_id = latest_update.objective_id and p.as_of <= c.upto and p.effective
         order by p.as_of desc, p.id desc limit 1;
    elsif goal_id is not null then
        select p.id into newest from published_update p
         where p.goal_id = latest_update.goal_id and p.as_of <= c.upto and p.effective
         order by p.as_of desc, p.id desc limit 1;
    else
        select p.id into newest from published_update p
         where p.plan_id = c.plan_id and p.as_of <= c.upto and p.effective
         order by p.as_of desc, p.id desc limit 1;
    end if;
    select * into u from update_rows(c) r where r.id = newest;
    return u;
end $$;

-- The same as a document, 'null' where nothing stands.
create function latest_update_doc(c context, goal_id bigint, objective_id bigint) returns json
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    u update_row := latest_update(c, goal_id, objective_id);
begin
    return case when u.id is null then 'null' else update_doc(u, c) end;
end $$;

-- What a natural key names: the last update that carried it, and the head of that one's chain
-- (a correction made by hand may not repeat the pair).
create function natural_last(plan_id bigint, source text, external_id text) returns bigint language plpgsql stable as $$
begin
    return (select u.id
              from published_update u
             where u.plan_id = natural_last.plan_id
               and u.source = natural_last.source
               and u.external_id = natural_last.external_id
             order by u.published_at desc, u.id desc
             limit 1);
end $$;

create function natural_head(plan_id bigint, source text, external_id text) returns bigint language plpgsql stable as $$
declare
    head bigint := natural_last(plan_id, source, external_id);
    next bigint;
begin
    loop
        select u.superseded_by into next from published_update u where u.id = head;
        exit when next is null;
        head := next;
    end loop;
    return head;
end $$;
