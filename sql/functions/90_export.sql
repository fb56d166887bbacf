-- Export: a plan as a file from which the same state comes back, one object a line. Keys,
-- remembered answers and the audit do not travel: they belong to this installation.

-- To the microsecond: what is restored must compare as it did.
create function precisely(t timestamptz) returns text language sql stable as $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create function in_lines(docs json[]) returns json language sql immutable as $$
    select (case when coalesce(cardinality(docs), 0) = 0 then '[]'
                 else '[' || chr(10) || array_to_string(docs, ',' || chr(10)) || ']' end)::json
$$;

create function goal_history_doc(of_goal bigint) returns json language sql stable as $$
    select array_to_json(array_agg(h order by h.revision))
      from (select r.revision, precisely(r.recorded_at) as recorded_at, r.key_id, r.client, r.holder, r.request_id,
                   r.statement, r.short_name, r.short_name_source, trim_scale(r.weight) as weight
              from goal_revision r where r.goal_id = of_goal) h
$$;

create function objective_history_doc(of_objective bigint) returns json language sql stable as $$
    select array_to_json(array_agg(h order by h.revision))
      from (select r.revision, precisely(r.recorded_at) as recorded_at, r.key_id, r.client, r.holder, r.request_id,
                   r.statement, r.description, r.description_position, r.lead_department, r.supporting_departments, r.owner_role,
                   r.start_on, r.due_on, r.update_frequency, trim_scale(r.weight) as weight, r.tags,
                   milestones_doc(r.milestones) as milestones, relationships_doc(r.relationships) as relationships,
                   funding_doc(r.funding, true) as funding, external_refs_doc(r.external_refs) as external_refs,
                   precisely(r.archived_at) as archived_at
              from objective_revision r where r.objective_id = of_objective) h
$$;

create function export_objectives(of_goal bigint) returns json language sql stable as $$
    select in_lines(array_agg(o.doc order by o.number))
      from (select o.number, row_to_json(d) as doc
              from objective o
              join objective_revision r on r.objective_id = o.id and r.revision = o.revision
             cross join lateral (
                   select o.code, r.statement, r.description, r.description_position,
                          array(select row(a.position, a.text, a.done)::action_doc
                                  from action a where a.objective_id = o.id order by a.position) as actions,
                          r.lead_department, r.supporting_departments, r.owner_role, r.start_on, r.due_on, r.update_frequency,
                          trim_scale(r.weight) as weight, r.tags,
                          milestones_doc(r.milestones) as milestones, relationships_doc(r.relationships) as relationships,
                          funding_doc(r.funding, true) as funding, external_refs_doc(r.external_refs) as external_refs,
                          precisely(r.archived_at) as archived_at,
                          o.revision, objective_history_doc(o.id) as history) d
             where o.goal_id = of_goal) o
$$;

create function export_goals(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(row_to_json(d) order by d.number))
      from (select g.number, r.statement, r.short_name, r.short_name_source, trim_scale(r.weight) as weight,
                   g.revision, goal_history_doc(g.id) as history, export_objectives(g.id) as objectives
              from goal g
              join goal_revision r on r.goal_id = g.id and r.revision = g.revision
             where g.plan_id = of_plan) d
$$;

create function export_plan(of_plan bigint) returns json language sql stable as $$
    select row_to_json(d)
      from (select p.slug, p.title, p.organization, p.overview, p.time_zone, p.fiscal_year_start, p.state, p.starts_on, p.ends_on,
                   p.funding_is_public,
                   p.revision, precisely(p.created_at) as created_at, precisely(p.changed_at) as changed_at
              from plan p where p.id = of_plan) d
$$;

create function export_departments(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(row_to_json(d) order by d.slug))
      from (select d.slug, d.name, d.public_contact, d.reporting_contact, d.revision from department d where d.plan_id = of_plan) d
$$;

create function export_events(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(row_to_json(d) order by d.position))
      from (select e.position, e.text, e.happened_on as "on", links_doc(e.documents) as documents
              from plan_event e where e.plan_id = of_plan) d
$$;

-- A draft says nothing of publication, a published update nothing of revisions: nulls are left out.
create function export_updates(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(json_strip_nulls(row_to_json(d)) order by d.id::bigint))
      from (select u.id::text as id,
                   case when u.retracted_at is not null then 'retracted'
                        when u.superseded_at is not null then 'superseded'
                        else 'published' end as state,
                   o.code as objective, u.as_of, u.kind, u.status, trim_scale(u.percent_complete) as percent_complete,
                   u.summary, u.details, u.next_steps, links_doc(u.links) as links,
                   measurements_doc(u.measurements) as measurements, service_doc(u.service) as service, u.source, u.external_id,
                   precisely(u.source_updated_at) as source_updated_at, u.supersedes::text as supersedes, u.reason,
                   u.key_id, u.client, u.holder, u.request_id, precisely(u.created_at) as created_at,
                   precisely(u.published_at) as published_at, precisely(u.superseded_at) as superseded_at,
                   u.superseded_by::text as superseded_by, precisely(u.retracted_at) as retracted_at, u.retraction_reason,
                   precisely(u.redacted_at) as redacted_at, u.redaction_reason, u.redacted_fields,
                   null::integer as revision, null::text as returned_at, null::text as return_comment, null::text as discarded_at,
                   precisely(u.changed_at) as changed_at
              from published_update u
              join objective o on o.id = u.objective_id
             where u.plan_id = of_plan
             union all
            select u.id::text,
                   case when u.discarded_at is not null then 'discarded'
                        when u.returned_at is not null then 'returned'
                        else 'draft' end,
                   o.code, u.as_of, u.kind, u.status, trim_scale(u.percent_complete),
                   u.summary, u.details, u.next_steps, links_doc(u.links), measurements_doc(u.measurements),
                   service_doc(u.service), u.source, u.external_id,
                   precisely(u.source_updated_at), u.supersedes::text, u.reason,
                   u.key_id, u.client, u.holder, u.request_id, precisely(u.created_at),
                   null, null, null, null, null, precisely(u.redacted_at), u.redaction_reason, u.redacted_fields,
                   u.revision, precisely(u.returned_at), u.return_comment, precisely(u.discarded_at),
                   precisely(u.changed_at)
              from draft_update u
              join objective o on o.id = u.objective_id
             where u.plan_id = of_plan) d
$$;

create function export_file(slug text) returns text language plpgsql stable as $$
declare
    c context := context(slug, null, clock_timestamp()::text, null, null);
begin
    return format(E'{"format":"cerritos-in-progress/1","demo":%s,\n"plan":%s,\n"departments":%s,\n"events":%s,\n'
                  '"goals":%s,\n"measures":%s,\n"periods":%s,\n"translations":%s,\n"updates":%s}',
                  to_json(c.demo), export_plan(c.plan_id), export_departments(c.plan_id), export_events(c.plan_id),
                  export_goals(c.plan_id), export_measures(c.plan_id), export_periods(c.plan_id),
                  export_translations(c.plan_id),
                  export_updates(c.plan_id));
end $$;
