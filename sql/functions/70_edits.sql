-- Edits: a merge patch (RFC 7396) over the revision in force makes the next one; a patch that
-- changes nothing makes none.

create function unknown_fields(body jsonb, variadic known text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(fault('#/' || replace(replace(k, '~', '~0'), '/', '~1'), 'no such edit field') order by k), '[]')
      from jsonb_object_keys(body) k
     where k <> all (known)
$$;

-- What changed, for the audit: {"weight": [1, 2]}.
create function differences(old jsonb, new jsonb) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(n.key, jsonb_build_array(old->n.key, n.value)), '{}')
      from jsonb_each(new) n
     where n.value is distinct from old->n.key
       and n.key not in ('revision', 'recorded_at', 'key_id', 'client', 'holder', 'request_id')
$$;

-- Rules of a goal's fields, shared with the import.
create function goal_faults(r goal_revision, at text) returns jsonb language plpgsql immutable as $$
declare
    faults jsonb := '[]';
begin
    if coalesce(r.statement, '') !~ '\S' then
        faults := faults || fault(at || '/statement', 'a goal has a statement');
    end if;
    if r.short_name !~ '\S' then
        faults := faults || fault(at || '/short_name', 'a short name says something, or is null');
    end if;
    if r.short_name is null and r.short_name_source is not null then
        faults := faults || fault(at || '/short_name_source', 'a source without a short name');
    end if;
    return faults || weight_faults(r.weight, at);
end $$;

create function weight_faults(weight numeric, at text) returns jsonb language sql immutable as $$
    select case when weight between 0 and 1000000 and weight = round(weight, 3) then '[]'
                else fault(at || '/weight', 'a weight is 0 to 1000000 with at most three decimals') end
$$;

create function objective_faults(r objective_revision, at text) returns jsonb language plpgsql immutable as $$
declare
    faults jsonb := '[]';
begin
    if coalesce(r.statement, '') !~ '\S' then
        faults := faults || fault(at || '/statement', 'an objective has a statement');
    end if;
    if r.description !~ '\S' then
        faults := faults || fault(at || '/description', 'a description says something, or is null');
    end if;
    if r.due_on < r.start_on then
        faults := faults || fault(at || '/due_on', format('due before its start on %s', r.start_on));
    end if;
    return faults || weight_faults(r.weight, at) || list_faults(r, at);
end $$;

-- Null clears, an absent member keeps; a description has its place and none without it.
create function patched(r goal_revision, body jsonb) returns goal_revision language plpgsql immutable as $$
begin
    r        := jsonb_populate_record(r, body);
    r.weight := trim_scale(coalesce(r.weight, 1));
    if r.short_name is null and not body ? 'short_name_source' then
        r.short_name_source := null;
    end if;
    return r;
end $$;

create function patched(r objective_revision, body jsonb) returns objective_revision language plpgsql stable as $$
begin
    r                        := jsonb_populate_record(r, body - 'archived');
    r.weight                 := trim_scale(coalesce(r.weight, 1));
    r.update_frequency       := coalesce(r.update_frequency, 'none');
    r.supporting_departments := coalesce(r.supporting_departments, '{}');
    r.tags                   := coalesce(r.tags, '{}');
    r.milestones             := kept_list(r.milestones, 'title', 'due_on', 'achieved_on');
    r.relationships          := kept_list(r.relationships, 'type', 'objective', 'note');
    r.funding                := kept_list(r.funding, 'fiscal_year', 'gl_account', 'project_string', 'budgeted', 'spent');
    r.external_refs          := kept_list(r.external_refs, 'system', 'type', 'id', 'url');
    r.description_position   := case when r.description is not null then coalesce(r.description_position, 'before') end;
    if body ? 'archived' then
        r.archived_at := case when (body->>'archived')::boolean then coalesce(r.archived_at, clock_timestamp()) end;
    end if;
    return r;
end $$;

create function department_faults(r objective_revision, at text) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(fault(at || named.place, format('no department %s', named.slug)) order by named.n), '[]')
      from (select 0 as n, '/lead_department' as place, r.lead_department as slug
             union all
            select s.n, '/supporting_departments/' || (s.n - 1), s.slug
              from unnest(r.supporting_departments) with ordinality as s (slug, n)) named
     where named.slug is not null
       and not exists (select from department d where d.plan_id = r.plan_id and d.slug = named.slug)
$$;

create function goals_patch(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    g   goal;
    old goal_revision;
    new goal_revision;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    select * into g from goal t where t.plan_id = c.plan_id and t.number::text = q->'args'->>'number' for no key update;
    if not found then
        perform problem(404, format('no goal %s', q->'args'->>'number'));
    elsif a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not goals');
    end if;
    perform hold_to_revision(q, g.revision);

    select * into old from goal_revision r where r.goal_id = g.id and r.revision = g.revision;
    perform refuse_if(unknown_fields(body, 'statement', 'short_name', 'short_name_source', 'weight'));
    new := patched(old, body);
    perform refuse_if(goal_faults(new, '#'));
    if new is distinct from old then
        perform edit_goal(g, old, new, a);
    end if;
    return (select answer(q, a, 200, null, r.revision, goal_doc(r, c)) from goal_rows(c) r where r.id = g.id);
end $$;

create function edit_goal(g goal, old goal_revision, new goal_revision, a author) returns void language plpgsql as $$
begin
    new.revision    := g.revision + 1;
    new.recorded_at := clock_timestamp();
    new.key_id      := a.key_id;
    new.client      := a.client;
    new.holder      := a.holder;
    new.request_id  := a.request_id;
    insert into goal_revision select new.*;
    update goal set revision = new.revision where id = g.id;
    perform audit(a, 'edit', 'goal', g.number::text, g.plan_id, null, differences(to_jsonb(old), to_jsonb(new)));
    perform announce('goal', g.number::text, 'changed', g.plan_id, null);
end $$;

create function objectives_patch(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    o   objective;
    old objective_revision;
    new objective_revision;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    select * into o from objective t where t.plan_id = c.plan_id and t.code = q->'args'->>'code' for no key update;
    if not found then
        perform problem(404, format('no objective %s', q->'args'->>'code'));
    end if;
    perform hold_to_reach(a, o.id, o.code);
    perform hold_to_revision(q, o.revision);

    select * into old from objective_revision r where r.objective_id = o.id and r.revision = o.revision;
    perform refuse_if(unknown_fields(body, 'statement', 'description', 'description_position', 'lead_department',
                                     'supporting_departments', 'owner_role', 'start_on', 'due_on', 'update_frequency',
                                     'weight', 'tags', 'archived', 'milestones', 'relationships', 'funding',
                                     'external_refs'));
    if body ? 'funding' and not c.funds_shown then
        body := body || jsonb_build_object('funding', with_hidden_amounts(body->'funding', old.funding));
    end if;
    new := patched(old, body);
    perform refuse_if(objective_faults(new, '#') || department_faults(new, '#') || relationship_faults(new, o.code, '#'));
    if new is distinct from old then
        perform edit_objective(o, old, new, a);
    end if;
    return (select answer(q, a, 200, null, r.revision, objective_doc(r, c)) from objective_rows(c) r where r.id = o.id);
end $$;

create function edit_objective(o objective, old objective_revision, new objective_revision, a author) returns void
language plpgsql as $$
begin
    new.revision    := o.revision + 1;
    new.recorded_at := clock_timestamp();
    new.key_id      := a.key_id;
    new.client      := a.client;
    new.holder      := a.holder;
    new.request_id  := a.request_id;
    insert into objective_revision select new.*;
    update objective set revision = new.revision where id = o.id;
    perform audit(a, 'edit', 'objective', o.code, o.plan_id, o.id, differences(to_jsonb(old), to_jsonb(new)));
    perform announce('objective', o.code, 'changed', o.plan_id, o.id);
end $$;
