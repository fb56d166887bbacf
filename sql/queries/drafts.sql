-- As updates, with who asks as the last parameter: {"source":null|"x","objective_ids":null|[…]}.
-- Only for a key; what it may not see is not there.

-- name: drafts_get
select draft_doc(d, c)::text as doc, d.revision
  from context($1, $2, $3, $4, $5) c
 cross join lateral draft_rows(c) d
 where d.id = ($6::jsonb->>'id')::bigint
   and draft_is_visible(d.source, d.objective_id, $7::jsonb);

-- name: drafts_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5) c
 cross join lateral (select goal_named(c, $6::jsonb->>'goal') as goal_id,
                            objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (
       select draft_doc(d, c)::text as doc, d.revision, d.as_of, d.id, d.as_of::text as k1, d.id::text as k2
         from draft_rows(c) d
        where d.state <> 'discarded'
          and draft_is_visible(d.source, d.objective_id, $10::jsonb)
          and ($6::jsonb->>'goal' is null or d.goal_id = named.goal_id)
          and ($6::jsonb->>'objective' is null or d.objective_id = named.objective_id)
          and ($6::jsonb->>'kind' is null or d.kind = $6::jsonb->>'kind')
          and ($6::jsonb->>'source' is null or d.source = $6::jsonb->>'source')
          and ($6::jsonb->>'since' is null or d.as_of >= ($6::jsonb->>'since')::date)
          and ($6::jsonb->>'until' is null or d.as_of <= ($6::jsonb->>'until')::date)
          and ($6::jsonb->>'updated_since' is null
               or d.changed_at >= ($6::jsonb->>'updated_since')::timestamptz)
          and ($7::text is null or (d.as_of, d.id) < ($7::date, $8::bigint))
        order by d.as_of desc, d.id desc
        limit $9::integer) l
 order by l.as_of desc, l.id desc;

-- name: drafts_put
select status, location, revision, body, replayed from drafts_put($1::jsonb, $2::jsonb);
