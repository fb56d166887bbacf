-- Measurements within an update: from what was sent to what is kept, and what may be wrong with them.

-- What can be kept and given back as it was sent.
create function number_fault(n numeric) returns text language sql immutable as $$
    select case when abs(n) >= 1e15 or scale(n) > 12 then
           'a number has at most 15 digits before the point and 12 after it' end
$$;

-- As they are kept: every member there, in the order sent, each of its own day or else the update's.
create function measurements_of(list jsonb, as_of date) returns jsonb language plpgsql stable as $$
begin
    if coalesce(list, 'null') in ('null', '[]') then
        return '[]';
    end if;
    return (select jsonb_agg(jsonb_build_object('measure', m->>'measure', 'as_of', coalesce(m->>'as_of', as_of::text),
                                                'actual', m->'actual', 'target', coalesce(m->'target', 'null')) order by n)
              from jsonb_array_elements(list) with ordinality as t (m, n));
end $$;

-- What a measure must be for an update to speak of it.
create type measure_known as (slug text, objectives text[], archived boolean);

create function measures_known(plan_id bigint) returns measure_known[] language plpgsql stable as $$
begin
    return array(select row(m.slug, r.objectives, r.archived_at is not null)::measure_known
                   from measure m
                   join measure_revision r on r.measure_id = m.id and r.revision = m.revision
                  where m.plan_id = measures_known.plan_id);
end $$;

-- list as it is kept. code: of the update's objective; null for what was published before, which
-- stands even where the measure was archived or taken from the objective since.
create function measurement_faults(list jsonb, known measure_known[], code text, today date, at text) returns jsonb
language plpgsql stable as $$
begin
    if list = '[]' then
        return '[]';
    end if;
    return (
    with said as (
        select t.n - 1 as n, m->>'measure' as slug, (m->>'as_of')::date as as_of, (m->>'actual')::numeric as actual,
               (m->>'target')::numeric as target,
               row_number() over (partition by m->>'measure', m->>'as_of' order by t.n) as times
          from jsonb_array_elements(list) with ordinality as t (m, n)
    )
    select coalesce(jsonb_agg(fault(at || '/measurements/' || said.n || '/' || f.place, f.detail) order by said.n, f.place), '[]')
      from said
      left join unnest(known) k on k.slug = said.slug
     cross join lateral (values
           ('measure', case when k.slug is null then format('no measure %s', said.slug)
                            when code is not null and k.archived then format('measure %s is archived', said.slug)
                            when code <> all (k.objectives) then
                                 format('%s is not a measure of objective %s', said.slug, code)
                            when said.times > 1 then format('%s is measured twice for %s', said.slug, said.as_of) end),
           ('as_of', case when said.as_of > today then
                     format('%s is in the future: today is %s', said.as_of, today) end),
           ('actual', number_fault(said.actual)),
           ('target', number_fault(said.target))) f (place, detail)
     where f.detail is not null);
end $$;
