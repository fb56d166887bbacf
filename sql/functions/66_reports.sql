-- Reports: a new update, the same by its natural key, a draft revised.

-- A pair that is known already is answered with its place; a correction may repeat its own chain's.
create function refuse_known_pair(b update_body, c context, own_draft bigint default null) returns void
language plpgsql stable as $$
declare
    head bigint := natural_head(c.plan_id, b.source, b.external_id);
begin
    if head <> coalesce(b.supersedes, 0) or exists (
        select from draft_update d
         where d.plan_id = c.plan_id and d.source = b.source and d.external_id = b.external_id
           and d.discarded_at is null and d.id is distinct from own_draft)
    then
        perform problem(409, format('%s has reported %s before: PUT it to change it', b.source, b.external_id),
                        '#/external_id', 'external-id-known',
                        format('/updates/%s/%s%s', b.source, uri_segment(b.external_id), c.suffix));
    end if;
end $$;

create function updates_post(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author      := authorise(q, 'report');
    w   written     := replay(q, a);
    c   context;
    b   update_body := jsonb_populate_record(null::update_body, body);
    chk record;
begin
    if w.replayed then
        return w;
    end if;
    c        := context_of(q);
    b.source := source_for(a, b.source);
    perform hold_natural(c.plan_id, b.source, b.external_id);

    chk := check_body(b, c, a);
    if b.supersedes is not null and (chk.o).id is not null then
        chk.faults := chk.faults || check_supersedes(b, chk.o);
    end if;
    perform refuse_if(chk.faults);
    if b.supersedes is not null then
        perform hold_head(b.supersedes);
    end if;
    perform refuse_known_pair(b, c);
    perform refuse_redacted(b, c);
    return post(q, a, c, 201, content_of(b, chk.o, a));
end $$;

-- The open draft under the pair is revised and stays a draft; else the published head is
-- corrected; else the pair is new. What says nothing new, or is older than what is known, changes
-- nothing: a nightly puller may send all it has, and does not undo a correction made by hand.
create function updates_put_natural(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a     author      := authorise(q, 'report');
    w     written     := replay(q, a);
    c     context;
    b     update_body := jsonb_populate_record(null::update_body, body);
    chk   record;
    d     draft_update;
    known draft_update;
    head  bigint;
begin
    if w.replayed then
        return w;
    end if;
    c             := context_of(q);
    b.source      := source_for(a, q->'args'->>'source');
    b.external_id := q->'args'->>'external_id';
    b.supersedes  := null;
    perform hold_natural(c.plan_id, b.source, b.external_id);

    chk := check_body(b, c, a);
    perform refuse_if(chk.faults);
    d            := content_of(b, chk.o, a);
    head         := natural_head(c.plan_id, b.source, b.external_id);
    d.supersedes := head;
    perform refuse_redacted(b, c);

    select * into known from draft_update t
     where t.plan_id = c.plan_id and t.source = b.source and t.external_id = b.external_id and t.discarded_at is null
       for no key update;
    if known.id is not null then
        if not is_in_reach(a, known.objective_id) then
            perform problem(403, 'the key does not cover the objective of the draft under this pair');
        end if;
        if not says_the_same(known, d) and not coalesce(d.source_updated_at < known.source_updated_at, false) then
            perform refuse_other_objective(head, d.objective_id);
            perform revise_draft(known, d, a);
        end if;
        return answer_draft(q, a, c, 200, known.id);
    end if;
    if head is null then
        return post(q, a, c, 201, d);
    end if;

    known := content_of_published(natural_last(c.plan_id, b.source, b.external_id));
    if says_the_same(known, d) or d.source_updated_at < known.source_updated_at then
        return answer_published(q, a, c, 200, head);
    end if;
    perform refuse_other_objective(head, d.objective_id);
    return post(q, a, c, 200, d);
end $$;

create function refuse_other_objective(head bigint, objective_id bigint) returns void language plpgsql stable as $$
begin
    if exists (select from published_update u where u.id = head and u.objective_id <> refuse_other_objective.objective_id) then
        perform problem(422, 'an update does not move to another objective: retract it and report anew', '#/objective');
    end if;
end $$;

-- A draft by its id, whole: what the body leaves out is cleared.
create function drafts_put(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author      := authorise(q, 'report');
    w   written     := replay(q, a);
    c   context;
    b   update_body := jsonb_populate_record(null::update_body, body);
    chk record;
    old draft_update;
begin
    if w.replayed then
        return w;
    end if;
    c   := context_of(q);
    old := hold_draft(q, a, c);
    if old.source is distinct from coalesce(a.source, old.source) then
        perform problem(403, format('the key speaks for the source %s', a.source));
    elsif b.source <> old.source then
        perform problem(403, format('the draft is of the source %s', old.source), '#/source');
    end if;
    perform hold_to_revision(q, old.revision);
    b.source := old.source;
    if b.external_id = old.external_id and b.supersedes is null then
        b.supersedes := natural_head(c.plan_id, b.source, b.external_id);
        b.reason     := coalesce(b.reason, case when b.supersedes is not null then old.reason end);
    end if;

    chk := check_body(b, c, a);
    if b.supersedes is not null and (chk.o).id is not null then
        chk.faults := chk.faults || check_supersedes(b, chk.o);
    end if;
    perform refuse_if(chk.faults);
    if b.supersedes is not null then
        perform hold_head(b.supersedes);
    end if;
    perform refuse_known_pair(b, c, old.id);
    perform refuse_restated(b, old.redacted_fields, format('/updates/%s', old.id));
    perform revise_draft(old, content_of(b, chk.o, a), a);
    return answer_draft(q, a, c, 200, old.id);
end $$;
