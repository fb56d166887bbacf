-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: updates_get
select doc, revision from updates_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: updates_get_natural
select doc, revision from updates_get_natural($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: updates_list
select doc, revision, k1, k2 from updates_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- A filter that is not given folds to true when the statement is planned with its values.
-- name: updates_count
select count(*) as n
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral (select goal_named(c, $6::jsonb->>'goal') as goal_id,
                            objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral update_rows(c) u
 where ($6::jsonb->>'goal' is null or u.goal_id = named.goal_id)
   and ($6::jsonb->>'objective' is null or u.objective_id = named.objective_id)
   and ($6::jsonb->>'kind' is null or u.kind = $6::jsonb->>'kind')
   and ($6::jsonb->>'source' is null or u.source = $6::jsonb->>'source')
   and ($6::jsonb->>'since' is null or u.as_of >= ($6::jsonb->>'since')::date)
   and ($6::jsonb->>'until' is null or u.as_of <= ($6::jsonb->>'until')::date)
   and ($6::jsonb->>'updated_since' is null
        or (u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz
            and u.changed_known >= ($6::jsonb->>'updated_since')::timestamptz));

-- name: updates_post
select status, location, revision, body, replayed from updates_post($1::jsonb, $2::jsonb);

-- name: updates_put_natural
select status, location, revision, body, replayed from updates_put_natural($1::jsonb, $2::jsonb);

-- name: updates_batch
select status, location, revision, body, replayed from updates_batch($1::jsonb, $2::jsonb);

-- name: open311_post
select status, location, revision, body, replayed from open311_post($1::jsonb, $2::jsonb);

-- name: updates_publication
select status, location, revision, body, replayed from updates_publication($1::jsonb, $2::jsonb);

-- name: updates_retraction
select status, location, revision, body, replayed from updates_retraction($1::jsonb, $2::jsonb);

-- name: updates_redaction
select status, location, revision, body, replayed from updates_redaction($1::jsonb, $2::jsonb);

-- name: updates_return
select status, location, revision, body, replayed from updates_return($1::jsonb, $2::jsonb);

-- name: updates_discard
select status, location, revision, body, replayed from updates_discard($1::jsonb, $2::jsonb);
