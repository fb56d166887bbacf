-- The plan and its summary: the same roll-up over goals, on unrounded values.

create type counted_goal as (goal integer, weight numeric, percent numeric, percent_unrounded numeric);
create type excluded_goal as (goal integer, reason text);

create type plan_progress_doc as (
    percent            numeric,
    percent_is_minimum boolean,
    method             text,
    reported           integer,
    total              integer,
    counted            counted_goal[],
    excluded           excluded_goal[],
    status             text,
    status_counts      json
);

-- A goal counts when it has a counted objective; without a percent it counts as 0 and makes the
-- plan's percent a minimum.
create function plan_progress(goals goal_row[]) returns plan_progress_doc language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (
    with g as (
        select g.number, g.weight, g.percent, g.is_minimum, g.is_complete, g.reported, g.total, g.counts,
               cardinality(g.counted) as size
          from unnest(goals) g
    ), s as (
        select sum(weight * coalesce(percent, 0)) filter (where size > 0)
                   / nullif(sum(weight) filter (where size > 0), 0) as percent,
               count(percent) > 0 as any_percent,
               coalesce(bool_or(percent is null or is_minimum) filter (where size > 0), false) as is_minimum,
               coalesce(bool_and(is_complete) filter (where size > 0), false) as is_complete,
               coalesce(sum(reported), 0)::integer as reported,
               coalesce(sum(total), 0)::integer as total,
               coalesce(sum(size), 0)::integer as size,
               row(coalesce(sum((counts).off_track), 0), coalesce(sum((counts).at_risk), 0), coalesce(sum((counts).on_hold), 0),
                   coalesce(sum((counts).on_track), 0), coalesce(sum((counts).completed), 0),
                   coalesce(sum((counts).not_started), 0), coalesce(sum((counts).no_information), 0),
                   coalesce(sum((counts).ongoing), 0), coalesce(sum((counts).cancelled), 0))::status_counts as counts,
               coalesce(array_agg(row(number, trim_scale(weight), percent_out(percent, is_complete),
                                      trim_scale(round(percent, 6)))::counted_goal order by number)
                        filter (where size > 0), '{}') as counted,
               coalesce(array_agg(row(number, 'no_counted_objectives')::excluded_goal order by number)
                        filter (where size = 0), '{}') as excluded
          from g
    )
    select row(case when any_percent then percent_out(percent, is_complete) end,
               any_percent and percent is not null and is_minimum,
               'weighted_mean', reported, total, counted, excluded,
               overall_status(counts, total, size), status_counts_doc(counts))::plan_progress_doc
      from s);
end $$;

create function goals_of_plan(c context) returns goal_row[] language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select coalesce(array_agg(g order by g.number), '{}') from goal_rows(c) g);
end $$;

create type event_doc as (position integer, text text, "on" date, documents json);
create type plan_links as (self text, summary text, goals text, objectives text, updates text);

create type plan_doc as (
    slug              text,
    title             text,
    organization      text,
    overview          text,
    time_zone         text,
    fiscal_year_start integer,
    state             text,
    starts_on         date,
    ends_on           date,
    funding_is_public boolean,
    demo              boolean,
    progress          plan_progress_doc,
    events            event_doc[],
    revision          integer,
    links             plan_links
);

create function plan_links(self text, c context) returns plan_links language sql immutable as $$
    select row(self || c.suffix, '/summary' || c.suffix, '/goals' || c.suffix, '/objectives' || c.suffix,
               '/updates' || c.suffix)::plan_links
$$;

create function plan_translated(c context) returns translated_text[] language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return array(select row(t.entity, t.position, t.field, t.text, t.source, t.reviewed)::translated_text
                   from translation t
                  where t.plan_id = c.plan_id and t.lang = c.lang and t.code = '');
end $$;

create function plan_doc(p plan, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    events event_doc[] := array(select row(e.position, e.text, e.happened_on, links_doc(e.documents))::event_doc
                                  from plan_event e where e.plan_id = p.id order by e.position);
begin
    return json_with(row_to_json(row(
        p.slug, p.title, p.organization, p.overview, p.time_zone, p.fiscal_year_start, p.state, p.starts_on, p.ends_on,
        p.funding_is_public, p.demo, plan_progress(goals_of_plan(c)), events, p.revision, plan_links('/plan', c))::plan_doc),
        'translation', case when c.lang is not null then plan_translation(plan_translated(c), p.title, p.overview, c) end);
end $$;

create type summary_goal as (
    number             integer,
    statement          text,
    short_name         text,
    percent            numeric,
    percent_is_minimum boolean,
    reported           integer,
    total              integer,
    status             text,
    status_counts      json,
    latest_update_on   date,
    links              json
);
create type summary_update as (id text, objective text, goal integer, kind text, as_of date, summary text, published_at text);
create type self_link as (self text);

create type summary_doc as (
    plan         text,
    title        text,
    organization text,
    demo         boolean,
    as_of        date,
    progress     plan_progress_doc,
    goals        json,
    last_update  summary_update,
    links        plan_links
);

create function summary_goals(goals goal_row[], c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select coalesce(array_to_json(array_agg(json_with(row_to_json(row(
                       g.number, g.statement, g.short_name, percent_out(g.percent, g.is_complete), g.is_minimum,
                       g.reported, g.total,
                       overall_status(g.counts, g.total, cardinality(g.counted)), status_counts_doc(g.counts),
                       (latest_update(c, g.id, null)).as_of,
                       row_to_json(row('/goals/' || g.number || c.suffix)::self_link))::summary_goal),
                       'translation', case when c.lang is not null then goal_translation(g.translated, g.statement, c) end) order by g.number)), '[]')
              from unnest(goals) g);
end $$;

create function summary_doc(p plan, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    goals goal_row[]     := goals_of_plan(c);
    u     update_row     := latest_update(c, null, null);
    last  summary_update;
begin
    if u.id is not null then
        last := row(u.id::text, u.code, u.goal_number, u.kind, u.as_of, u.summary, rfc3339(u.published_at));
    end if;
    return json_with(row_to_json(row(
        p.slug, p.title, p.organization, p.demo, c.as_of, plan_progress(goals), summary_goals(goals, c), last,
        plan_links('/summary', c))::summary_doc),
        'translation', case when c.lang is not null then title_translation(plan_translated(c), p.title, c) end);
end $$;
