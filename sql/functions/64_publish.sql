-- Out into the open: the one place where a published update comes into being, and the documents
-- that writes answer with.

-- The head that a correction takes over from, locked against a second correction.
create function hold_head(id bigint) returns void language plpgsql as $$
declare
    next bigint;
begin
    select u.superseded_by into next from published_update u where u.id = hold_head.id for no key update;
    if next is not null then
        perform problem(409, format('update %s is superseded by update %s', id, next), '#/supersedes', 'superseded',
                        '/updates/' || next);
    end if;
end $$;

-- Publishes each under its own id: predecessors, whose heads are held, step back first, since a natural key has one
-- head. Set-based, as the count of an objective's updates can be raised once for many and not many times at once.
-- at: null stands for when each was made.
create function publish_all(ds draft_update[], a author, at timestamptz default null) returns void language plpgsql as $$
begin
    if exists (select from unnest(ds) d where d.supersedes is not null) then
        update published_update u
           set superseded_at = coalesce(at, d.created_at), superseded_by = d.id, changed_at = coalesce(at, d.created_at)
          from unnest(ds) d
         where u.id = d.supersedes;
        insert into change (entity, entity_id, op, plan_id, objective_id)
        select 'update', d.supersedes, 'superseded', d.plan_id, d.objective_id from unnest(ds) d where d.supersedes is not null;
    end if;

    with published as (
        insert into published_update (
            id, plan_id, goal_id, objective_id, as_of, kind, status, percent_complete, summary, details, next_steps,
            links, measurements, service, source, external_id, source_updated_at, supersedes, reason,
            key_id, client, holder, request_id, created_at, published_at, changed_at,
            redacted_at, redaction_reason, redacted_fields)
        select
            d.id, d.plan_id, d.goal_id, d.objective_id, d.as_of, d.kind, d.status, d.percent_complete, d.summary, d.details,
            d.next_steps, d.links, d.measurements, d.service, d.source, d.external_id, d.source_updated_at, d.supersedes, d.reason,
            d.key_id, d.client, d.holder, d.request_id, d.created_at, coalesce(at, d.created_at), coalesce(at, d.created_at),
            d.redacted_at, d.redaction_reason, d.redacted_fields
          from unnest(ds) d
    ), announced as (
        insert into change (entity, entity_id, op, plan_id, objective_id)
        select 'update', d.id, 'published', d.plan_id, d.objective_id from unnest(ds) d
    )
    insert into audit_event (key_id, client, holder, request_id, action, entity, entity_id, plan_id, objective_id, detail)
    select a.key_id, a.client, a.holder, a.request_id, 'publish', 'update', d.id, d.plan_id, d.objective_id,
           case when d.supersedes is null then '{}' else jsonb_build_object('supersedes', d.supersedes) end
      from unnest(ds) d;
end $$;

create function publish(d draft_update, a author, at timestamptz default clock_timestamp()) returns void language plpgsql as $$
begin
    if d.supersedes is not null then
        perform hold_head(d.supersedes);
    end if;
    perform publish_all(array[d], a, at);
end $$;

create function store_draft(d draft_update, a author) returns void language plpgsql as $$
begin
    insert into draft_update select d.*;
    perform audit(a, 'draft', 'draft', d.id::text, d.plan_id, d.objective_id);
end $$;

-- A draft takes over new content; who first reported it and when stays. What was returned is
-- answered by the revision, so the comment goes.
create function revise_draft(old draft_update, d draft_update, a author) returns void language plpgsql as $$
begin
    d.id         := old.id;
    d.created_at := old.created_at;
    d.revision   := old.revision + 1;
    update draft_update t
       set (goal_id, objective_id, as_of, kind, status, percent_complete, summary, details, next_steps, links, measurements,
            service, external_id, source_updated_at, supersedes, reason, key_id, client, holder, request_id, revision, changed_at,
            returned_at, return_comment)
         = row(d.goal_id, d.objective_id, d.as_of, d.kind, d.status, d.percent_complete, d.summary, d.details, d.next_steps,
            d.links, d.measurements, d.service, d.external_id, d.source_updated_at, d.supersedes, d.reason, d.key_id, d.client, d.holder,
            d.request_id, d.revision, d.changed_at, null, null)
     where t.id = d.id;
    perform audit(a, 'revise', 'draft', d.id::text, d.plan_id, d.objective_id, jsonb_build_object('replaced', to_jsonb(old)));
end $$;

create function update_location(id bigint, c context, is_draft boolean) returns text language plpgsql immutable as $$
begin
    return '/updates/' || id || c.suffix
        || case when not is_draft then '' when c.suffix = '' then '?state=draft' else '&state=draft' end;
end $$;

create function answer_published(q jsonb, a author, c context, status integer, id bigint) returns written language plpgsql as $$
begin
    return answer(q, a, status, update_location(id, c, false), 0,
                  (select update_doc(u, c) from update_rows(c) u where u.id = answer_published.id));
end $$;

create function answer_draft(q jsonb, a author, c context, status integer, id bigint) returns written language plpgsql as $$
begin
    return (select answer(q, a, answer_draft.status, update_location(d.id, c, true), d.revision, draft_doc(d, c))
              from draft_rows(c) d where d.id = answer_draft.id);
end $$;

-- What became of one report: created, superseded (another that was published, or would be by this draft), revised
-- (an open draft), unchanged, stale.
create type reported as (id bigint, is_draft boolean, outcome text);

-- Out at once where the key may publish; else left for somebody who may. Nothing where nothing is new.
create function put_out(d draft_update, a author) returns void language plpgsql as $$
begin
    if d.id is null then
        return;
    elsif may(a, 'publish') then
        perform publish(d, a, d.created_at);
    else
        perform store_draft(d, a);
    end if;
end $$;

create function reported_status(r reported) returns integer language sql immutable as $$
    select case r.outcome when 'created' then 201 else 200 end
$$;

create function answer_reported(q jsonb, a author, c context, r reported) returns written language plpgsql as $$
begin
    if r.is_draft then
        return answer_draft(q, a, c, reported_status(r), r.id);
    end if;
    return answer_published(q, a, c, reported_status(r), r.id);
end $$;
