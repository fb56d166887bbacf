-- Keys, for the command line; and the look-up of the service.

create type key_row as (
    id text, client_id bigint, client text, sha256 text, scopes text, source text, objective_ids text, objectives text,
    holder text, department text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz, state text
);

-- Lists as comma lists, for C. The clock here is the database's: a key's life is its business.
create function key_rows() returns setof key_row language sql stable as $$
    select k.id, k.client_id, c.name, k.sha256, array_to_string(k.scopes, ','), k.source,
           array_to_string(k.objective_ids, ','),
           (select string_agg(o.code, ',' order by o.goal_number, o.number) from objective o where o.id = any(k.objective_ids)),
           k.holder, c.department, k.created_at, k.expires_at, k.revoked_at,
           case when k.revoked_at is not null then 'revoked'
                when k.expires_at <= clock_timestamp() then 'expired'
                else 'live' end
      from api_key k
      join api_client c on c.id = k.client_id
$$;

create function key_lookup(id text)
returns table (client_id bigint, sha256 text, scopes text, source text, objective_ids text, objective_codes text,
               holder text, expires_at text, state text)
language sql stable as $$
    select k.client_id, k.sha256, k.scopes, k.source, k.objective_ids, k.objectives, k.holder, rfc3339(k.expires_at), k.state
      from key_rows() k
     where k.id = key_lookup.id
$$;

-- What a key may know of itself; never its hash.
create type key_doc as (
    id text, client text, holder text, department text, source text, scopes text[], objectives text[],
    created_at text, expires_at text
);

create function key_self(id text) returns text language sql stable as $$
    select row_to_json(row(k.id, k.client, k.holder, k.department, k.source, string_to_array(k.scopes, ','),
                           string_to_array(k.objectives, ','), rfc3339(k.created_at), rfc3339(k.expires_at))::key_doc)::text
      from key_rows() k
     where k.id = key_self.id and k.state = 'live'
$$;

create function key_list()
returns table (id text, client text, source text, scopes text, objectives text, holder text, department text,
               created_at text, expires_at text, state text)
language sql stable as $$
    select k.id, k.client, k.source, k.scopes, k.objectives, k.holder, k.department,
           rfc3339(k.created_at), rfc3339(k.expires_at), k.state
      from key_rows() k
     order by k.client, k.created_at, k.id
$$;

-- The ids of objectives named by code in the active plan, or in the plan that `plan` names.
create function objectives_by_code(k jsonb) returns bigint[] language plpgsql stable as $$
declare
    c   context;
    ids bigint[];
begin
    if coalesce(k->'objectives', 'null') in ('null', '[]') then
        return null;
    end if;
    c := context(k->>'plan', null, clock_timestamp()::text, null, null);
    perform refuse_if(coalesce(jsonb_agg(fault('#/objectives/' || (t.n - 1), format('no objective %s', t.code)) order by t.n),
                               '[]'))
       from jsonb_array_elements_text(k->'objectives') with ordinality as t (code, n)
      where not exists (select from objective o where o.plan_id = c.plan_id and o.code = t.code);
    select array_agg(o.id order by o.id) into ids
      from objective o where o.plan_id = c.plan_id and k->'objectives' ? o.code;
    return ids;
end $$;

-- {id, sha256, client, scopes, source, objectives, holder, department, expires_at, plan}. A client
-- has two live keys at most: the old one and the one that takes over.
create function key_create(k jsonb)
returns table (id text, client text, source text, scopes text, objectives text, holder text, expires_at text)
language plpgsql as $$
declare
    client_key bigint;
begin
    insert into api_client as t (name, department)
    values (k->>'client', k->>'department')
    on conflict (name) do update set department = coalesce(excluded.department, t.department)
    returning t.id into client_key;

    if (select count(*) from key_rows() r where r.client_id = client_key and r.state = 'live') >= 2 then
        perform problem(409, format('%s has two live keys: revoke one first', k->>'client'));
    end if;
    insert into api_key (id, client_id, sha256, scopes, source, objective_ids, holder, expires_at)
    values (k->>'id', client_key, k->>'sha256', array(select jsonb_array_elements_text(k->'scopes')), k->>'source',
            objectives_by_code(k), k->>'holder', (k->>'expires_at')::timestamptz);
    insert into audit_event (action, entity, entity_id, client, holder, detail)
    values ('create', 'key', k->>'id', k->>'client', k->>'holder', k - 'sha256');
    return query select r.id, r.client, r.source, r.scopes, r.objectives, r.holder, rfc3339(r.expires_at)
                   from key_rows() r where r.id = k->>'id';
end $$;

create function key_revoke(id text) returns table (id_ text, client text, holder text, revoked_at text) language plpgsql as $$
begin
    update api_key k set revoked_at = clock_timestamp() where k.id = key_revoke.id and k.revoked_at is null;
    if found then
        insert into audit_event (action, entity, entity_id) values ('revoke', 'key', id);
    elsif not exists (select from api_key k where k.id = key_revoke.id) then
        perform problem(404, format('no key %s', id));
    end if;
    return query select r.id, r.client, r.holder, rfc3339(r.revoked_at) from key_rows() r where r.id = key_revoke.id;
end $$;
