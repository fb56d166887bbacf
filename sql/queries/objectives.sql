-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: objectives_get
select doc, revision from objectives_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- name: objectives_list
select doc, revision, k1, k2 from objectives_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- A filter that is not given folds to true when the statement is planned with its values.
-- name: objectives_count
select count(*) as n
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral objective_rows(c) o
 where ($6::jsonb->>'goal' is null or o.goal_id = goal_named(c, $6::jsonb->>'goal'))
   and ($6::jsonb->>'status' is null or o.status = $6::jsonb->>'status')
   and ($6::jsonb->>'department' is null
        or o.lead_department = $6::jsonb->>'department'
        or $6::jsonb->>'department' = any(o.supporting_departments))
   and ($6::jsonb->>'tag' is null or $6::jsonb->>'tag' = any(o.tags))
   and ($6::jsonb->>'q' is null
        or position(lower($6::jsonb->>'q') in lower(concat_ws(' ', o.code, o.statement, o.description))) > 0
        or is_translated_so(o.translated, $6::jsonb->>'q'))
   and ($6::jsonb->>'overdue' is null or (o.schedule).is_overdue = ($6::jsonb->>'overdue')::boolean)
   and ($6::jsonb->>'stale' is null or (o.schedule).is_stale = ($6::jsonb->>'stale')::boolean)
   and (funding_wanted($6::jsonb) is null or o.funding @> funding_wanted($6::jsonb))
   and ($6::jsonb->>'updated_since' is null
        or o.edited_at >= ($6::jsonb->>'updated_since')::timestamptz
        or o.id in (select u.objective_id from published_update u
                     where u.plan_id = c.plan_id
                       and u.changed_at >= ($6::jsonb->>'updated_since')::timestamptz
                       and (c.known_at is null
                            or last_known(c.known_upto, u.published_at, u.superseded_at, u.retracted_at, u.redacted_at)
                               >= ($6::jsonb->>'updated_since')::timestamptz)));

-- name: objectives_patch
select status, location, revision, body, replayed from objectives_patch($1::jsonb, $2::jsonb);
