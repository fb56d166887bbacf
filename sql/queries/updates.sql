-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args; of a list: $6 filters $7 $8 cursor $9 limit
-- A filter that is not given folds to true when the statement is planned with its values, so that
-- each filter finds its own index. Names are looked up once, before the scan.

-- name: updates_get
select update_doc(u, c)::text as doc, 0 as revision
  from context($1, $2, $3, $4, $5) c
 cross join lateral update_rows(c) u
 where u.id = ($6::jsonb->>'id')::bigint;

-- name: updates_get_natural
select update_doc(u, c)::text as doc, 0 as revision
  from context($1, $2, $3, $4, $5) c
 cross join lateral update_rows(c) u
 where u.id = natural_head(c.plan_id, $6::jsonb->>'source', $6::jsonb->>'external_id');

-- name: updates_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5) c
 cross join lateral (select goal_named(c, $6::jsonb->>'goal') as goal_id,
                            objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (
       select update_doc(u, c)::text as doc, 0 as revision, u.as_of, u.id, u.as_of::text as k1, u.id::text as k2
         from update_rows(c) u
        where ($6::jsonb->>'goal' is null or u.goal_id = named.goal_id)
          and ($6::jsonb->>'objective' is null or u.objective_id = named.objective_id)
          and ($6::jsonb->>'kind' is null or u.kind = $6::jsonb->>'kind')
          and ($6::jsonb->>'source' is null or u.source = $6::jsonb->>'source')
          and ($6::jsonb->>'since' is null or u.as_of >= ($6::jsonb->>'since')::date)
          and ($6::jsonb->>'until' is null or u.as_of <= ($6::jsonb->>'until')::date)
          and ($6::jsonb->>'updated_since' is null
               or u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz)
          and ($7::text is null or (u.as_of, u.id) < ($7::date, $8::bigint))
        order by u.as_of desc, u.id desc
        limit $9::integer) l
 order by l.as_of desc, l.id desc;

-- name: updates_count
select count(*) as n
  from context($1, $2, $3, $4, $5) c
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
        or u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz);

-- name: updates_post
select status, location, revision, body, replayed from updates_post($1::jsonb, $2::jsonb);

-- name: updates_put_natural
select status, location, revision, body, replayed from updates_put_natural($1::jsonb, $2::jsonb);

-- name: updates_publication
select status, location, revision, body, replayed from updates_publication($1::jsonb, $2::jsonb);

-- name: updates_retraction
select status, location, revision, body, replayed from updates_retraction($1::jsonb, $2::jsonb);

-- name: updates_discard
select status, location, revision, body, replayed from updates_discard($1::jsonb, $2::jsonb);
