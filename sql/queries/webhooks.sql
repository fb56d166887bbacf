-- As the plan's resources; $1 to $5 and the last mean nothing here. $6 names the subscription.

-- name: webhooks_get
select doc, revision from webhooks_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: webhooks_list
select doc, revision, k1, k2 from webhooks_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- name: webhooks_post
select status, location, revision, body, replayed from webhooks_post($1::jsonb, $2::jsonb);

-- name: webhooks_patch
select status, location, revision, body, replayed from webhooks_patch($1::jsonb, $2::jsonb);

-- name: webhooks_rotate
select status, location, revision, body, replayed from webhooks_rotate($1::jsonb, $2::jsonb);

-- name: webhooks_remove
select status, location, revision, body, replayed from webhooks_remove($1::jsonb, $2::jsonb);

-- name: webhooks_test
select status, location, revision, body, replayed from webhooks_test($1::jsonb, $2::jsonb);

-- name: deliveries_list
select doc, revision, k1, k2 from deliveries_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- name: deliveries_replay
select status, location, revision, body, replayed from deliveries_replay($1::jsonb, $2::jsonb);

-- $1 for how many seconds. No row: nothing is due.
-- name: delivery_lease
select id, lease, webhook, message, type, url, secrets, body, attempt, sent_at from delivery_lease($1::integer);

-- $1 delivery $2 lease $3 status or null $4 error or null $5 milliseconds until the next attempt or null
-- name: delivery_settle
select outcome, disabled from delivery_settle($1::bigint, $2::uuid, $3::integer, $4, $5::bigint);

-- name: deliveries_sweep
select deliveries_sweep($1::timestamptz) as n;
