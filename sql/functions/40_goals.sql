-- Goals and their roll-up. The answer carries the whole sum, so that a resident can redo it.

create type counted_objective as (code text, weight numeric, percent numeric);
create type excluded_objective as (code text, reason text);

-- How many objectives stand where, most severe first.
create type status_counts as (
    off_track integer, at_risk integer, on_hold integer, on_track integer, completed integer,
    not_started integer, no_information integer, ongoing integer, cancelled integer
);

create type goal_row as (
    id                bigint,
    number            integer,
    revision          integer,
    statement         text,
    short_name        text,
    short_name_source text,
    weight            numeric,
    counted           counted_objective[],
    excluded          excluded_objective[],
    reported          integer,           -- counted objectives with a percent
    total             integer,           -- objectives that are not archived
    percent           numeric,           -- Σ(weight·percent)/Σ(weight), unrounded, unreported as 0
    is_minimum        boolean,           -- a counted objective has not said its percent
    is_complete       boolean,           -- every counted objective is at 100
    counts            status_counts,
    translated        translated_text[]  -- null where no language is asked for
);

create function goal_rows(c context) returns setof goal_row language sql stable as $$
    select g.id, g.number, r.revision, r.statement, r.short_name, r.short_name_source, r.weight,
           coalesce(s.counted, '{}'), coalesce(s.excluded, '{}'), s.reported, s.total,
           case when s.reported > 0 then s.weighted / nullif(s.weights, 0) end,
           case when s.reported > 0 and s.weights > 0 then s.reported < cardinality(s.counted) else false end,
           s.is_complete, s.counts, l.translated
      from goal g
      join goal_revision r
        on r.goal_id = g.id
       and r.revision = case when c.known_at is not null then known_goal_revision(g.id, c)
                             when c.edited_before is null then g.revision
                             else coalesce((select max(h.revision) from goal_revision h
                                             where h.goal_id = g.id and h.recorded_at < c.edited_before), 1) end
     cross join lateral (
           select array_agg(row(o.code, trim_scale(o.weight), trim_scale(o.percent))::counted_objective
                            order by o.number) filter (where o.counted) as counted,
                  array_agg(row(o.code, case when o.archived_at is null then o.status else 'archived' end)::excluded_objective
                            order by o.number) filter (where not o.counted) as excluded,
                  count(*) filter (where o.counted and o.percent is not null)::integer as reported,
                  count(*) filter (where o.archived_at is null)::integer as total,
                  sum(o.weight * coalesce(o.percent, 0)) filter (where o.counted) as weighted,
                  sum(o.weight) filter (where o.counted) as weights,
                  coalesce(bool_and(o.percent is not distinct from 100) filter (where o.counted), false) as is_complete,
                  row(count(*) filter (where o.status = 'off_track'      and o.archived_at is null),
                      count(*) filter (where o.status = 'at_risk'        and o.archived_at is null),
                      count(*) filter (where o.status = 'on_hold'        and o.archived_at is null),
                      count(*) filter (where o.status = 'on_track'       and o.archived_at is null),
                      count(*) filter (where o.status = 'completed'      and o.archived_at is null),
                      count(*) filter (where o.status = 'not_started'    and o.archived_at is null),
                      count(*) filter (where o.status = 'no_information' and o.archived_at is null),
                      count(*) filter (where o.status = 'ongoing'        and o.archived_at is null),
                      count(*) filter (where o.status = 'cancelled'      and o.archived_at is null))::status_counts as counts
             from objective_rows(c) o
            where o.goal_id = g.id) s
     -- Joined: with a sub-select among its columns no function of a row would be planned once with its caller.
     cross join lateral (
           select array_agg(row(t.entity, t.position, t.field, t.text, t.source, t.reviewed)::translated_text) as translated
             from translation t
            where c.lang is not null and t.plan_id = g.plan_id and t.lang = c.lang and t.code = g.number::text) l
     where g.plan_id = c.plan_id
$$;

-- One decimal, and never 100 by rounding alone.
create function percent_out(percent numeric, is_complete boolean) returns numeric language sql immutable as $$
    select case when is_complete or percent < 99.9 then trim_scale(round(percent, 1))
                when percent >= 99.9 then 99.9 end
$$;

-- The most severe active status; else the one that all share (domain.md, "Goal and plan status").
create function overall_status(n status_counts, total integer, counted integer) returns text language sql immutable as $$
    select case when n.off_track > 0 then 'off_track'
                when n.at_risk   > 0 then 'at_risk'
                when n.on_hold   > 0 then 'on_hold'
                when n.on_track  > 0 then 'on_track'
                when counted > 0 and n.completed = counted then 'completed'
                when n.no_information = total then 'no_information'
                when n.not_started = total - n.no_information then 'not_started' end
$$;

create function status_counts_doc(n status_counts) returns json language sql immutable as $$
    select json_strip_nulls(row_to_json(row(
        nullif(n.off_track, 0), nullif(n.at_risk, 0), nullif(n.on_hold, 0), nullif(n.on_track, 0), nullif(n.completed, 0),
        nullif(n.not_started, 0), nullif(n.no_information, 0), nullif(n.ongoing, 0), nullif(n.cancelled, 0))::status_counts))
$$;

create type goal_progress_doc as (
    percent            numeric,
    percent_is_minimum boolean,
    method             text,
    reported           integer,
    total              integer,
    counted            counted_objective[],
    excluded           excluded_objective[],
    status             text,
    status_counts      json
);
create type goal_links as (self text, objectives text);

create type goal_doc as (
    number            integer,
    statement         text,
    short_name        text,
    short_name_source text,
    weight            numeric,
    revision          integer,
    demo              boolean,
    progress          goal_progress_doc,
    links             goal_links
);

create function goal_doc(g goal_row, c context) returns json language sql stable as $$
    select json_with(json_with(json_with(row_to_json(row(
        g.number, g.statement, g.short_name, g.short_name_source, trim_scale(g.weight), g.revision, c.demo,
        row(percent_out(g.percent, g.is_complete), g.is_minimum, 'weighted_mean', g.reported, g.total, g.counted, g.excluded,
            overall_status(g.counts, g.total, cardinality(g.counted)), status_counts_doc(g.counts))::goal_progress_doc,
        row('/goals/' || g.number || c.suffix, '/goals/' || g.number || '/objectives' || c.suffix)::goal_links)::goal_doc),
        'translation',   case when c.lang is not null then goal_translation(g.translated, g.statement, c) end),
        'objectives',    case when 'objectives'    = any(c.include) then objectives_of(g.id, c) end),
        'latest_update', case when 'latest_update' = any(c.include) then latest_update_doc(c, g.id, null) end)
$$;
