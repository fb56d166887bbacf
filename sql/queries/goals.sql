-- $1 plan $2 as_of $3 now $4 lang $5 include $6 args; of a list: $6 filters $7 $8 cursor $9 limit

-- name: goals_get
select goal_doc(g, c)::text as doc, g.revision
  from context($1, $2, $3, $4, $5) c
 cross join lateral goal_rows(c) g
 where g.number::text = $6::jsonb->>'number';

-- name: goals_list
select l.doc, l.revision, l.k1, l.k2
  from context($1, $2, $3, $4, $5) c
 cross join lateral (
       select goal_doc(g, c)::text as doc, g.revision, g.number, g.number::text as k1, null::text as k2
         from goal_rows(c) g
        where $6::jsonb is not null
          and ($7::text is null or g.number > $7::integer)
          and $8::text is null
        order by g.number
        limit $9::integer) l
 order by l.number;

-- name: goals_patch
select status, location, revision, body, replayed from goals_patch($1::jsonb, $2::jsonb);
