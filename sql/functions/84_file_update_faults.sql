-- What is wrong with the updates of a file; then all faults together.

-- With a state it is history, restored under its own id and as it was.
create function restored_update_faults(known plan, parts file_part[]) returns setof file_fault language sql stable as $$
    with restored as (
        select p.at, p.value, p.value->>'state' as state, (p.value->>'id')::bigint as id,
               (p.value->>'supersedes')::bigint as supersedes, (p.value->>'superseded_by')::bigint as superseded_by
          from unnest(parts) p where p.what = 'update' and p.value ? 'state'
    )
    select r.at || '/' || need.field, format('required with the state %s', r.state)
      from restored r
      join (values ('id', '.'), ('created_at', '.'), ('changed_at', '.'), ('published_at', '^(published|superseded|retracted)$'),
                   ('superseded_at', '^superseded$'), ('superseded_by', '^superseded$'), ('retracted_at', '^retracted$'),
                   ('retraction_reason', '^retracted$'), ('revision', '^(draft|returned|discarded)$'),
                   ('returned_at', '^returned$'), ('discarded_at', '^discarded$')) need (field, states)
        on r.state ~ need.states and r.value->>need.field is null
    union all
    select r.at || '/supersedes', format('no update %s that update %s supersedes', r.supersedes, r.id)
      from restored r
     where r.supersedes is not null
       and not exists (select from restored x where x.id = r.supersedes and x.value->>'objective' = r.value->>'objective'
                          and (x.superseded_by = r.id or r.state in ('draft', 'returned', 'discarded')))
       and not exists (select from published_update u where u.id = r.supersedes and u.plan_id = known.id
                          and (u.superseded_by = r.id or r.state in ('draft', 'returned', 'discarded')))
    union all
    select r.at || '/superseded_by', format('no update %s that supersedes update %s', r.superseded_by, r.id)
      from restored r
     where r.superseded_by is not null
       and not exists (select from restored x where x.id = r.superseded_by and x.supersedes = r.id
                          and x.value->>'objective' = r.value->>'objective')
       and not exists (select from published_update u where u.id = r.superseded_by and u.supersedes = r.id)
    union all
    select r.at || '/id', format('update %s is in the database and says something else', r.id)
      from restored r
      join published_update u on u.id = r.id
      join objective o on o.id = u.objective_id
     where u.plan_id is distinct from known.id
        or (o.code, u.as_of, u.kind, u.summary, u.source) is distinct from
           (r.value->>'objective', (r.value->>'as_of')::date, r.value->>'kind', r.value->>'summary', r.value->>'source')
    union all
    select r.at || '/id', format('draft %s is in the database and of another plan', r.id)
      from restored r join draft_update d on d.id = r.id where d.plan_id is distinct from known.id
    union all
    select r.at || '/external_id',
           format('%s/%s is in the database under another id', r.value->>'source', r.value->>'external_id')
      from restored r
     where r.state in ('published', 'retracted') and r.superseded_by is null and r.value->>'external_id' is not null
       and exists (select from published_update u
                    where u.plan_id = known.id and u.source = r.value->>'source' and u.external_id = r.value->>'external_id'
                      and u.id <> r.id and u.superseded_at is null)
$$;

create function file_update_faults(known plan, today date, parts file_part[], sound file_part[]) returns setof file_fault
language sql stable as $$
    with report as (
        select p.at, p.value, jsonb_populate_record(null::update_body, p.value) as body,
               p.value->>'state' as state, (p.value->>'id')::bigint as id
          from unnest(sound) p where p.what = 'update'
    ), objective_known as (
        select p.value->>'code' as code from unnest(parts) p where p.what = 'objective'
        union select o.code from objective o where o.plan_id = known.id
    )
    select f->>'pointer', f->>'detail'
      from report r, jsonb_array_elements(content_faults(r.body, today, r.at)) f
    union all
    select r.at || '/objective', format('no objective %s', r.value->>'objective')
      from report r where r.value->>'objective' not in (select code from objective_known)
    union all
    -- Without a state it is a report, known again by its natural key.
    select r.at || '/external_id', 'a report without an external_id would come twice'
      from report r where r.state is null and r.value->>'external_id' is null
    union all
    select r.at || '/' || k, 'only with a state'
      from report r, jsonb_object_keys(r.value) k
     where r.state is null
       and k in ('id', 'created_at', 'published_at', 'changed_at', 'superseded_at', 'superseded_by', 'retracted_at',
                 'retraction_reason', 'redacted_at', 'redaction_reason', 'redacted_fields', 'revision', 'returned_at',
                 'return_comment', 'discarded_at', 'supersedes', 'key_id', 'client', 'holder', 'request_id')
    union all
    select r.at || '/objective', format('%s/%s is reported about another objective', r.value->>'source', r.value->>'external_id')
      from report r
      join published_update u on u.id = natural_head(known.id, r.value->>'source', r.value->>'external_id')
      join objective o on o.id = u.objective_id
     where r.state is null and o.code <> r.value->>'objective'
    union all
    select * from restored_update_faults(known, sound)
$$;

-- All faults, in the order of the file. A number in a pointer sorts as a number.
create function file_faults(doc jsonb, known plan, now timestamptz) returns setof file_fault language plpgsql stable as $$
declare
    parts  file_part[] := array(select p from file_parts(doc) p);
    faults file_fault[];
    broken text[];
    sound  file_part[];
    zone   text;
begin
    select array_agg(row(s.at, s.detail)::file_fault), array_agg(distinct s.part) into faults, broken from shape_faults(parts) s;
    -- An update with a faulty field is still judged by its other fields, so that all its faults come at once.
    sound := array(select p from unnest(parts) p where p.at <> all (coalesce(broken, '{}')))
          || array(select row(p.what, p.at, p.value - array(select substr(f.at, length(p.at) + 2)
                                                              from unnest(faults) f where starts_with(f.at, p.at || '/')))::file_part
                     from unnest(parts) p
                    where p.what = 'update' and p.at = any (broken) and jsonb_typeof(p.value) = 'object');
    zone  := case when '#/plan' = any(broken) then 'UTC'
                  else coalesce(doc->'plan'->>'time_zone', known.time_zone, 'America/Los_Angeles') end;

    faults := faults || array(select f from double_faults(sound) f);
    faults := faults || array(select f from structure_faults(known, parts, sound) f);
    faults := faults || array(select f from file_update_faults(known, (now at time zone zone)::date, parts, sound) f
                               where f.at not in (select x.at from unnest(faults) x));
    faults := faults || array(select f from file_period_faults(known, sound) f);
    faults := faults || array(select f from file_measure_faults(known, (now at time zone zone)::date, parts, sound) f);
    faults := faults || array(select f from file_translation_faults(known, parts, sound) f);
    if not coalesce(broken && '{#,#/plan}', false) then
        faults := faults || array(select f from plan_faults(doc, known, sound) f);
    end if;
    return query select f.at, f.detail
                   from unnest(faults) f
                  group by f.at, f.detail
                  order by regexp_replace(regexp_replace(f.at, '(\d+)', '00000\1', 'g'), '0*(\d{6})', '\1', 'g'), f.detail;
end $$;
