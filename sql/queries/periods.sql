-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args $7 known_at; of a list: $6 filters
-- $7 $8 cursor (fiscal year and quarter) $9 limit $10 known_at

-- name: periods_get
select period_doc(p, c)::text as doc, p.revision
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral period_named(c, $6::jsonb->>'period') p;

-- name: periods_list
select period_doc(p, c)::text as doc, p.revision, p.year::text as k1, p.quarter::text as k2
  from context($1, $2, $3, $4, $5, $10) c
 cross join lateral period_rows(c) p
 where $6::jsonb is not null
   and ($7::text is null or (p.year, p.quarter) < ($7::integer, $8::integer))
 order by p.year desc, p.quarter desc
 limit $9::integer;

-- name: periods_patch
select status, location, revision, body, replayed from periods_patch($1::jsonb, $2::jsonb);

-- name: periods_closing
select status, location, revision, body, replayed from periods_closing($1::jsonb, $2::jsonb);
