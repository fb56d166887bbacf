-- Import: founds and changes plans from a file; runs as the owner, since the service may found
-- nothing. Nothing is applied when anything is wrong; importing twice changes nothing; nothing
-- that the file leaves out is deleted, but the lists that belong to one object (events, actions).

create type import_row as (kind text, subject text, n bigint, detail text);

create function importer() returns author language sql stable as $$
    select row(null, null, 'import', session_user::text, null, array['admin'], null, null)::author
$$;

-- The columns of a revision that a file states: what it leaves out keeps its value.
create function picked(value jsonb, variadic names text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(key, item), '{}') from jsonb_each(value) as e (key, item) where key = any(names)
$$;

create function import_plan(doc jsonb) returns text language plpgsql as $$
declare
    v   jsonb := doc->'plan';
    old plan;
    new plan;
begin
    select * into old from plan p where p.slug = v->>'slug';
    if old.id is null then
        new := jsonb_populate_record(null::plan, '{"time_zone": "America/Los_Angeles", "fiscal_year_start": 7,
                                                  "state": "draft", "revision": 1}' || v);
        insert into plan (slug, title, organization, overview, time_zone, fiscal_year_start, state, starts_on, ends_on, demo,
                          revision, created_at, changed_at, funding_is_public)
        values (new.slug, new.title, new.organization, new.overview, new.time_zone, new.fiscal_year_start, new.state,
                new.starts_on, new.ends_on, coalesce((doc->>'demo')::boolean, false), new.revision,
                coalesce(new.created_at, clock_timestamp()), coalesce(new.changed_at, new.created_at, clock_timestamp()),
                coalesce(new.funding_is_public, false));
        return 'created';
    end if;
    new := jsonb_populate_record(old, v - array['revision', 'created_at', 'changed_at']);
    if new is not distinct from old then
        return 'unchanged';
    end if;
    update plan p
       set (title, organization, overview, time_zone, fiscal_year_start, state, starts_on, ends_on, funding_is_public, revision,
            changed_at)
         = row(new.title, new.organization, new.overview, new.time_zone, new.fiscal_year_start, new.state, new.starts_on,
               new.ends_on, new.funding_is_public, old.revision + 1, clock_timestamp())
     where p.id = old.id;
    perform audit(importer(), 'edit', 'plan', old.slug, old.id, null, differences(to_jsonb(old), to_jsonb(new)));
    return 'changed';
end $$;

create function import_department(plan_id bigint, v jsonb) returns text language plpgsql as $$
declare
    old department;
    new department;
begin
    select * into old from department d where d.plan_id = import_department.plan_id and d.slug = v->>'slug';
    if found then
        new := jsonb_populate_record(old, v - 'revision');
        if new is not distinct from old then
            return 'unchanged';
        end if;
        perform edit_department(old, new, importer());
        return 'changed';
    end if;
    new          := jsonb_populate_record(null::department, v);
    new.plan_id  := plan_id;
    new.revision := coalesce(new.revision, 1);
    insert into department select new.*;
    perform announce('department', new.slug, 'created', plan_id, null);
    return 'created';
end $$;

-- The list of events is the file's, whole.
create function import_events(of_plan bigint, list jsonb) returns text language plpgsql as $$
declare
    old plan_event[] := array(select e from plan_event e where e.plan_id = of_plan order by e.position);
    new plan_event[] := array(select row(of_plan, (i.item->>'position')::integer, i.item->>'text', (i.item->>'on')::date,
                                         coalesce(i.item->'documents', '[]'))::plan_event
                                from items(list) i order by (i.item->>'position')::integer);
begin
    if new = old then
        return 'unchanged';
    end if;
    delete from plan_event e where e.plan_id = of_plan;
    insert into plan_event select n.* from unnest(new) n;
    return case when old = '{}' then 'created' else 'changed' end;
end $$;

create function import_actions(of_objective bigint, list jsonb) returns boolean language plpgsql as $$
declare
    old action[] := array(select a from action a where a.objective_id = of_objective order by a.position);
    new action[] := array(select row(of_objective, (i.item->>'position')::integer, i.item->>'text',
                                     (i.item->>'done')::boolean)::action
                            from items(list) i order by (i.item->>'position')::integer);
begin
    if list is null or new = old then
        return false;
    end if;
    delete from action a where a.objective_id = of_objective;
    insert into action select n.* from unnest(new) n;
    return true;
end $$;

-- A new goal comes with its history where the file has one, else with revision 1.
create function import_goal(of_plan bigint, v jsonb) returns text language plpgsql as $$
declare
    a      author := importer();
    fields jsonb  := picked(v, 'statement', 'short_name', 'short_name_source', 'weight');
    g      goal;
    old    goal_revision;
    new    goal_revision;
begin
    select * into g from goal t where t.plan_id = of_plan and t.number = (v->>'number')::integer for no key update;
    if found then
        select * into old from goal_revision r where r.goal_id = g.id and r.revision = g.revision;
        new := patched(old, fields);
        if new is not distinct from old then
            return 'unchanged';
        end if;
        perform edit_goal(g, old, new, a);
        return 'changed';
    end if;

    insert into goal (plan_id, number, revision)
    values (of_plan, (v->>'number')::integer, case when v ? 'history' then (v->>'revision')::integer else 1 end)
    returning * into g;
    insert into goal_revision
    select (patched(null::goal_revision, h.item || jsonb_build_object('goal_id', g.id))).*
      from items(coalesce(v->'history', jsonb_build_array(fields || jsonb_build_object(
                 'revision', 1, 'recorded_at', clock_timestamp(), 'client', a.client, 'holder', a.holder)))) h;
    perform announce('goal', g.number::text, 'created', of_plan, null);
    return 'created';
end $$;

create function import_objective(of_plan bigint, v jsonb) returns text language plpgsql as $$
declare
    a      author := importer();
    fields jsonb  := picked(v, 'statement', 'description', 'description_position', 'lead_department', 'supporting_departments',
                            'owner_role', 'start_on', 'due_on', 'update_frequency', 'weight', 'tags', 'archived_at',
                            'milestones', 'relationships', 'funding', 'external_refs');
    g      goal;
    o      objective;
    old    objective_revision;
    new    objective_revision;
    listed boolean;
begin
    select * into o from objective t where t.plan_id = of_plan and t.code = v->>'code' for no key update;
    if found then
        select * into old from objective_revision r where r.objective_id = o.id and r.revision = o.revision;
        new    := patched(old, fields);
        listed := import_actions(o.id, v->'actions');
        if new is distinct from old then
            perform edit_objective(o, old, new, a);
        elsif listed then
            perform audit(a, 'edit', 'objective', o.code, of_plan, o.id, jsonb_build_object('actions', v->'actions'));
            perform announce('objective', o.code, 'changed', of_plan, o.id);
        else
            return 'unchanged';
        end if;
        return 'changed';
    end if;

    select * into g from goal t where t.plan_id = of_plan and t.number = split_part(v->>'code', '.', 1)::integer;
    insert into objective (plan_id, goal_id, goal_number, number, revision)
    values (of_plan, g.id, g.number, split_part(v->>'code', '.', 2)::integer,
            case when v ? 'history' then (v->>'revision')::integer else 1 end)
    returning * into o;
    insert into objective_revision
    select (patched(null::objective_revision, h.item || jsonb_build_object('objective_id', o.id, 'goal_id', g.id,
                                                                           'plan_id', of_plan))).*
      from items(coalesce(v->'history', jsonb_build_array(fields || jsonb_build_object(
                 'revision', 1, 'recorded_at', clock_timestamp(), 'client', a.client, 'holder', a.holder)))) h;
    perform import_actions(o.id, v->'actions');
    perform announce('objective', o.code, 'created', of_plan, o.id);
    return 'created';
end $$;
