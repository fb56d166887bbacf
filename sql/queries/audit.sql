-- As any list, with whose key asks as the last parameter. No plan and no day narrows what was done.

-- name: audit_list
select doc, revision, k1, k2 from audit_list($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::integer, $10::jsonb);
