-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: plans_get
select doc, revision from plans_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: plans_list
select doc, revision, k1, k2 from plans_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- name: plans_post
select status, location, revision, body, replayed from plans_post($1::jsonb, $2::jsonb);

-- name: plans_patch
select status, location, revision, body, replayed from plans_patch($1::jsonb, $2::jsonb);
