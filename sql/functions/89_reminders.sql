-- What each department is reminded of for a period: what waits with the objectives it leads, and the
-- drafts about them; and whether it was told already.

create type reminder_row as (
    department text,
    name       text,
    contact    text,
    ends_on    date,
    closes_on  date,
    sent_at    text,
    code       text,
    statement  text,
    detail     text
);

create function reminders(plan text, now text, period text) returns setof reminder_row language plpgsql stable as $$
declare
    c context := context(plan, null, now, null, null);
    p record;
begin
    select * into p from period_named(c, period);
    return query
    select d.slug, d.name, d.reporting_contact, p.ends_on, p.closes_on,
           (select rfc3339(max(a.at)) from audit_event a
             where a.entity = 'department' and a.entity_id = d.slug and a.action = 'remind' and a.plan_id = c.plan_id
               and a.detail->>'period' = p.id),
           w.code, w.statement,
           case w.reason
               when 'contradictory' then 'status and dates disagree: ' || w.detail
               when 'draft'         then format('draft %s %s', w.draft, w.detail)
               when 'returned'      then format('draft %s came back: %s', w.draft, w.detail)
               else concat_ws(', ', w.detail, 'since ' || w.since) end
      from department d
      join (select * from objectives_waiting(c, null, greatest(p.ends_on - c.day, 0))
            union all select * from drafts_waiting(c, '{}')) w on w.department = d.slug
     where d.plan_id = c.plan_id and w.reason <> 'ownerless'
     order by d.slug, w.goal_number, w.number, w.reason, w.draft;
end $$;

create function note_reminder(plan text, now text, period text, department text) returns boolean language plpgsql as $$
declare
    c context := context(plan, null, now, null, null);
    a author  := importer();
begin
    a.client := 'remind';
    perform audit(a, 'remind', 'department', department, c.plan_id, null, jsonb_build_object('period', period));
    return true;
end $$;
