-- The lists among an objective's edit fields: how they are kept, and what is wrong with them. A list
-- is replaced as a whole.

-- Each element with all its members and no others, so that saying nothing and saying null are one.
create function kept_list(list jsonb, variadic members text[]) returns jsonb language plpgsql immutable as $$
begin
    if list is null or list in ('[]', 'null') then
        return '[]';
    end if;
    return (select jsonb_agg((select jsonb_object_agg(m, coalesce(i->m, 'null')) from unnest(members) m) order by n)
              from jsonb_array_elements(list) with ordinality as t (i, n));
end $$;

-- Who edits a list whose amounts are hidden has read null for them: that must not blank them. An
-- amount that is stated replaces; a link that is left out goes.
create function with_hidden_amounts(list jsonb, old jsonb) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(t.i || jsonb_build_object(
                        'budgeted', coalesce(nullif(t.i->'budgeted', 'null'), known->'budgeted'),
                        'spent',    coalesce(nullif(t.i->'spent', 'null'), known->'spent')) order by t.n), '[]')
      from jsonb_array_elements(list) with ordinality as t (i, n)
      left join jsonb_array_elements(old) known
        on (known->>'fiscal_year', known->>'gl_account') = (t.i->>'fiscal_year', t.i->>'gl_account')
       and known->>'project_string' is not distinct from t.i->>'project_string'
$$;

-- The same thing twice in a list: the second is at fault.
create function double_item_faults(list jsonb, name text, at text, variadic members text[]) returns jsonb
language sql immutable as $$
    select coalesce(jsonb_agg(fault(at || '/' || name || '/' || d.n - 1,
                                    format('the same %s as before', array_to_string(members, ', '))) order by d.n), '[]')
      from (select t.n, row_number() over (partition by array(select t.i->>m from unnest(members) m) order by t.n) as times
              from jsonb_array_elements(list) with ordinality as t (i, n)) d
     where d.times > 1
$$;

-- 2026-27: two years that follow each other; null of what has not that shape.
create function is_fiscal_year(value text) returns boolean language sql immutable as $$
    select case when value ~ '^\d{4}-\d\d$'
                then (substr(value, 3, 2)::integer + 1) % 100 = substr(value, 6, 2)::integer end
$$;

create function is_amount(value numeric) returns boolean language sql immutable as $$
    select abs(value) < 1000000000000 and value = round(value, 2)
$$;

create function funding_faults(funding jsonb, at text) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(f.fault order by f.n), '[]')
      from (select t.n, fault(at || '/funding/' || t.n - 1 || '/fiscal_year', 'not a fiscal year such as 2026-27') as fault
              from jsonb_array_elements(funding) with ordinality as t (i, n)
             where not is_fiscal_year(t.i->>'fiscal_year')
             union all
            select t.n, fault(at || '/funding/' || t.n - 1 || '/' || m, 'an amount is below a million million, in cents')
              from jsonb_array_elements(funding) with ordinality as t (i, n), unnest(array['budgeted', 'spent']) m
             where jsonb_typeof(t.i->m) = 'number' and not is_amount((t.i->>m)::numeric)) f
$$;

create function list_faults(r objective_revision, at text) returns jsonb language plpgsql immutable as $$
declare
    faults jsonb := '[]';
    l      record;
begin
    for l in values ('milestones', r.milestones), ('relationships', r.relationships), ('funding', r.funding),
                    ('external_refs', r.external_refs)
    loop
        if jsonb_array_length(l.column2) > 50 then
            faults := faults || fault(at || '/' || l.column1, 'at most 50 items');
        end if;
    end loop;
    return faults || funding_faults(r.funding, at)
        || double_item_faults(r.relationships, 'relationships', at, 'type', 'objective')
        || double_item_faults(r.funding, 'funding', at, 'fiscal_year', 'gl_account', 'project_string')
        || double_item_faults(r.external_refs, 'external_refs', at, 'system', 'type', 'id');
end $$;

-- Another objective of the same plan.
create function relationship_faults(r objective_revision, own text, at text) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(fault(at || '/relationships/' || t.n - 1 || '/objective',
                                    case when t.i->>'objective' = own then 'an objective has no relationship to itself'
                                         else format('no objective %s', t.i->>'objective') end) order by t.n), '[]')
      from jsonb_array_elements(r.relationships) with ordinality as t (i, n)
     where t.i->>'objective' = own
        or not exists (select from objective o where o.plan_id = r.plan_id and o.code = t.i->>'objective')
$$;
