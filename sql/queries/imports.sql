-- $1 the call, $2 the table as src/model/import.c has read it.

-- name: imports_post
select status, location, revision, body, replayed from imports_post($1::jsonb, $2::jsonb);

-- name: imports_operate
select status, location, revision, body, replayed from imports_operate($1::jsonb, $2::jsonb);

-- As every read's; most of it means nothing here. $6 names the import.
-- name: imports_get
select doc, revision from imports_get($1, $2, $3, $4, $5, $6::jsonb, $7);

-- No row: nothing waits, or another is at it.
-- name: import_begin
select id from import_begin() id;

-- $1 the import $2 now
-- name: import_run
select state, rows from import_run($1::bigint, $2);

-- name: import_release
select id from import_release($1::bigint) id;
