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

-- A report that is new: what becomes of it, and what is to be put out. Its natural key is held already, here and below.
create function report_new(a author, c context, b update_body, out r reported, out d draft_update) language plpgsql as $$
declare
    chk record := check_body(b, c, a);
begin
    if b.supersedes is not null and (chk.o).id is not null then
        chk.faults := chk.faults || check_supersedes(b, chk.o);
    end if;
    perform refuse_if(chk.faults);
    if b.supersedes is not null then
        perform hold_head(b.supersedes);
    end if;
    perform refuse_known_pair(b, c);
    perform refuse_redacted(b, c);
    d    := content_of(b, chk.o, a);
    d.id := nextval('update_id');
    r    := row(d.id, not may(a, 'publish'), 'created');
end $$;

-- The open draft under the pair is revised and stays a draft; else the published head is
-- corrected; else the pair is new. What says nothing new, or is older than what is known, changes
-- nothing: a nightly puller may send all it has, and does not undo a correction made by hand. d is
-- null where there is nothing to put out.
create function report_natural(a author, c context, b update_body, out r reported, out d draft_update) language plpgsql as $$
declare
    chk   record := check_body(b, c, a);
    known draft_update;
    head  bigint;
    said  text;
begin
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
        said := said_before(d, known);
        if said is null then
            perform refuse_other_objective(head, d.objective_id);
            perform revise_draft(known, d, a);
        end if;
        r := row(known.id, true, coalesce(said, 'revised'));
        d := null;
        return;
    elsif head is null then
        d.id := nextval('update_id');
        r    := row(d.id, not may(a, 'publish'), 'created');
        return;
    end if;

    said := said_before(d, content_of_published(natural_last(c.plan_id, b.source, b.external_id)));
    if said is not null then
        r := row(head, false, said);
        d := null;
        return;
    end if;
    perform refuse_other_objective(head, d.objective_id);
    perform hold_head(head);
    d.id := nextval('update_id');
    r    := row(d.id, not may(a, 'publish'), 'superseded');
end $$;

-- unchanged, stale, or null where the report is news. Equal moments are no order: what comes last counts.
create function said_before(d draft_update, known draft_update) returns text language plpgsql as $$
declare
    is_late boolean := comes_late(d, known);
begin
    if says_the_same(known, d) then
        if d.source_updated_at > coalesce(known.source_updated_at, '-infinity') and not is_late then
            perform remember_moment(d, d.source_updated_at);
        end if;
        return 'unchanged';
    elsif is_late then
        return 'stale';
    end if;
    if d.source_updated_at is null and known.source_updated_at is not null then
        perform remember_moment(d, known.source_updated_at);
    end if;
    return null;
end $$;

create function updates_post(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author      := authorise(q, 'report');
    w   written     := replay(q, a);
    c   context;
    b   update_body := jsonb_populate_record(null::update_body, body);
    x   record;
begin
    if w.replayed then
        return w;
    end if;
    if q->'args'->>'state' = 'draft' then
        a.scopes := '{report}'; -- whoever leaves a draft publishes nothing: as if the key could not
    end if;
    c        := context_of(q);
    b.source := source_for(a, b.source);
    perform hold_natural(c.plan_id, b.source, b.external_id);
    x := report_new(a, c, b);
    perform put_out(x.d, a);
    return answer_reported(q, a, c, x.r);
end $$;

create function updates_put_natural(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a     author      := authorise(q, 'report');
    w     written     := replay(q, a);
    c     context;
    b     update_body := jsonb_populate_record(null::update_body, body);
    x     record;
begin
    if w.replayed then
        return w;
    end if;
    c             := context_of(q);
    b.source      := source_for(a, q->'args'->>'source');
    b.external_id := q->'args'->>'external_id';
    b.supersedes  := null;
    perform hold_natural(c.plan_id, b.source, b.external_id);
    x := report_natural(a, c, b);
    perform put_out(x.d, a);
    return answer_reported(q, a, c, x.r);
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
