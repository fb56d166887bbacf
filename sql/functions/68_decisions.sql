-- Decisions about updates and drafts: publication, retraction, return, discard. Each is idempotent by
-- state: what is so already is answered with the document, 200.

-- The draft that args name, locked, if this author may see it. Order of locks: the natural key
-- first, then the row, as everywhere.
create function hold_draft(q jsonb, a author, c context, is_open boolean default true) returns draft_update language plpgsql as $$
declare
    d draft_update;
begin
    select * into d from draft_update t where t.id = (q->'args'->>'id')::bigint and t.plan_id = c.plan_id;
    if found then
        perform hold_natural(d.plan_id, d.source, d.external_id);
        select * into d from draft_update t where t.id = d.id for no key update;
    end if;
    if d.id is not null and (not is_in_reach(a, d.objective_id)
                             or not (d.source = a.source or may(a, 'publish') or may(a, 'edit'))) then
        d := null;
    end if;
    if is_open and d.id is null then
        perform refuse_published(q, c);
    elsif is_open and d.discarded_at is not null then
        perform problem(409, format('draft %s is discarded', d.id));
    end if;
    return d;
end $$;

-- Asked for a draft that is published already, or was never there.
create function refuse_published(q jsonb, c context) returns void language plpgsql stable as $$
begin
    if exists (select from published_update u where u.id = (q->'args'->>'id')::bigint and u.plan_id = c.plan_id) then
        perform problem(409, format('update %s is published: correct it or retract it', q->'args'->>'id'),
                        location => update_location((q->'args'->>'id')::bigint, c, false));
    end if;
    perform problem(404, format('no update %s', q->'args'->>'id'));
end $$;

create function hold_published(q jsonb, a author, c context) returns published_update language plpgsql as $$
declare
    u    published_update;
    code text;
begin
    select * into u from published_update t
     where t.id = (q->'args'->>'id')::bigint and t.plan_id = c.plan_id for no key update;
    if not found then
        perform problem(404, format('no update %s', q->'args'->>'id'));
    end if;
    select o.code into code from objective o where o.id = u.objective_id;
    perform hold_to_reach(a, u.objective_id, code);
    return u;
end $$;

-- What a draft measures is looked at again: measures may have been archived since, or taken from
-- the objective.
create function hold_to_measures(d draft_update) returns void language plpgsql stable as $$
declare
    first jsonb;
begin
    if d.measurements <> '[]' then
        first := measurement_faults(d.measurements, measures_known(d.plan_id),
                                    (select o.code from objective o where o.id = d.objective_id), 'infinity', '#')->0;
        if first is not null then
            perform problem(409, format('%s: revise the draft', first->>'detail'));
        end if;
    end if;
end $$;

create function updates_publication(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a author  := authorise(q, 'publish');
    w written := replay(q, a);
    c context;
    d draft_update;
    u published_update;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    d := hold_draft(q, a, c, is_open => false);
    if d.id is null then
        u := hold_published(q, a, c);
        return answer_published(q, a, c, 200, u.id);
    elsif d.discarded_at is not null then
        perform problem(409, format('draft %s is discarded', d.id));
    end if;
    perform hold_to_match(q, d.revision);
    if exists (select from objective o join objective_revision r on r.objective_id = o.id and r.revision = o.revision
                   where o.id = d.objective_id and r.archived_at is not null) then
        perform problem(409, 'the objective is archived');
    elsif natural_head(d.plan_id, d.source, d.external_id) <> coalesce(d.supersedes, 0) then
        perform problem(409, 'another report under its natural key was published meanwhile', code => 'superseded');
    end if;
    perform hold_to_measures(d);
    delete from draft_update where id = d.id;
    perform publish(d, a);
    return answer_published(q, a, c, 200, d.id);
end $$;

create function updates_retraction(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a  author  := authorise(q, 'publish');
    w  written := replay(q, a);
    c  context;
    u  published_update;
    at timestamptz;
begin
    if w.replayed then
        return w;
    end if;
    c  := context_of(q);
    at := clock_timestamp();
    if (hold_draft(q, a, c, is_open => false)).id is not null then
        perform problem(409, format('update %s is a draft: discard it', q->'args'->>'id'));
    end if;
    u := hold_published(q, a, c);
    if coalesce(body->>'reason', '') !~ '\S' then
        perform problem(422, 'a retraction states its reason', '#/reason');
    elsif u.superseded_by is not null then
        perform problem(409, format('update %s is superseded by update %s', u.id, u.superseded_by), code => 'superseded',
                        location => update_location(u.superseded_by, c, false));
    elsif u.retracted_at is null then
        update published_update
           set retracted_at = at, retraction_reason = body->>'reason', changed_at = at
         where id = u.id;
        perform audit(a, 'retract', 'update', u.id::text, u.plan_id, u.objective_id,
                      jsonb_build_object('reason', body->>'reason'));
        perform announce('update', u.id::text, 'retracted', u.plan_id, u.objective_id);
    end if;
    return answer_published(q, a, c, 200, u.id);
end $$;

-- Back to who wrote it, with what is to be done; its next revision clears that. The comment may be
-- written anew.
create function updates_return(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a  author  := authorise(q, 'publish');
    w  written := replay(q, a);
    c  context;
    d  draft_update;
    at timestamptz := clock_timestamp();
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    d := hold_draft(q, a, c);
    perform hold_to_match(q, d.revision);
    if coalesce(body->>'comment', '') !~ '\S' then
        perform problem(422, 'say what is to be done', '#/comment');
    elsif d.return_comment is distinct from body->>'comment' then
        update draft_update
           set returned_at = at, return_comment = body->>'comment', changed_at = at, revision = revision + 1
         where id = d.id;
        perform audit(a, 'return', 'draft', d.id::text, d.plan_id, d.objective_id,
                      jsonb_build_object('comment', body->>'comment'));
    end if;
    return answer_draft(q, a, c, 200, d.id);
end $$;

create function updates_discard(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a  author  := authorise(q, 'report', 'publish');
    w  written := replay(q, a);
    c  context;
    d  draft_update;
    at timestamptz := clock_timestamp();
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    d := hold_draft(q, a, c, is_open => false);
    if d.id is null then
        perform refuse_published(q, c);
    elsif d.source is distinct from a.source and not may(a, 'publish') then
        perform problem(403, 'the key discards drafts of its own source only');
    elsif d.discarded_at is null then
        perform hold_to_match(q, d.revision);
        update draft_update set discarded_at = at, changed_at = at, revision = revision + 1 where id = d.id;
        perform audit(a, 'discard', 'draft', d.id::text, d.plan_id, d.objective_id);
    end if;
    return answer_draft(q, a, c, 200, d.id);
end $$;
