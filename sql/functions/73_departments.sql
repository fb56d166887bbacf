-- Departments are founded and edited. Their fields carry a revision and no history; the audit says
-- what changed, but of the reporting contact only that it did: that address is nobody's to read.

create function department_faults(d department, at text) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(fault(at || '/' || f.place, f.detail) order by f.n), '[]')
      from (values
           (1, 'name', case when coalesce(d.name, '') !~ '\S' then 'a department has a name' end),
           (2, 'public_contact', case when d.public_contact !~ '\S' then 'a contact says something, or is null' end),
           (3, 'reporting_contact', case when d.reporting_contact !~ '\S' then
                                         'a contact says something, or is null' end)) f (n, place, detail)
     where f.detail is not null
$$;

create function department_differences(old department, new department) returns jsonb language sql stable as $$
    select differences(to_jsonb(old) - 'reporting_contact', to_jsonb(new) - array['reporting_contact', 'plan_id'])
        || case when new.reporting_contact is distinct from old.reporting_contact then '{"reporting_contact": "not told"}'
                else '{}'::jsonb end
$$;

create function hold_to_departments(a author) returns void language plpgsql stable as $$
begin
    if a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not departments');
    end if;
end $$;

create function answer_department(q jsonb, a author, c context, status integer, slug text) returns written language plpgsql as $$
begin
    return (select answer(q, a, answer_department.status,
                          case when answer_department.status = 201 then '/departments/' || d.slug || c.suffix end,
                          d.revision, department_doc(d, c))
              from department_rows(c) d where d.slug = answer_department.slug);
end $$;

create function departments_post(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    new department;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    perform hold_to_departments(a);
    perform refuse_if(unknown_fields(body, 'slug', 'name', 'public_contact', 'reporting_contact'));
    new          := jsonb_populate_record(null::department, body);
    new.plan_id  := c.plan_id;
    new.revision := 1;
    perform refuse_if(department_faults(new, '#'));

    insert into department select new.* on conflict on constraint department_pkey do nothing;
    if not found then
        perform problem(409, format('the plan has a department %s', new.slug), '#/slug',
                        location => '/departments/' || new.slug || c.suffix);
    end if;
    perform audit(a, 'create', 'department', new.slug, c.plan_id, null, department_differences(null::department, new));
    perform announce('department', new.slug, 'created', c.plan_id, null);
    return answer_department(q, a, c, 201, new.slug);
end $$;

create function departments_patch(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    old department;
    new department;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    perform hold_to_departments(a);
    select * into old from department d where d.plan_id = c.plan_id and d.slug = q->'args'->>'slug' for no key update;
    if not found then
        perform problem(404, format('no department %s', q->'args'->>'slug'));
    end if;
    perform hold_to_revision(q, old.revision);
    perform refuse_if(unknown_fields(body, 'name', 'public_contact', 'reporting_contact'));
    new := jsonb_populate_record(old, body);
    perform refuse_if(department_faults(new, '#'));
    if new is distinct from old then
        perform edit_department(old, new, a);
    end if;
    return answer_department(q, a, c, 200, old.slug);
end $$;

create function edit_department(old department, new department, a author) returns void language plpgsql as $$
begin
    update department d
       set (name, public_contact, reporting_contact, revision)
         = row(new.name, new.public_contact, new.reporting_contact, old.revision + 1)
     where d.plan_id = old.plan_id and d.slug = old.slug;
    perform audit(a, 'edit', 'department', old.slug, old.plan_id, null, department_differences(old, new));
    perform announce('department', old.slug, 'changed', old.plan_id, null);
end $$;
