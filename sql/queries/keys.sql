-- name: key_lookup
select client_id, sha256, scopes, source, objective_ids, objective_codes, holder, expires_at, state
  from key_lookup($1);

-- name: key_self
select key_self($1) as doc;

-- name: key_create
select id, client, source, scopes, objectives, holder, expires_at from key_create($1::jsonb);

-- name: key_list
select id, client, source, scopes, objectives, holder, department, created_at, expires_at, state from key_list();

-- name: key_revoke
select id_ as id, client, holder, revoked_at from key_revoke($1);
