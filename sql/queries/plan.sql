-- $1 plan $2 as_of $3 now $4 lang $5 include

-- name: plan_get
select plan_doc(p, c)::text as doc, p.revision
  from context($1, $2, $3, $4, $5) c
  join plan p on p.id = c.plan_id;

-- name: summary_get
select summary_doc(p, c)::text as doc, 0 as revision
  from context($1, $2, $3, $4, $5) c
  join plan p on p.id = c.plan_id;

-- Only whether the plan is there. $2 now
-- name: plan_check
select plan from context($1, null, $2, null, null);
