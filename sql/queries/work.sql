-- $1 plan $2 as_of $3 now $4 lang $5 include $6 filters $7 $8 cursor $9 limit $10 viewer

-- name: work_list
select doc, revision, k1, k2 from work_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- All of it as a table. $6 filters $7 viewer
-- name: work_sheet
select (w.item).reason, (w.item).code, (w.item).goal_number, (w.item).statement, (w.item).department, (w.item).since,
       (w.item).detail, (w.item).draft, (w.item).source, (w.item).lang, (w.item).texts, c.demo::text
  from context($1, $2, $3, $4, $5) c
 cross join lateral work_waiting(c, $7::jsonb, $6::jsonb) w
 order by w.k1 collate "C", w.k2 collate "C";

-- Days to come and gone by, of what is still open; each once, under a name that it keeps. $6 filters
-- $7 known_at
-- name: calendar_sheet
select d.name, d.day, d.kind, d.summary, '/objectives/' || o.code || c.suffix,
       to_char(o.edited_at at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral objective_rows(c) o
 cross join lateral (
       select c.plan || '-' || o.code || '-due' as name, o.due_on as day, 'due' as kind,
              format('%s is due: %s', o.code, o.statement) as summary
        where o.due_on is not null and o.status not in ('completed', 'ongoing')
       union all
       select c.plan || '-' || o.code || '-report', (o.schedule).next_update_due, 'report',
              format('%s: the next report is due', o.code)
        where (o.schedule).next_update_due is not null
       union all
       select format('%s-%s-milestone-%s-%s', c.plan, o.code, left(md5(m.title), 12), m.nth), m.due_on::date, 'milestone',
              format('%s: %s', o.code, m.title)
         from (select i->>'title' as title, i->>'due_on' as due_on, i->>'achieved_on' as achieved_on,
                      row_number() over (partition by i->>'title' order by n) as nth
                 from jsonb_array_elements(o.milestones) with ordinality as t (i, n)) m
        where m.due_on is not null and m.achieved_on is null) d
 where o.archived_at is null and o.status <> 'cancelled'
   and ($6::jsonb->>'goal' is null or o.goal_id = goal_named(c, $6::jsonb->>'goal'))
   and ($6::jsonb->>'department' is null
        or o.lead_department = $6::jsonb->>'department'
        or $6::jsonb->>'department' = any(o.supporting_departments))
 order by d.day, o.goal_number, o.number, d.name;

-- $1 plan $2 now $3 period
-- name: reminders
select department, name, contact, ends_on, closes_on, sent_at, code, statement, detail from reminders($1, $2, $3);

-- $1 plan $2 now $3 period $4 department
-- name: reminder_note
select note_reminder($1, $2, $3, $4);
