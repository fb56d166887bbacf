-- Export of measures, in the order in which they were made. Values travel within their updates.

create function measure_history_doc(of_measure bigint) returns json language sql stable as $$
    select array_to_json(array_agg(h order by h.revision))
      from (select r.revision, precisely(r.recorded_at) as recorded_at, r.key_id, r.client, r.holder, r.request_id,
                   r.name, r.unit, r.direction, r.baseline, r.baseline_on, r.target, r.target_on, r.lower_limit, r.upper_limit,
                   r.data_source, r.description, r.objectives, precisely(r.archived_at) as archived_at
              from measure_revision r where r.measure_id = of_measure) h
$$;

create function export_measures(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(m.doc order by m.id))
      from (select m.id, row_to_json(d) as doc
              from measure m
              join measure_revision r on r.measure_id = m.id and r.revision = m.revision
             cross join lateral (
                   select m.slug, r.name, r.unit, r.direction, r.baseline, r.baseline_on, r.target, r.target_on, r.lower_limit,
                          r.upper_limit, r.data_source, r.description, r.objectives, precisely(r.archived_at) as archived_at,
                          m.revision, measure_history_doc(m.id) as history) d
             where m.plan_id = of_plan) m
$$;
