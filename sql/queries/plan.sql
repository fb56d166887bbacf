-- $1 plan $2 as_of $3 now $4 lang $5 include $6 known_at

-- name: plan_get
select doc, revision from plan_get($1, $2, $3, $4, $5, $6);

-- name: summary_get
select doc, revision from summary_get($1, $2, $3, $4, $5, $6);

-- Only whether the plan is there. $2 now
-- name: plan_check
select plan from context($1, null, $2, null, null);
