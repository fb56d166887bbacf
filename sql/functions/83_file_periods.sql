-- What is wrong with the periods of a file. A stored report comes as the text that it is, so that not a
-- byte of it changes on the way.

-- Whether it is what closing this period could have stored, as far as its members and their types say.
create function is_report_of(report text, period text) returns boolean language plpgsql stable as $$
declare
    doc jsonb;
begin
    doc := report;
    return coalesce(doc->>'period' = is_report_of.period and doc->>'state' = 'closed'
                    and doc ?& array['progress', 'goals', 'objectives', 'updates']
                    and to_jsonb(jsonb_populate_record(null::report_doc, doc)) @> doc, false);
exception when data_exception then
    return false;
end $$;

create function file_period_faults(known plan, sound file_part[]) returns setof file_fault language sql stable as $$
    with period as (
        select p.at, p.value, p.value->>'period' as name, p.value->>'report' as report, p.value->>'closed_at' as closed_at
          from unnest(sound) p where p.what = 'reporting_period'
    )
    select p.at || '/grace_days', '1 to 180 days' from period p where (p.value->>'grace_days')::integer > 180
    union all
    select p.at || '/ends_on', 'ends before its start' from period p where p.value->>'ends_on' <= p.value->>'starts_on'
    union all
    select p.at || '/closed_at', 'stands with the report, or neither does'
      from period p where (p.closed_at is null) <> (p.report is null)
    union all
    select p.at || '/report', format('no report of %s as it is stored at closing', p.name)
      from period p where p.report is not null and not is_report_of(p.report, p.name)
    union all
    select p.at || '/report', format('period %s was closed here with another report', p.name)
      from period p
      join reporting_period r on r.plan_id = known.id and r.period = p.name
     where r.closed_at is not null and p.closed_at is not null
       and row(r.starts_on, r.ends_on, r.grace_days, r.closed_at, r.report)
           is distinct from
           row((p.value->>'starts_on')::date, (p.value->>'ends_on')::date, (p.value->>'grace_days')::integer,
               p.closed_at::timestamptz, p.report)
$$;
