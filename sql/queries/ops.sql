-- name: ready
select ready() as ok;

-- name: idempotency_sweep
select idempotency_sweep($1::timestamptz) as n;

-- $1 the lowest xid not yet looked past (empty at first): the changes since then, oldest first.
-- horizon is the $1 of the next look; every row may come twice, none is missed.
-- name: changes_since
select id, xid, at, entity, entity_id, op, plan, objective from changes_since($1);

-- name: changes_horizon
select pg_snapshot_xmin(pg_current_snapshot())::text as horizon;

-- name: change_look
select snapshot, identity, entities, day_ends, redacted from change_look($1, $2);

-- $1 and $2 are snapshots, $3 the most rows.
-- name: changes_between
select xid, plan, active, doc from changes_between($1, $2, $3::integer);

-- $1 days, 0: for ever; $2 the most rows.
-- name: change_sweep
select change_sweep($1::integer, $2::integer) as n;

-- $1 plan $2 now $3 filters $4 $5 where the puller stands (null: nowhere) $6 limit
-- name: changes_page
select doc, place, rest, has_more, is_snapshot, reset from pull_page($1, $2, $3::jsonb, $4, $5, $6::integer);

-- Outside of every write's transaction: inside it would make commits queue.
-- name: change_tell
select pg_notify($1, '');

-- name: import_file
select kind, subject, n, detail from import_file($1::jsonb, $2::timestamptz, $3::boolean, $4::boolean);

-- name: export_file
select export_file($1) as doc;
