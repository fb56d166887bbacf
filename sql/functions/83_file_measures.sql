-- What is wrong with the measures of a file, and with what its updates measured.

-- The measures that the file's updates may speak of: as the file says, and else as the database does.
create function file_measures_known(known plan, parts file_part[]) returns measure_known[] language plpgsql stable as $$
declare
    stored measure_known[] := measures_known(known.id);
begin
    return array(
        select row(p.value->>'slug', array(select i.item #>> '{}' from items(p.value->'objectives') i),
                   case when p.value ? 'archived_at' then p.value->>'archived_at' is not null
                        else coalesce(s.archived, false) end)::measure_known
          from unnest(parts) p
          left join unnest(stored) s on s.slug = p.value->>'slug'
         where p.what = 'measure' and jsonb_typeof(p.value) = 'object' and p.value ? 'slug')
        || array(select s from unnest(stored) s
                  where not exists (select from unnest(parts) p where p.what = 'measure' and p.value->>'slug' = s.slug));
end $$;

-- With a state it is history: its measures must be there, whatever became of them since. One whose
-- measurements are not all sound in their shape is not judged further.
create function file_measurement_faults(today date, measures measure_known[], sound file_part[]) returns setof file_fault
language sql stable as $$
    with whole as (
        select regexp_replace(m.at, '/measurements/\d+$', '') as at, count(*) as n
          from unnest(sound) m where m.what = 'measurement' group by 1
    ), report as (
        select p.at, p.value, case when not p.value ? 'state' then p.value->>'objective' end as code, w.n
          from unnest(sound) p
          join whole w on w.at = p.at
         where p.what = 'update' and jsonb_typeof(p.value->'measurements') = 'array'
           and w.n = jsonb_array_length(p.value->'measurements')
    )
    select f->>'pointer', f->>'detail'
      from report r,
           jsonb_array_elements(measurement_faults(measurements_of(r.value->'measurements', (r.value->>'as_of')::date),
                                                   measures, r.code, today, r.at)) f
    union all
    select r.at || '/measurements', 'at most 50 measurements' from report r where r.n > 50
$$;

create function file_measure_faults(known plan, today date, parts file_part[], sound file_part[]) returns setof file_fault
language sql stable as $$
    with objective_known as (
        select p.value->>'code' as code from unnest(parts) p where p.what = 'objective'
        union select o.code from objective o where o.plan_id = known.id
    )
    select p.at || '/objectives/' || i.n, format('no objective %s', i.item #>> '{}')
      from unnest(sound) p, items(p.value->'objectives') i
     where p.what in ('measure', 'measure_history')
       and i.item #>> '{}' not in (select code from objective_known)
    union all
    select f->>'pointer', f->>'detail'
      from unnest(sound) p,
           jsonb_array_elements(measure_faults(jsonb_populate_record(null::measure_revision, p.value - 'history'), p.at)) f
     where p.what in ('measure', 'measure_history')
    union all
    select p.at || '/history', 'the history does not lead to this revision'
      from unnest(sound) p
     where p.what = 'measure' and p.value ? 'history'
       and (array(select (h.item->>'revision')::integer from items(p.value->'history') h order by h.n)
                is distinct from array(select generate_series(1, (p.value->>'revision')::integer))
            or not coalesce((p.value->'history'->-1)
                            - array['revision', 'recorded_at', 'key_id', 'client', 'holder', 'request_id'] <@ p.value, false))
    union all
    select * from file_measurement_faults(today, file_measures_known(known, parts), sound)
$$;
