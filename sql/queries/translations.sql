-- $1 plan $2 as_of $3 now $4 lang $5 include $6 filters $7 $8 cursor $9 limit $10 known_at

-- name: translations_list
select doc, revision, k1, k2 from translations_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10);

-- name: translations_post
select status, location, revision, body, replayed from translations_post($1::jsonb, $2::jsonb);

-- $1 {"items":[…]} $2 plan $3 now $4 whether they came with the service
-- name: import_translations
select kind, subject, n, detail from import_translations($1::jsonb, $2, $3::timestamptz, $4::boolean);
