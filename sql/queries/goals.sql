-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: goals_get
select doc, revision from goals_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: goals_list
select doc, revision, k1, k2 from goals_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- name: goals_patch
select status, location, revision, body, replayed from goals_patch($1::jsonb, $2::jsonb);
