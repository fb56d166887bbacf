-- Departments: who leads and who supports. The reporting contact is in no document: it is not even
-- a column of the row.

-- Which department an objective names, in the revision in force.
create function objective_departments(c context)
returns table (code text, goal_number integer, number integer, lead text, supporting text[]) language sql stable as $$
    select o.code, o.goal_number, o.number, r.lead_department, r.supporting_departments
      from objective o
      join objective_revision r
        on r.objective_id = o.id
       and r.revision = case when c.known_at is not null then known_objective_revision(o.id, c)
                             when c.edited_before is null then o.revision
                             else coalesce((select max(h.revision) from objective_revision h
                                             where h.objective_id = o.id and h.recorded_at < c.edited_before), 1) end
     where o.plan_id = c.plan_id
$$;

create type department_row as (
    slug           text,
    name           text,
    public_contact text,
    revision       integer,
    leads          text[],
    supports       text[]
);

create function department_rows(c context) returns setof department_row language sql stable as $$
    select d.slug, d.name, d.public_contact, d.revision,
           array(select o.code from objective_departments(c) o where o.lead = d.slug order by o.goal_number, o.number),
           array(select o.code from objective_departments(c) o
                  where d.slug = any(o.supporting) order by o.goal_number, o.number)
      from department d
     where d.plan_id = c.plan_id
$$;

create type department_links as (self text, objectives text);

create type department_doc as (
    slug           text,
    name           text,
    public_contact text,
    leads          text[],
    supports       text[],
    revision       integer,
    demo           boolean,
    links          department_links
);

create function department_doc(d department_row, c context) returns json language sql stable as $$
    select row_to_json(row(
        d.slug, d.name, d.public_contact, d.leads, d.supports, d.revision, c.demo,
        row('/departments/' || d.slug || c.suffix,
            '/objectives?department=' || d.slug || replace(c.suffix, '?', '&'))::department_links)::department_doc)
$$;
