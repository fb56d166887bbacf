-- Export of periods: those that were edited or closed. A stored report goes as the text that it is.

create function export_periods(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(json_strip_nulls(row_to_json(d)) order by d.period))
      from (select r.period, r.starts_on, r.ends_on, r.grace_days, r.revision, precisely(r.closed_at) as closed_at, r.report
              from reporting_period r where r.plan_id = of_plan) d
$$;
