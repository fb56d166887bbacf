-- Reporting periods: the quarters of the plan's fiscal years that have begun. They follow from the
-- calendar; a row is kept of what was edited or closed.

-- Whole months since the fiscal year's first month, counted from the year 0.
create function fiscal_months(day date, year_start integer) returns integer language sql immutable as $$
    select (extract(year from day) * 12 + extract(month from day))::integer - year_start
$$;

create function quarter_start(day date, year_start integer) returns date language sql immutable as $$
    select make_date((m - m % 3 + year_start - 1) / 12, (m - m % 3 + year_start - 1) % 12 + 1, 1)
      from (select fiscal_months(day, year_start) as m) months
$$;

-- "2026-27": by the year in which it begins and the next, wherever in the year it begins.
create function fiscal_year_name(year integer) returns text language sql immutable as $$
    select lpad(year::text, 4, '0') || '-' || lpad(((year + 1) % 100)::text, 2, '0')
$$;

-- Days after the end in which reports about a quarter may still come in, where nobody has said.
create function usual_grace() returns integer language sql immutable as $$ select 14 $$;

create type period_row as (
    id          text,
    fiscal_year text,
    year        integer,
    quarter     integer,
    starts_on   date,
    ends_on     date,
    grace_days  integer,
    closes_on   date,          -- the first day on which it can be closed
    state       text,          -- open in_grace due closed
    closed_at   timestamptz,
    revision    integer
);

-- From when on a plan has periods: its start, else the first thing that is known of it.
create function first_day(p plan, c context) returns date language plpgsql stable as $$
begin
    return coalesce(p.starts_on, least((p.created_at at time zone p.time_zone)::date,
                                       (select u.as_of from published_update u
                                         where u.plan_id = p.id and u.published_at <= c.known_upto
                                         order by u.as_of limit 1)));
end $$;

-- Those begun by the day that is asked for. What is closed stays, should the plan's span change.
create function period_rows(c context) returns setof period_row language plpgsql stable as $$
begin
    return query
    with span as (
        select p.fiscal_year_start::integer as month,
               quarter_start(least(first_day(p, c), min(r.starts_on)), p.fiscal_year_start) as first,
               least(c.day, greatest(coalesce(p.ends_on, 'infinity'), max(r.starts_on))) as last
          from plan p
          left join reporting_period r on r.plan_id = p.id
         where p.id = c.plan_id
         group by p.id
    ), quarters as (
        select d::date as first, fiscal_months(d::date, s.month) as months
          from span s
         cross join generate_series(s.first::timestamp, s.last::timestamp, interval '3 months') d
    ), named as (
        select q.first, q.months / 12 as year, q.months % 12 / 3 + 1 as quarter,
               (q.first + interval '3 months')::date - 1 as last,
               fiscal_year_name(q.months / 12) || '-Q' || q.months % 12 / 3 + 1 as id
          from quarters q
    )
    select n.id, fiscal_year_name(n.year), n.year, n.quarter, n.first, n.last, g.days, n.last + g.days + 1,
           case when k.closed_at is not null     then 'closed'
                when c.day <= n.last             then 'open'
                when c.day <= n.last + g.days    then 'in_grace'
                else 'due' end,
           k.closed_at, coalesce(r.revision, 1)
      from named n
      left join reporting_period r on r.plan_id = c.plan_id and r.period = n.id
     cross join lateral (select coalesce(r.grace_days, usual_grace()) as days) g
     cross join lateral (select case when r.closed_at <= c.known_upto and (r.closed_at < c.edited_before) is not false
                                     then r.closed_at end as closed_at) k;
end $$;

create function period_named(c context, id text) returns period_row language plpgsql stable as $$
declare
    p period_row;
begin
    select * into p from period_rows(c) r where r.id = period_named.id;
    if not found then
        perform problem(404, format('no period %s has begun', id));
    end if;
    return p;
end $$;

create type period_links as (self text, report text);

create type period_doc as (
    id          text,
    fiscal_year text,
    quarter     integer,
    starts_on   date,
    ends_on     date,
    grace_days  integer,
    closes_on   date,
    state       text,
    closed_at   text,
    revision    integer,
    demo        boolean,
    links       period_links
);

create function period_doc(p period_row, c context) returns json language sql stable as $$
    select row_to_json(row(
        p.id, p.fiscal_year, p.quarter, p.starts_on, p.ends_on, p.grace_days, p.closes_on, p.state, rfc3339(p.closed_at),
        p.revision, c.demo,
        row('/periods/' || p.id || c.suffix, '/reports/' || p.id || c.suffix)::period_links)::period_doc)
$$;
