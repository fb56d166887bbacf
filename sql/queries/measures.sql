-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: measures_get
select measure_doc(m, c)::text as doc, m.revision
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral measure_rows(c) m
 where m.slug = $6::jsonb->>'slug';

-- name: measures_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5, $10) c
 cross join lateral (select objective_named(c, $6::jsonb->>'objective') as objective_id offset 0) named
 cross join lateral (
       select measure_doc(m, c)::text as doc, m.revision, m.slug as k1, null::text as k2
         from measure_rows(c) m
        where ($6::jsonb->>'objective' is null
               or (named.objective_id is not null and $6::jsonb->>'objective' = any(m.objectives)))
          and ($6::jsonb->>'department' is null
               or m.objectives && array(select d.code from objective_departments(c) d
                                         where d.lead = $6::jsonb->>'department'
                                            or $6::jsonb->>'department' = any(d.supporting)))
          and ($7::text is null or m.slug collate "C" > $7::text)
          and $8::text is null
        order by m.slug collate "C"
        limit $9::integer) l
 order by l.k1 collate "C";

-- name: measures_post
select status, location, revision, body, replayed from measures_post($1::jsonb, $2::jsonb);

-- name: measures_patch
select status, location, revision, body, replayed from measures_patch($1::jsonb, $2::jsonb);

-- name: measure_values_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5, $10) c
 cross join lateral (select measure_named(c, $6::jsonb->>'measure') as id offset 0) named
 cross join lateral (select * from measure_rows(c) r where r.id = named.id offset 0) m
 cross join lateral (
       select value_doc(m, v, u, o.code, c)::text as doc, 0 as revision, v.as_of, v.update_id,
              v.as_of::text as k1, v.update_id::text as k2
         from measure_value v
         join published_update u on u.id = v.update_id
         join objective o on o.id = u.objective_id
        where v.measure_id = named.id
          and v.as_of <= c.upto
          and stands(u, c)
          and ($6::jsonb->>'since' is null or v.as_of >= ($6::jsonb->>'since')::date)
          and ($6::jsonb->>'until' is null or v.as_of <= ($6::jsonb->>'until')::date)
          and ($7::text is null or (v.as_of, v.update_id) < ($7::date, $8::bigint))
        order by v.as_of desc, v.update_id desc
        limit $9::integer) l
 order by l.as_of desc, l.update_id desc;
