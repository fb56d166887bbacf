-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor $9 limit $10 known_at

-- name: departments_get
select department_doc(d, c)::text as doc, d.revision
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral department_rows(c) d
 where d.slug = $6::jsonb->>'slug';

-- name: departments_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5, $10) c
 cross join lateral (
       select department_doc(d, c)::text as doc, d.revision, d.slug as k1, null::text as k2
         from department_rows(c) d
        where $6::jsonb is not null
          and ($7::text is null or d.slug collate "C" > $7::text)
          and $8::text is null
        order by d.slug collate "C"
        limit $9::integer) l
 order by l.k1 collate "C";

-- name: departments_post
select status, location, revision, body, replayed from departments_post($1::jsonb, $2::jsonb);

-- name: departments_patch
select status, location, revision, body, replayed from departments_patch($1::jsonb, $2::jsonb);
