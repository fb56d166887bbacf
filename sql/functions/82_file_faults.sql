-- What is wrong with a file, all of it at once: first each object's shape, then what the sound
-- objects say together and against what the database holds.

create type file_fault as (at text, detail text);

create function reads_as(value text, rule text) returns boolean language plpgsql stable as $$
begin
    case rule
        when 'date' then return value ~ '^\d{4}-\d\d-\d\d$' and value::date is not null;
        when 'time' then return value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$'
                            and value::timestamptz is not null;
        when 'zone' then return (timestamp '2026-01-01' at time zone value) is not null;
        else
            return case when rule ~ '^\d+$'        then length(value) <= rule::integer
                        when rule ~ '^stated \d+$' then value ~ '\S' and length(value) <= substr(rule, 8)::integer
                        else value ~ rule end;
    end case;
exception when data_exception then
    return false;
end $$;

create function holds_strings(list jsonb) returns boolean language sql immutable as $$
    select coalesce(bool_and(jsonb_typeof(item) = 'string'), true) from items(list)
$$;

-- A value against its row of the field table; null: nothing is wrong.
create function value_fault(value jsonb, need text, type text, rule text) returns text language plpgsql stable as $$
begin
    if value is null then
        return case when need = 'required' then 'is required' end;
    elsif value = 'null' then
        return case when need <> 'nullable' then 'must not be null' end;
    elsif jsonb_typeof(value) <> all (string_to_array(type, '|')) then
        return format('%s expected', replace(type, '|', ' or '));
    elsif rule = 'integer' then
        return case when value::numeric <> trunc(value::numeric) or value::numeric not between 1 and 100000 then
               'a whole number from 1 to 100000 expected' end;
    elsif rule = 'strings' then
        return case when not holds_strings(value) then 'strings expected' end;
    elsif rule is not null and not reads_as(value #>> '{}', rule) then
        return case when rule in ('date', 'time', 'zone') then format('not a %s', rule)
                    when rule = '\S' then 'must not be blank'
                    when rule ~ '^\d+$' then format('longer than %s characters', rule)
                    when rule ~ '^stated' then format('1 to %s characters expected', substr(rule, 8))
                    else format('must match %s', rule) end;
    end if;
    return null;
end $$;

-- `part` is the object that the fault lies in: the other checks leave it out.
create function shape_faults(parts file_part[]) returns table (at text, detail text, part text) language sql stable as $$
    select p.at, 'object expected', p.at from unnest(parts) p where jsonb_typeof(p.value) <> 'object'
    union all
    select p.at || '/' || replace(replace(k, '~', '~0'), '/', '~1'), 'no such field', p.at
      from unnest(parts) p, jsonb_object_keys(case when jsonb_typeof(p.value) = 'object' then p.value else '{}' end) k
     where not exists (select from file_fields() f where f.what = p.what and f.name = k)
    union all
    select p.at || '/' || f.name, v.detail, p.at
      from unnest(parts) p
      join file_fields() f on f.what = p.what
     cross join lateral value_fault(p.value->f.name, f.need, f.type, f.rule) v (detail)
     where jsonb_typeof(p.value) = 'object' and v.detail is not null
$$;

-- The same natural key twice in one file.
create function double_faults(parts file_part[]) returns setof file_fault language sql stable as $$
    select d.at || '/' || d.field, format('%s twice in the file', d.name)
      from (select k.at, k.field, k.name,
                   row_number() over (partition by k.what, k.within, k.name order by k.n) as times
              from (select p.what, p.at, p.n, f.field,
                           case when f.within_parent then regexp_replace(p.at, '/\d+$', '') else '' end as within,
                           case when f.field = 'external_id' then p.value->>'source' || '/' || (p.value->>'external_id')
                                else p.value->>f.field end as name
                      from unnest(parts) with ordinality p (what, at, value, n)
                      join (values ('department', 'slug', false), ('event', 'position', false), ('goal', 'number', false),
                                   ('objective', 'code', false), ('action', 'position', true), ('measure', 'slug', false),
                                   ('reporting_period', 'period', false),
                                   ('update', 'id', false), ('update', 'external_id', false)) f (what, field, within_parent) using (what)
                     where f.field <> 'external_id' or not p.value ? 'state') k
             where k.name is not null) d
     where d.times > 1
$$;

create function plan_faults(doc jsonb, known plan, parts file_part[]) returns setof file_fault language sql stable as $$
    select '#/plan', format('no plan %s', doc->>'plan')
     where jsonb_typeof(doc->'plan') = 'string' and known.id is null
    union all
    select '#/plan/state', format('plan %s is active', p.slug)
      from plan p
     where doc->'plan'->>'state' = 'active' and p.state = 'active' and p.id is distinct from known.id
    union all
    select p.at || '/ends_on', 'ends before its start'
      from unnest(parts) p where p.what = 'plan' and p.value->>'ends_on' < p.value->>'starts_on'
    union all
    select '#/plan/fiscal_year_start', 'a month is 1 to 12' where (doc->'plan'->>'fiscal_year_start')::numeric > 12
    union all
    select '#/demo', format('plan %s is %s demo', known.slug, case when known.demo then 'a' else 'no' end)
     where known.demo <> coalesce((doc->>'demo')::boolean, false)
    union all
    -- Invented updates and real ones never share a database.
    select '#/demo', format('the database holds %s', case when other.demo then 'demo updates' else 'updates that are no demo' end)
      from (select distinct p.demo from plan p
             where p.demo <> coalesce((doc->>'demo')::boolean, false)
               and (exists (select from published_update u where u.plan_id = p.id)
                    or exists (select from draft_update d where d.plan_id = p.id))) other
$$;

-- `sound` is judged; names are looked for in all parts, so that one fault does not make others.
create function structure_faults(known plan, parts file_part[], sound file_part[]) returns setof file_fault
language sql stable as $$
    with department_known as (
        select p.value->>'slug' as slug from unnest(parts) p where p.what = 'department'
        union select d.slug from department d where d.plan_id = known.id
    )
    select o.at || '/code', format('objective %s lies under goal %s', o.value->>'code', g.value->>'number')
      from unnest(sound) o
      join unnest(parts) g on g.what = 'goal' and g.at = regexp_replace(o.at, '/objectives/\d+$', '')
     where o.what = 'objective'
       and jsonb_typeof(g.value->'number') = 'number'
       and split_part(o.value->>'code', '.', 1) <> g.value->>'number'
    union all
    select p.at || '/lead_department', format('no department %s', p.value->>'lead_department')
      from unnest(sound) p
     where p.what in ('objective', 'objective_history')
       and p.value->>'lead_department' is not null
       and p.value->>'lead_department' not in (select slug from department_known)
    union all
    select p.at || '/supporting_departments/' || i.n, format('no department %s', i.item #>> '{}')
      from unnest(sound) p, items(p.value->'supporting_departments') i
     where p.what in ('objective', 'objective_history')
       and i.item #>> '{}' not in (select slug from department_known)
    union all
    -- In a file the target may come with it; in an old revision too, as no objective ever goes.
    select p.at || '/objective',
           case when p.value->>'objective' = o.value->>'code' then 'an objective has no relationship to itself'
                else format('no objective %s', p.value->>'objective') end
      from unnest(sound) p
      join unnest(parts) o on o.what = 'objective' and starts_with(p.at, o.at || '/')
     where p.what = 'relationship'
       and (p.value->>'objective' = o.value->>'code'
            or not exists (select from unnest(parts) x where x.what = 'objective' and x.value->>'code' = p.value->>'objective')
               and not exists (select from objective x where x.plan_id = known.id and x.code = p.value->>'objective'))
    union all
    select f->>'pointer', f->>'detail'
      from unnest(sound) p, jsonb_array_elements(jsonb_build_array() ||
           case when p.what in ('goal', 'goal_history')
                then goal_faults(patched(null::goal_revision, p.value - 'history' - 'objectives'), p.at)
                else objective_faults(patched(null::objective_revision, p.value - 'history' - 'actions'), p.at) end) f
     where p.what in ('goal', 'goal_history', 'objective', 'objective_history')
    union all
    -- A history is whole: 1, 2, 3 … up to the revision in force, which says what the object says.
    select p.at || '/history', 'the history does not lead to this revision'
      from unnest(sound) p
     where p.what in ('goal', 'objective') and p.value ? 'history'
       and (array(select (h.item->>'revision')::integer from items(p.value->'history') h order by h.n)
                is distinct from array(select generate_series(1, (p.value->>'revision')::integer))
            or not coalesce((p.value->'history'->-1)
                            - array['revision', 'recorded_at', 'key_id', 'client', 'holder', 'request_id'] <@ p.value, false))
$$;
