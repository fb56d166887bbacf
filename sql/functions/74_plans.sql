-- Plans pass on from state to state, and the next one begins as a draft: empty, to be filled by
-- `progressd import`, or as a copy of what another one says.

-- The next state of each; an archived plan may come back, which undoes a mistake.
create function is_next_state(old text, new text) returns boolean language sql immutable as $$
    select (old, new) in (('draft', 'under_review'), ('under_review', 'draft'), ('under_review', 'approved'),
                          ('approved', 'under_review'), ('approved', 'active'), ('active', 'archived'),
                          ('archived', 'active'))
$$;

create function plan_faults(p plan) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(fault('#/' || f.place, f.detail) order by f.n), '[]')
      from (values
           (1, 'title', case when coalesce(p.title, '') !~ '\S' then 'a plan has a title' end),
           (2, 'organization', case when coalesce(p.organization, '') !~ '\S' then 'a plan has an organization' end),
           (3, 'overview', case when p.overview !~ '\S' then 'an overview says something, or is null' end),
           (4, 'ends_on', case when p.ends_on < p.starts_on then format('ends before its start on %s', p.starts_on) end)
           ) f (n, place, detail)
     where f.detail is not null
$$;

create function answer_plan(q jsonb, a author, status integer, id bigint) returns written language plpgsql as $$
begin
    return (select answer(q, a, answer_plan.status, case when answer_plan.status = 201 then '/plans/' || p.slug end,
                          p.revision, plan_doc(p, context(p.slug, null, q->>'now', null, null)))
              from plan p where p.id = answer_plan.id);
end $$;

-- What the plan says and who sees to it; not how it stands, nor when and by what money it is done.
create function copy_plan(source bigint, target bigint, a author) returns jsonb language plpgsql as $$
declare
    goals      bigint;
    objectives bigint;
begin
    insert into department (plan_id, slug, name, public_contact, reporting_contact)
    select target, d.slug, d.name, d.public_contact, d.reporting_contact from department d where d.plan_id = source;

    insert into goal (plan_id, number) select target, g.number from goal g where g.plan_id = source;
    get diagnostics goals = row_count;
    insert into goal_revision (goal_id, revision, key_id, client, holder, request_id, statement, short_name,
                               short_name_source, weight)
    select t.id, 1, a.key_id, a.client, a.holder, a.request_id, r.statement, r.short_name, r.short_name_source, r.weight
      from goal s
      join goal_revision r on r.goal_id = s.id and r.revision = s.revision
      join goal t on t.plan_id = target and t.number = s.number
     where s.plan_id = source;

    insert into objective (plan_id, goal_id, goal_number, number)
    select target, t.id, t.number, s.number
      from objective s
      join objective_revision r on r.objective_id = s.id and r.revision = s.revision
      join goal t on t.plan_id = target and t.number = s.goal_number
     where s.plan_id = source and r.archived_at is null;
    get diagnostics objectives = row_count;
    insert into objective_revision (objective_id, goal_id, plan_id, revision, key_id, client, holder, request_id, statement,
                                    description, description_position, lead_department, supporting_departments, owner_role,
                                    update_frequency, weight, tags)
    select t.id, t.goal_id, target, 1, a.key_id, a.client, a.holder, a.request_id, r.statement, r.description,
           r.description_position, r.lead_department, r.supporting_departments, r.owner_role, r.update_frequency, r.weight, r.tags
      from objective s
      join objective_revision r on r.objective_id = s.id and r.revision = s.revision
      join objective t on t.plan_id = target and t.code = s.code
     where s.plan_id = source;
    insert into action (objective_id, position, text)
    select t.id, x.position, x.text
      from objective s
      join objective t on t.plan_id = target and t.code = s.code
      join action x on x.objective_id = s.id
     where s.plan_id = source;
    insert into translation (plan_id, lang, entity, code, position, field, text, source, reviewed, shipped, key_id, client,
                             holder, request_id, reviewed_by)
    select target, x.lang, x.entity, x.code, x.position, x.field, x.text, x.source, x.reviewed, x.shipped, a.key_id, a.client,
           a.holder, a.request_id, x.reviewed_by
      from translation x
     where x.plan_id = copy_plan.source
       and (x.entity in ('plan', 'goal') or exists (select from objective t where t.plan_id = target and t.code = x.code));
    return jsonb_build_object('goals', goals, 'objectives', objectives);
end $$;

-- Null where there is a plan of that name.
create function found_plan(new plan, model plan, source plan, a author) returns bigint language plpgsql as $$
declare
    made   bigint;
    copied jsonb := '{}';
begin
    insert into plan (slug, title, organization, overview, time_zone, fiscal_year_start, state, starts_on, ends_on, demo,
                      funding_is_public)
    values (new.slug, new.title, new.organization, new.overview, coalesce(model.time_zone, 'America/Los_Angeles'),
            coalesce(model.fiscal_year_start, 7), 'draft', new.starts_on, new.ends_on, coalesce(model.demo, false),
            coalesce(model.funding_is_public, false))
    on conflict on constraint plan_slug_is_unique do nothing
    returning id into made;
    if made is null then
        return null;
    elsif source.id is not null then
        copied := jsonb_build_object('copy_from', source.slug) || copy_plan(source.id, made, a);
    end if;
    perform audit(a, 'create', 'plan', new.slug, made, null, copied);
    perform announce('plan', new.slug, 'created', made, null);
    return made;
end $$;

-- An organization, a time zone, a fiscal year and whether it is a demonstration are those of the plan
-- that is copied, else of the active one, where the body says none.
create function plans_post(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a      author  := authorise(q, 'admin');
    w      written := replay(q, a);
    source plan;
    model  plan;
    new    plan;
    id     bigint;
begin
    if w.replayed then
        return w;
    end if;
    perform hold_to_plan(a);
    perform refuse_if(unknown_fields(body, 'slug', 'title', 'organization', 'overview', 'starts_on', 'ends_on', 'copy_from'));
    select * into source from plan p where p.slug = body->>'copy_from';
    if body->>'copy_from' is not null and source.id is null then
        perform problem(422, format('no plan %s', body->>'copy_from'), '#/copy_from');
    end if;
    select * into model from plan p where p.id = source.id or (source.id is null and p.state = 'active');
    new := jsonb_populate_record(null::plan, jsonb_build_object('organization', model.organization) || (body - 'copy_from'));
    perform refuse_if(plan_faults(new));

    id := found_plan(new, model, source, a);
    if id is null then
        perform problem(409, format('there is a plan %s', new.slug), '#/slug', location => '/plans/' || new.slug);
    end if;
    return answer_plan(q, a, 201, id);
end $$;

create function edit_plan(old plan, new plan, a author) returns void language plpgsql as $$
begin
    update plan p
       set (title, overview, state, starts_on, ends_on, funding_is_public, revision, changed_at)
         = row(new.title, new.overview, new.state, new.starts_on, new.ends_on, new.funding_is_public, old.revision + 1,
               clock_timestamp())
     where p.id = old.id and p.revision = old.revision;
    if not found then
        perform problem(412, 'the plan was imported anew meanwhile');
    end if;
    perform audit(a, 'edit', 'plan', old.slug, old.id, null, differences(to_jsonb(old), to_jsonb(new)));
    perform announce('plan', old.slug, 'changed', old.id, null);
end $$;

-- One plan is active at most: another that becomes so archives it in the same transaction, so that
-- there is no moment without one.
create function archive_active(a author) returns void language plpgsql as $$
declare
    old plan;
    new plan;
begin
    select * into old from plan p where p.state = 'active';
    if found then
        new       := old;
        new.state := 'archived';
        perform edit_plan(old, new, a);
    end if;
end $$;

create function plans_patch(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a   author  := authorise(q, 'admin');
    w   written := replay(q, a);
    old plan;
    new plan;
begin
    if w.replayed then
        return w;
    end if;
    perform hold_to_plan(a);
    perform pg_advisory_xact_lock(hashtextextended('plans', 0)); -- states hang together: one change at a time
    select * into old from plan p where p.slug = q->'args'->>'slug';
    if not found then
        perform problem(404, format('no plan %s', q->'args'->>'slug'));
    end if;
    perform hold_to_revision(q, old.revision);
    perform refuse_if(unknown_fields(body, 'title', 'overview', 'state', 'starts_on', 'ends_on', 'funding_is_public'));
    new := jsonb_populate_record(old, body);
    perform refuse_if(plan_faults(new));
    if new.state <> old.state and not is_next_state(old.state, new.state) then
        perform problem(409, format('a plan does not pass from %s to %s', old.state, new.state), '#/state');
    elsif new.state = 'active' and old.state <> 'active' then
        perform archive_active(a);
    end if;
    if new is distinct from old then
        perform edit_plan(old, new, a);
    end if;
    return answer_plan(q, a, 200, old.id);
end $$;
