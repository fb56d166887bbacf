-- Lists as tables of fixed columns (src/model/sheet.c names them): all rows, in the lists' order.
-- $1 plan $2 as_of $3 now $4 lang $5 include $6 filters $7 known_at

-- name: goals_sheet
select g.number, g.statement, g.short_name, g.short_name_source, trim_scale(g.weight),
       percent_out(g.percent, g.is_complete), g.is_minimum::text, g.reported, g.total,
       overall_status(g.counts, g.total, cardinality(g.counted)),
       (g.counts).off_track, (g.counts).at_risk, (g.counts).on_hold, (g.counts).on_track, (g.counts).completed,
       (g.counts).not_started, (g.counts).no_information, (g.counts).ongoing, (g.counts).cancelled,
       g.revision, c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral goal_rows(c) g
 where $6::jsonb is not null
 order by g.number;

-- name: objectives_sheet
select o.code, o.goal_number, o.statement, o.description, o.description_position, array_to_json(o.actions),
       o.lead_department, array_to_json(o.supporting_departments), o.owner_role, o.start_on, o.due_on, o.update_frequency,
       trim_scale(o.weight), array_to_json(o.tags), o.status, o.status_as_of, trim_scale(o.percent), o.percent_as_of,
       o.updates_count, o.revision, rfc3339(o.archived_at), c.demo::text,
       milestones_doc(o.milestones), relationships_doc(o.relationships), funding_doc(o.funding, c.funds_shown),
       external_refs_doc(o.external_refs), (o.schedule).expected_percent, (o.schedule).is_overdue::text,
       (o.schedule).next_update_due, (o.schedule).is_stale::text, (o.schedule).disagrees::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral objective_rows(c) o
 where ($6::jsonb->>'goal' is null or o.goal_id = goal_named(c, $6::jsonb->>'goal'))
   and ($6::jsonb->>'status' is null or o.status = $6::jsonb->>'status')
   and ($6::jsonb->>'department' is null
        or o.lead_department = $6::jsonb->>'department'
        or $6::jsonb->>'department' = any(o.supporting_departments))
   and ($6::jsonb->>'tag' is null or $6::jsonb->>'tag' = any(o.tags))
   and ($6::jsonb->>'q' is null
        or position(lower($6::jsonb->>'q') in lower(concat_ws(' ', o.code, o.statement, o.description))) > 0
        or is_translated_so(o.translated, $6::jsonb->>'q'))
   and ($6::jsonb->>'overdue' is null or (o.schedule).is_overdue = ($6::jsonb->>'overdue')::boolean)
   and ($6::jsonb->>'stale' is null or (o.schedule).is_stale = ($6::jsonb->>'stale')::boolean)
   and (funding_wanted($6::jsonb) is null or o.funding @> funding_wanted($6::jsonb))
   and ($6::jsonb->>'updated_since' is null
        or o.edited_at >= ($6::jsonb->>'updated_since')::timestamptz
        or o.id in (select u.objective_id from published_update u
                     where u.plan_id = c.plan_id
                       and u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz
                       and (c.known_at is null
                            or last_known(c.known_upto, u.published_at, u.superseded_at, u.retracted_at, u.redacted_at)
                               >= ($6::jsonb->>'updated_since')::timestamptz)))
 order by o.goal_number, o.number;

-- The order is made inside, before anything is joined or spelled, where an index gives it row by
-- row: so the first row comes at once, however many there are. Outside nothing changes it, since
-- there is one context only.
-- name: updates_sheet
select u.id, u.code, u.goal_number, u.kind, u.state, u.as_of, u.status, trim_scale(u.percent_complete),
       u.summary, u.details, u.next_steps, case when u.links = '[]' then '[]' else links_doc(u.links) end, u.measurements,
       u.source, u.external_id, rfc3339(u.source_updated_at), u.supersedes, u.superseded_by, u.reason,
       rfc3339(u.retracted_at), u.retraction_reason, rfc3339(u.created_at), rfc3339(u.published_at), c.demo::text,
       u.service->>'name', u.service->>'case_id', u.service->>'state', u.service->>'raw_state', u.service->>'open',
       u.service->>'closed', u.service->>'overdue', u.service->>'median_days_to_close', u.service->'period'->>'from',
       u.service->'period'->>'to', rfc3339(u.redacted_at), array_to_json(u.redacted_fields), u.redaction_reason
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral (select goal_named(c, $6::jsonb->>'goal') as goal_id,
                            objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (
       select *
         from update_rows(c) u
        where ($6::jsonb->>'goal' is null or u.goal_id = named.goal_id)
          and ($6::jsonb->>'objective' is null or u.objective_id = named.objective_id)
          and ($6::jsonb->>'kind' is null or u.kind = $6::jsonb->>'kind')
          and ($6::jsonb->>'source' is null or u.source = $6::jsonb->>'source')
          and ($6::jsonb->>'since' is null or u.as_of >= ($6::jsonb->>'since')::date)
          and ($6::jsonb->>'until' is null or u.as_of <= ($6::jsonb->>'until')::date)
          and ($6::jsonb->>'updated_since' is null
               or u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz
                  and u.changed_known >= ($6::jsonb->>'updated_since')::timestamptz)
        order by u.as_of desc, u.id desc
       offset 0) u;

-- name: measures_sheet
select m.slug, m.name, m.unit, m.direction, m.baseline, m.baseline_on, m.target, m.target_on, m.lower_limit, m.upper_limit,
       m.data_source, m.description, array_to_json(m.objectives), (m.latest).as_of, (m.latest).actual, (m.latest).target,
       (m.latest).update_id, (a.attained).percent, (a.attained).within_limits::text, m.values_count, m.revision,
       rfc3339(m.archived_at), c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral (select objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (select * from measure_rows(c) offset 0) m
 cross join lateral (select attainment(m::measure_row, (m.latest).actual, (m.latest).target) as attained offset 0) a
 where ($6::jsonb->>'objective' is null
        or (named.objective_id is not null and $6::jsonb->>'objective' = any(m.objectives)))
   and ($6::jsonb->>'department' is null
        or m.objectives && array(select d.code from objective_departments(c) d
                                  where d.lead = $6::jsonb->>'department'
                                     or $6::jsonb->>'department' = any(d.supporting)))
 order by m.slug collate "C";

-- name: measure_values_sheet
select m.slug, v.as_of, v.actual, v.target, (a.attained).percent, (a.attained).within_limits::text, v.update_id, o.code,
       rfc3339(u.published_at), c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral (select measure_named(c, $6::jsonb->>'measure') as id offset 0) named
 cross join lateral (select * from measure_rows(c) r where r.id = named.id offset 0) m
  join measure_value v on v.measure_id = named.id
  join published_update u on u.id = v.update_id
  join objective o on o.id = u.objective_id
 cross join lateral (select attainment(m::measure_row, v.actual, v.target) as attained offset 0) a
 where v.as_of <= c.upto
   and stands(u, c)
   and ($6::jsonb->>'since' is null or v.as_of >= ($6::jsonb->>'since')::date)
   and ($6::jsonb->>'until' is null or v.as_of <= ($6::jsonb->>'until')::date)
 order by v.as_of desc, v.update_id desc;

-- name: departments_sheet
select d.slug, d.name, d.public_contact, array_to_json(d.leads), array_to_json(d.supports), d.revision, c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral department_rows(c) d
 where $6::jsonb is not null
 order by d.slug collate "C";

-- name: periods_sheet
select p.id, p.fiscal_year, p.quarter, p.starts_on, p.ends_on, p.grace_days, p.closes_on, p.state, rfc3339(p.closed_at),
       p.revision, c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral period_rows(c) p
 where $6::jsonb is not null
 order by p.year desc, p.quarter desc;

-- Of no plan and no day ($1 to $5), newest first, row by row from the key: the first comes at once,
-- however old the audit is. $7 is whose key asks.
-- name: audit_sheet
select e.id, rfc3339(e.at), e.action, e.entity, e.entity_id, p.slug, o.code, e.key_id, e.client, e.holder, e.request_id,
       e.detail
  from audit_event e
  left join plan p on p.id = e.plan_id
  left join objective o on o.id = e.objective_id
 where concat($1::text, $2::text, $3::text, $4::text, $5::text) is not null
   and audit_wanted(e, p.slug, $6::jsonb, $7::jsonb)
 order by e.id desc;

-- name: translations_sheet
select r.lang, r.entity, nullif(text_code(r), ''), r.field, r.source, r.text, r.reviewed::text, r.outdated::text, r.revision, r.made_from
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral translations_found(c, $6::jsonb) r
 order by r.nth, r.place collate "C";
