-- $1 plan $2 as_of (never given) $3 now $4 lang $5 include $6 args (of a sheet and of the difference: filters) $7 known_at

-- name: reports_get
select doc, revision from reports_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- Every figure of the report; once it is closed also as today's knowledge makes it.
-- name: reports_sheet
select r.doc->>'period', f.part, f.item, f.name, (f.stated).before #>> '{}', (f.stated).now #>> '{}',
       case when x.is_closed then (f.restated).before #>> '{}' end, case when x.is_closed then (f.restated).now #>> '{}' end,
       r.doc->>'before_as_of', r.doc->>'as_of', r.doc->>'known_at', r.doc->>'state', c.demo::text
  from context($1, $2, $3, $4, $5, $7) c
 cross join lateral period_named(c, $6::jsonb->>'period') p
 cross join lateral (select p.state = 'closed' as is_closed) x
 cross join lateral (select report_of(p, c)::jsonb as doc offset 0) r
 cross join lateral (select case when x.is_closed then report_doc(p, c, c.known_at)::jsonb else r.doc end as doc offset 0) t
 cross join lateral figures_beside(r.doc, t.doc) f
 order by f.n;

-- name: diff_get
select doc, revision from diff_get($1, $2, $3, $4, $5, $6::jsonb, $7);
