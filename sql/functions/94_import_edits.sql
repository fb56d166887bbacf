-- Tables of the plan's own words: a row is an edit of what it names, as a patch is. What stands already is left
-- alone, whatever revision the row was read at, so that the same file may come twice.

create function import_objectives(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r      import_result := import_nothing();
    docs   jsonb := (select jsonb_object_agg(o.code, objective_doc(o, c)) from objective_rows(c) o);
    i      import_item;
    o      objective;
    old    objective_revision;
    new    objective_revision;
    body   jsonb;
    faults jsonb;
begin
    foreach i in array items loop
        select * into o from objective t where t.plan_id = c.plan_id and t.code = i.body->>'code' for no key update;
        if o.id is null then
            r := import_error(r, i."row", 'code', format('no objective %s', i.body->>'code'));
            continue;
        elsif not is_in_reach(a, o.id) then
            r := import_error(r, i."row", 'code', format('the key does not cover objective %s', o.code));
            continue;
        end if;
        r.warnings := r.warnings || import_warnings(i, docs->o.code);
        select * into old from objective_revision v where v.objective_id = o.id and v.revision = o.revision;
        body := i.body - '{code,revision}'::text[];
        if body ? 'funding' and not c.funds_shown then
            body := body || jsonb_build_object('funding', with_hidden_amounts(body->'funding', old.funding));
        end if;
        new    := patched(old, body);
        faults := '[]';
        if new is distinct from old then
            faults := objective_faults(new, '#') || department_faults(new, '#') || relationship_faults(new, o.code, '#')
                   || import_revision_faults(i, o.revision);
            if faults = '[]' then
                perform edit_objective(o, old, new, a);
            end if;
        end if;
        r := import_count(r, i."row", faults, case when new is distinct from old then 'changed' end);
    end loop;
    return r;
end $$;

create function import_goals(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r      import_result := import_nothing();
    docs   jsonb := (select jsonb_object_agg(g.number, d || (d->'progress') || (d->'progress'->'status_counts'))
                       from goal_rows(c) g, lateral (select goal_doc(g, c)::jsonb offset 0) t (d));
    i      import_item;
    g      goal;
    old    goal_revision;
    new    goal_revision;
    faults jsonb;
begin
    if a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not goals');
    end if;
    foreach i in array items loop
        select * into g from goal t where t.plan_id = c.plan_id and t.number::text = i.body->>'number' for no key update;
        if g.id is null then
            r := import_error(r, i."row", 'number', format('no goal %s', i.body->>'number'));
            continue;
        end if;
        r.warnings := r.warnings || import_warnings(i, docs->g.number::text);
        select * into old from goal_revision v where v.goal_id = g.id and v.revision = g.revision;
        new    := patched(old, i.body - '{number,revision}'::text[]);
        faults := '[]';
        if new is distinct from old then
            faults := goal_faults(new, '#') || import_revision_faults(i, g.revision);
            if faults = '[]' then
                perform edit_goal(g, old, new, a);
            end if;
        end if;
        r := import_count(r, i."row", faults, case when new is distinct from old then 'changed' end);
    end loop;
    return r;
end $$;

create function import_new_measure(a author, c context, slug text, new measure_revision) returns void language plpgsql as $$
declare
    m measure;
begin
    insert into measure (plan_id, slug) values (c.plan_id, import_new_measure.slug) returning * into m;
    new := keep_revision(m, new, a);
    perform audit(a, 'create', 'measure', m.slug, c.plan_id, null, differences('{}', jsonb_strip_nulls(to_jsonb(new)) - 'measure_id'));
    perform announce('measure', m.slug, 'created', c.plan_id, null);
end $$;

-- What of a row's objectives the key does not cover, before or after.
create function import_measure_reach(a author, c context, codes text[]) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(fault('#/objectives', format('the key does not cover objective %s', o.code))), '[]')
      from objective o
     where o.plan_id = c.plan_id and o.code = any(codes) and not is_in_reach(a, o.id)
$$;

create function import_measures(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r      import_result := import_nothing();
    docs   jsonb := (select coalesce(jsonb_object_agg(m.slug, measure_doc(m, c)), '{}') from measure_rows(c) m);
    i      import_item;
    m      measure;
    old    measure_revision;
    new    measure_revision;
    faults jsonb;
begin
    foreach i in array items loop
        select * into m from measure t where t.plan_id = c.plan_id and t.slug = i.body->>'slug' for no key update;
        r.warnings := r.warnings || import_warnings(i, docs->m.slug);
        select * into old from measure_revision v where v.measure_id = m.id and v.revision = m.revision;
        new    := patched(old, i.body - '{slug,revision}'::text[]);
        faults := '[]';
        if m.id is null or new is distinct from old then
            faults := measure_faults(new, '#') || measure_objective_faults(i.body->'objectives', c.plan_id, '#')
                   || import_measure_reach(a, c, old.objectives || new.objectives)
                   || case when m.id is not null then import_revision_faults(i, m.revision)
                           when i.body->>'revision' is not null then fault('#/slug', format('no measure %s; without a revision it is made', i.body->>'slug'))
                           else '[]' end;
            if faults = '[]' and m.id is null then
                perform import_new_measure(a, c, i.body->>'slug', new);
            elsif faults = '[]' then
                perform edit_measure(m, old, new, a);
            end if;
        end if;
        r := import_count(r, i."row", faults, case when m.id is null then 'created' when new is distinct from old then 'changed' end);
    end loop;
    return r;
end $$;

create function import_new_department(a author, c context, new department) returns void language plpgsql as $$
begin
    insert into department select new.*;
    perform audit(a, 'create', 'department', new.slug, c.plan_id, null, department_differences(null::department, new));
    perform announce('department', new.slug, 'created', c.plan_id, null);
end $$;

create function import_departments(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r      import_result := import_nothing();
    docs   jsonb := (select coalesce(jsonb_object_agg(d.slug, department_doc(d, c)), '{}') from department_rows(c) d);
    i      import_item;
    old    department;
    new    department;
    faults jsonb;
begin
    perform hold_to_departments(a);
    foreach i in array items loop
        select * into old from department d where d.plan_id = c.plan_id and d.slug = i.body->>'slug' for no key update;
        r.warnings := r.warnings || import_warnings(i, docs->old.slug);
        new          := jsonb_populate_record(old, i.body - 'revision'::text);
        new.plan_id  := c.plan_id;
        new.revision := coalesce(old.revision, 1);
        faults       := '[]';
        if new is distinct from old then
            faults := department_faults(new, '#')
                   || case when old.slug is not null then import_revision_faults(i, old.revision)
                           when i.body->>'revision' is not null then fault('#/slug', format('no department %s; without a revision it is made', new.slug))
                           else '[]' end;
            if faults = '[]' and old.slug is null then
                perform import_new_department(a, c, new);
            elsif faults = '[]' then
                perform edit_department(old, new, a);
            end if;
        end if;
        r := import_count(r, i."row", faults, case when old.slug is null then 'created' when new is distinct from old then 'changed' end);
    end loop;
    return r;
end $$;

-- ---- funding: what is budgeted and spent under a fiscal year, an account and a project ----

create type funding_row as (funding jsonb, outcome text);

create function is_same_funding(link jsonb, body jsonb) returns boolean language sql immutable as $$
    select (link->>'fiscal_year', link->>'gl_account') = (body->>'fiscal_year', body->>'gl_account')
       and link->>'project_string' is not distinct from body->>'project_string'
$$;

-- The list with the row's link in it; a column that the table has not keeps what stands.
create function funding_with(list jsonb, body jsonb) returns funding_row language plpgsql immutable as $$
declare
    at   integer := (select n - 1 from jsonb_array_elements(list) with ordinality as t (i, n) where is_same_funding(i, body) limit 1);
    link jsonb   := body - 'objective'::text;
    w    funding_row;
begin
    w.funding := case when at is null then list || kept_list(jsonb_build_array(link), 'fiscal_year', 'gl_account', 'project_string', 'budgeted', 'spent')
                      else jsonb_set(list, array[at::text], list->at || link) end;
    w.outcome := case when at is null then 'created' when w.funding <> list then 'changed' end;
    return w;
end $$;

-- One revision for each objective, however many of its rows there are. Where the plan hides its amounts an empty
-- one blanks nothing, as in a list that is edited whole.
create function import_funding(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r      import_result := import_nothing();
    named  text;
    o      objective;
    old    objective_revision;
    new    objective_revision;
    i      import_item;
    w      funding_row;
    faults jsonb;
begin
    for named in select distinct t.body->>'objective' from unnest(items) t order by 1 loop
        select * into o from objective t where t.plan_id = c.plan_id and t.code = named for no key update;
        select * into old from objective_revision v where v.objective_id = o.id and v.revision = o.revision;
        new := old;
        for i in select * from unnest(items) t where t.body->>'objective' = named order by t."row" loop
            if o.id is null or not is_in_reach(a, o.id) then
                r := import_error(r, i."row", 'objective', format(case when o.id is null then 'no objective %s'
                                                                  else 'the key does not cover objective %s' end, named));
                continue;
            end if;
            w           := funding_with(new.funding, case when c.funds_shown then i.body else jsonb_strip_nulls(i.body) end);
            new.funding := w.funding;
            faults      := list_faults(new, '#');
            r           := import_count(r, i."row", faults, w.outcome);
        end loop;
        if o.id is not null and new is distinct from old and r.errors = '{}' then
            perform edit_objective(o, old, new, a);
        end if;
    end loop;
    return r;
end $$;
