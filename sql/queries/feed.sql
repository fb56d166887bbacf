-- Updates for subscribers: what came, was corrected or retracted last comes first, so that nobody
-- who looks at the first page now and then misses it.
-- $1 plan $2 as_of $3 now $4 lang $5 include $6 filters $7 known_at; of a page: $7 $8 cursor $9 limit $10 known_at

-- name: feed_head
select row_to_json(h)::text as doc, 0 as revision
  from context($1, $2, $3, $4, $5, $7) c
  join plan p on p.id = c.plan_id
 cross join lateral (select p.slug as plan, p.title, p.organization, p.demo, rfc3339(p.created_at) as founded) h
 where $6::jsonb is not null;

-- name: updates_feed
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5, $10) c
 cross join lateral (select goal_named(c, $6::jsonb->>'goal') as goal_id,
                            objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (
       select json_with(update_doc(u, c), 'changed_at', to_json(rfc3339(u.changed_at)))::text as doc, 0 as revision,
              u.changed_at, u.id,
              (extract(epoch from u.changed_at) * 1000000)::bigint::text as k1, u.id::text as k2
         from update_rows(c) u
        where ($6::jsonb->>'goal' is null or u.goal_id = named.goal_id)
          and ($6::jsonb->>'objective' is null or u.objective_id = named.objective_id)
          and ($6::jsonb->>'kind' is null or u.kind = $6::jsonb->>'kind')
          and ($6::jsonb->>'source' is null or u.source = $6::jsonb->>'source')
          and ($6::jsonb->>'since' is null or u.as_of >= ($6::jsonb->>'since')::date)
          and ($6::jsonb->>'until' is null or u.as_of <= ($6::jsonb->>'until')::date)
          and ($6::jsonb->>'updated_since' is null
               or u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz)
          and ($7::text is null
               or (u.changed_at, u.id)
                  < (timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8::bigint))
        order by u.changed_at desc, u.id desc
        limit $9::integer) l
 order by l.changed_at desc, l.id desc;
