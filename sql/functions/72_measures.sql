-- Measures are founded and edited like the plan's own words: every revision is kept.

-- Rules of a measure's fields, shared with the import.
create function measure_faults(r measure_revision, at text) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(fault(at || '/' || f.place, f.detail) order by f.n), '[]')
      from (values
           (1, 'name', case when coalesce(r.name, '') !~ '\S' then 'a measure has a name' end),
           (2, 'unit', case when coalesce(r.unit, '') !~ '\S' then 'a measure has a unit' end),
           (3, 'direction', case when r.direction is null then 'a measure has a direction' end),
           (4, 'baseline', number_fault(r.baseline)),
           (5, 'target', number_fault(r.target)),
           (6, 'target_on', case when r.target_on < r.baseline_on then format('before its baseline on %s', r.baseline_on) end),
           (7, 'lower_limit', number_fault(r.lower_limit)),
           (8, 'upper_limit', coalesce(number_fault(r.upper_limit),
                                       case when r.upper_limit < r.lower_limit then
                                            format('below the lower limit %s', r.lower_limit) end)),
           (9, 'data_source', case when r.data_source !~ '\S' then 'a data source says something, or is null' end),
           (10, 'description', case when r.description !~ '\S' then 'a description says something, or is null' end),
           (11, 'objectives', case when coalesce(cardinality(r.objectives), 0) = 0 then
                                   'a measure is of one objective at least' end)) f (n, place, detail)
     where f.detail is not null
$$;

-- The place of a fault is that in the list as it was sent.
create function measure_objective_faults(list jsonb, of_plan bigint, at text) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(fault(at || '/objectives/' || (t.n - 1), format('no objective %s', t.code)) order by t.n), '[]')
      from jsonb_array_elements_text(case when jsonb_typeof(list) = 'array' then list else '[]' end)
           with ordinality as t (code, n)
     where not exists (select from objective o where o.plan_id = of_plan and o.code = t.code)
$$;

-- A set of codes, in the order of the plan.
create function sorted_codes(codes text[]) returns text[] language sql immutable as $$
    select coalesce(array_agg(distinct_code order by string_to_array(distinct_code, '.')::integer[]), '{}')
      from (select distinct unnest(codes) as distinct_code) d
$$;

create function patched(r measure_revision, body jsonb) returns measure_revision language plpgsql stable as $$
begin
    r            := jsonb_populate_record(r, body - 'archived');
    r.objectives := sorted_codes(r.objectives);
    if body ? 'archived' then
        r.archived_at := case when (body->>'archived')::boolean then coalesce(r.archived_at, clock_timestamp()) end;
    end if;
    return r;
end $$;

-- A key with a list of objectives must cover all that the measure is of, before and after.
create function hold_to_measure(a author, of_plan bigint, codes text[]) returns void language plpgsql stable as $$
begin
    perform hold_to_reach(a, o.id, o.code) from objective o where o.plan_id = of_plan and o.code = any(codes);
end $$;

-- Stamps the next revision of a measure and keeps it.
create function keep_revision(m measure, new measure_revision, a author) returns measure_revision language plpgsql as $$
begin
    new.measure_id  := m.id;
    new.revision    := m.revision;
    new.recorded_at := clock_timestamp();
    new.key_id      := a.key_id;
    new.client      := a.client;
    new.holder      := a.holder;
    new.request_id  := a.request_id;
    insert into measure_revision select new.*;
    return new;
end $$;

create function edit_measure(m measure, old measure_revision, new measure_revision, a author) returns void
language plpgsql as $$
begin
    m.revision := m.revision + 1;
    new        := keep_revision(m, new, a);
    update measure t set revision = m.revision where t.id = m.id;
    perform audit(a, 'edit', 'measure', m.slug, m.plan_id, null, differences(to_jsonb(old), to_jsonb(new)));
    perform announce('measure', m.slug, 'changed', m.plan_id, null);
end $$;

create function answer_measure(q jsonb, a author, c context, status integer, id bigint) returns written language plpgsql as $$
begin
    return (select answer(q, a, answer_measure.status,
                          case when answer_measure.status = 201 then '/measures/' || m.slug || c.suffix end,
                          m.revision, measure_doc(m, c))
              from measure_rows(c) m where m.id = answer_measure.id);
end $$;

create function measures_post(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    m   measure;
    new measure_revision;
begin
    if w.replayed then
        return w;
    end if;
    c   := context_of(q);
    new := patched(null::measure_revision, body);
    perform refuse_if(unknown_fields(body, 'slug', 'name', 'unit', 'direction', 'baseline', 'baseline_on', 'target', 'target_on',
                                     'lower_limit', 'upper_limit', 'data_source', 'description', 'objectives')
                      || measure_faults(new, '#') || measure_objective_faults(body->'objectives', c.plan_id, '#'));
    perform hold_to_measure(a, c.plan_id, new.objectives);

    insert into measure (plan_id, slug) values (c.plan_id, body->>'slug')
    on conflict on constraint measure_slug_is_unique do nothing
    returning * into m;
    if m.id is null then
        perform problem(409, format('the plan has a measure %s', body->>'slug'), '#/slug',
                        location => '/measures/' || (body->>'slug') || c.suffix);
    end if;
    new := keep_revision(m, new, a);
    perform audit(a, 'create', 'measure', m.slug, c.plan_id, null, differences('{}', jsonb_strip_nulls(to_jsonb(new)) - 'measure_id'));
    perform announce('measure', m.slug, 'created', c.plan_id, null);
    return answer_measure(q, a, c, 201, m.id);
end $$;

create function measures_patch(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a   author  := authorise(q, 'edit');
    w   written := replay(q, a);
    c   context;
    m   measure;
    old measure_revision;
    new measure_revision;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    select * into m from measure t where t.plan_id = c.plan_id and t.slug = q->'args'->>'slug' for no key update;
    if not found then
        perform problem(404, format('no measure %s', q->'args'->>'slug'));
    end if;
    select * into old from measure_revision r where r.measure_id = m.id and r.revision = m.revision;
    perform hold_to_measure(a, c.plan_id, old.objectives);
    perform hold_to_revision(q, m.revision);

    perform refuse_if(unknown_fields(body, 'name', 'unit', 'direction', 'baseline', 'baseline_on', 'target', 'target_on',
                                     'lower_limit', 'upper_limit', 'data_source', 'description', 'objectives', 'archived'));
    new := patched(old, body);
    perform refuse_if(measure_faults(new, '#') || measure_objective_faults(body->'objectives', c.plan_id, '#'));
    perform hold_to_measure(a, c.plan_id, new.objectives);
    if new is distinct from old then
        perform edit_measure(m, old, new, a);
    end if;
    return answer_measure(q, a, c, 200, m.id);
end $$;
