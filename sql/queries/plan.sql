-- $1 plan $2 as_of $3 now $4 lang $5 include $6 known_at

-- name: plan_get
select doc, revision from plan_get($1, $2, $3, $4, $5, $6);

-- name: summary_get
select doc, revision from summary_get($1, $2, $3, $4, $5, $6);

-- What a catalogue says: modified is the last change of its words, its measures or its updates.
-- name: catalog_get
select row_to_json(h)::text as doc, 0 as revision
  from context($1, $2, $3, $4, $5, $6) c
  join plan p on p.id = c.plan_id
 cross join lateral (
       select p.slug as plan, p.title, p.organization, p.demo,
              rfc3339(greatest(
                  p.changed_at,
                  (select max(u.changed_at) from published_update u where u.plan_id = p.id),
                  (select max(r.recorded_at) from goal g join goal_revision r on r.goal_id = g.id where g.plan_id = p.id),
                  (select max(r.recorded_at) from objective o join objective_revision r on r.objective_id = o.id
                    where o.plan_id = p.id),
                  (select max(r.recorded_at) from measure m join measure_revision r on r.measure_id = m.id
                    where m.plan_id = p.id))) as modified) h;

-- Only whether the plan is there. $2 now
-- name: plan_check
select plan from context($1, null, $2, null, null);
