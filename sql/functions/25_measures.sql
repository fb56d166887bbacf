-- Measures and their values: the edit fields in force, and what the effective updates measured.
-- Stands before the objectives, whose documents may include them.

create type measure_row as (
    id           bigint,
    slug         text,
    revision     integer,
    name         text,
    unit         text,
    direction    text,
    baseline     numeric,
    baseline_on  date,
    target       numeric,
    target_on    date,
    lower_limit  numeric,
    upper_limit  numeric,
    data_source  text,
    description  text,
    objectives   text[],
    archived_at  timestamptz,
    latest       measure_value,  -- of the effective updates; null: nobody has measured
    values_count bigint
);

-- Whether what an update measured stands: by all that is recorded, or by what was known.
create function stands(u published_update, c context) returns boolean language sql stable as $$
    select case when c.known_at is null then u.effective
                else stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at) end
$$;

create function measure_rows(c context) returns setof measure_row language sql stable as $$
    select m.id, m.slug, r.revision, r.name, r.unit, r.direction, r.baseline, r.baseline_on, r.target, r.target_on,
           r.lower_limit, r.upper_limit, r.data_source, r.description, r.objectives, r.archived_at,
           (select v from measure_value v join published_update u on u.id = v.update_id
             where v.measure_id = m.id and v.as_of <= c.upto and stands(u, c)
             order by v.as_of desc, v.update_id desc limit 1),
           (select count(*) from measure_value v join published_update u on u.id = v.update_id
             where v.measure_id = m.id and v.as_of <= c.upto and stands(u, c))
      from measure m
      join measure_revision r
        on r.measure_id = m.id
       and r.revision = case when c.known_at is not null then known_measure_revision(m.id, c)
                             when c.edited_before is null then m.revision
                             else coalesce((select max(h.revision) from measure_revision h
                                             where h.measure_id = m.id and h.recorded_at < c.edited_before), 1) end
     where m.plan_id = c.plan_id
$$;

create function measure_named(c context, slug text) returns bigint language plpgsql stable as $$
declare
    found_id bigint;
begin
    select m.id into found_id from measure m where m.plan_id = c.plan_id and m.slug = measure_named.slug;
    if found_id is null then
        perform problem(404, format('no measure %s', slug));
    end if;
    return found_id;
end $$;

-- How far a value has gone from the baseline to the target, which the value itself may have set.
-- One decimal, as it is: below 0 where things went the wrong way, above 100 beyond the target.
-- What is to be maintained has no percent. Null where nothing was measured, and each part null
-- where what it needs is missing: nothing is made up.
create type attainment_doc as (percent numeric, formula text, within_limits boolean);

create function attainment(m measure_row, actual numeric, target numeric) returns attainment_doc language sql immutable as $$
    select case when actual is not null then row(
        case when m.direction <> 'maintain' then
             trim_scale(round(100 * (actual - m.baseline) / nullif(coalesce(target, m.target) - m.baseline, 0), 1)) end,
        case when m.direction <> 'maintain' then '(actual - baseline) / (target - baseline)'
             else 'lower_limit <= actual <= upper_limit' end,
        case when coalesce(m.lower_limit, m.upper_limit) is not null then
             coalesce(actual >= m.lower_limit, true) and coalesce(actual <= m.upper_limit, true) end)::attainment_doc end
$$;

create type latest_value_doc as (as_of date, actual numeric, target numeric, update text);
create type measure_links as (self text, "values" text);

create type measure_doc as (
    slug         text,
    name         text,
    unit         text,
    direction    text,
    baseline     numeric,
    baseline_on  date,
    target       numeric,
    target_on    date,
    lower_limit  numeric,
    upper_limit  numeric,
    data_source  text,
    description  text,
    objectives   text[],
    latest       latest_value_doc,
    attainment   attainment_doc,
    values_count bigint,
    revision     integer,
    archived_at  text,
    demo         boolean,
    links        measure_links
);

-- plpgsql, so that the latest value is looked for once and not at each of its columns.
create function measure_doc(m measure_row, c context) returns json language plpgsql stable as $$
declare
    v measure_value := m.latest;
begin
    return row_to_json(row(
        m.slug, m.name, m.unit, m.direction, m.baseline, m.baseline_on, m.target, m.target_on, m.lower_limit, m.upper_limit,
        m.data_source, m.description, m.objectives,
        case when v.update_id is not null then row(v.as_of, v.actual, v.target, v.update_id::text)::latest_value_doc end,
        attainment(m, v.actual, v.target), m.values_count, m.revision, rfc3339(m.archived_at), c.demo,
        row('/measures/' || m.slug || c.suffix, '/measures/' || m.slug || '/values' || c.suffix)::measure_links)::measure_doc);
end $$;

create type value_doc as (
    measure     text,
    as_of       date,
    actual      numeric,
    target      numeric,
    attainment  attainment_doc,
    update      text,
    objective   text,
    recorded_at text,
    demo        boolean
);

create function value_doc(m measure_row, v measure_value, u published_update, code text, c context) returns json
language sql stable as $$
    select row_to_json(row(m.slug, v.as_of, v.actual, v.target, attainment(m, v.actual, v.target), v.update_id::text, code,
                           rfc3339(u.published_at), c.demo)::value_doc)
$$;

-- The measures of one objective as a list, for an objective that includes them; without those that
-- are archived.
create function measures_of(code text, c context) returns json language plpgsql stable as $$
begin
    return (select coalesce(array_to_json(array_agg(measure_doc(m, c) order by m.slug)), '[]')
              from measure_rows(c) m
             where code = any(m.objectives) and m.archived_at is null);
end $$;
