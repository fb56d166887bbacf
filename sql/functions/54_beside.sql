-- What stood on one day beside what stood on another: the report of a quarter, and the difference of
-- any two days. Everything is read as the other documents read it, so that each number can be
-- fetched again by its link.

-- The same plan seen from another day (null: from today), by what was recorded by another moment.
create function seen_from(c context, day date, known_at timestamptz) returns context language plpgsql immutable as $$
begin
    c.as_of         := day;
    c.upto          := coalesce(day, 'infinity');
    c.edited_before := (day + 1)::timestamp at time zone c.time_zone;
    c.known_at      := seen_from.known_at;
    c.known_upto    := coalesce(date_trunc('milliseconds', c.known_at) + interval '999 microseconds', 'infinity');
    c.day           := coalesce(day, c.today);
    c.include       := '{}';
    return c;
end $$;

create type standing_doc as (
    percent numeric, percent_is_minimum boolean, reported integer, total integer, status text, status_counts json
);
create type beside_doc as (before standing_doc, now standing_doc);

create function standing_of(p plan_progress_doc) returns standing_doc language sql immutable as $$
    select row(p.percent, p.percent_is_minimum, p.reported, p.total, p.status, p.status_counts)::standing_doc
$$;

create function standing_of(g goal_row) returns standing_doc language sql immutable as $$
    select row(percent_out(g.percent, g.is_complete), g.is_minimum, g.reported, g.total,
               overall_status(g.counts, g.total, cardinality(g.counted)), status_counts_doc(g.counts))::standing_doc
$$;

create type goal_beside as (number integer, statement text, before standing_doc, now standing_doc);

-- Null on the side on which there was no such goal yet.
create function goals_beside(before goal_row[], now goal_row[]) returns json language sql immutable as $$
    select coalesce(array_to_json(array_agg(
               row(coalesce(n.number, b.number), coalesce(n.statement, b.statement),
                   case when b.number is not null then standing_of(b) end,
                   case when n.number is not null then standing_of(n) end)::goal_beside
               order by coalesce(n.number, b.number))), '[]')
      from unnest(before) b full join unnest(now) n on n.number = b.number
$$;

create type objective_standing as (status text, percent_complete numeric, is_overdue boolean, is_stale boolean);
create type field_change as (field text, before json, now json);
create type objective_beside as (
    code text, goal integer, statement text, before objective_standing, now objective_standing, changes field_change[]
);

create function standing_of(o objective_row) returns objective_standing language sql immutable as $$
    select row(o.status, trim_scale(o.percent), (o.schedule).is_overdue, (o.schedule).is_stale)::objective_standing
$$;

-- What moved: how it stands, its dates, its words, whether it counts.
create function objective_changes(b objective_row, n objective_row) returns field_change[] language sql stable as $$
    select coalesce(array_agg(row(f.field, f.before, f.now)::field_change order by f.n), '{}')
      from (values (1, 'status',           to_json(b.status),                  to_json(n.status)),
                   (2, 'percent_complete', to_json(trim_scale(b.percent)),     to_json(trim_scale(n.percent))),
                   (3, 'start_on',         to_json(b.start_on),                to_json(n.start_on)),
                   (4, 'due_on',           to_json(b.due_on),                  to_json(n.due_on)),
                   (5, 'statement',        to_json(b.statement),               to_json(n.statement)),
                   (6, 'description',      to_json(b.description),             to_json(n.description)),
                   (7, 'weight',           to_json(trim_scale(b.weight)),      to_json(trim_scale(n.weight))),
                   (8, 'archived',         to_json(b.archived_at is not null), to_json(n.archived_at is not null))
           ) f (n, field, before, now)
     where b.id is not null and n.id is not null and f.before::text is distinct from f.now::text
$$;

create function objectives_beside(b context, n context) returns objective_beside[] language plpgsql stable as $$
begin
    return (select coalesce(array_agg(row(coalesce(y.code, x.code), coalesce(y.goal_number, x.goal_number),
                                          coalesce(y.statement, x.statement),
                                          case when x.id is not null then standing_of(x) end,
                                          case when y.id is not null then standing_of(y) end,
                                          objective_changes(x, y))::objective_beside
                                      order by coalesce(y.goal_number, x.goal_number), coalesce(y.number, x.number)), '{}')
              from objective_rows(b) x full join objective_rows(n) y on y.id = x.id);
end $$;

-- Updates about these days, by what has become of each (their `state`), and by kind.
create type update_counts as (total bigint, published bigint, superseded bigint, retracted bigint, kinds json);
create type kind_counts as (progress bigint, note bigint, service_status bigint);

create function updates_between(c context, first date, last date) returns update_counts language plpgsql stable as $$
begin
    return (select row(count(*), count(*) filter (where u.state = 'published'), count(*) filter (where u.state = 'superseded'),
                       count(*) filter (where u.state = 'retracted'),
                       row_to_json(row(count(*) filter (where u.kind = 'progress'), count(*) filter (where u.kind = 'note'),
                                       count(*) filter (where u.kind = 'service_status'))::kind_counts))::update_counts
              from update_rows(c) u
             where u.as_of between first and last);
end $$;

-- "?as_of=…&known_at=…&plan=…" and what else is given.
create function link_to(path text, c context, more text default '') returns text language sql stable as $$
    select path || '?' || concat_ws('&', nullif(more, ''), case when c.as_of is not null then 'as_of=' || c.as_of end,
                                    'known_at=' || rfc3339(c.known_at), nullif(substr(c.suffix, 2), ''))
$$;
