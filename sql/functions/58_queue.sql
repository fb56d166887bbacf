-- What waits for somebody: reports that are due, days that have passed, drafts, sources that fell
-- silent, translations. For whoever has a key: within its objectives and, of drafts, its source.

create type work_item as (
    reason      text,
    code        text,
    goal_number integer,
    number      integer,
    statement   text,
    department  text,
    since       date,      -- from when on it waits; of what is still to come: when it will
    detail      text,
    draft       bigint,
    source      text,
    lang        text,      -- of translations, and how many of the goal's texts wait
    texts       bigint
);

-- An objective can wait for several things at once.
create function objectives_waiting(c context, viewer jsonb, within integer) returns setof work_item
language plpgsql stable as $$
begin
    return query
    select w.reason, o.code, o.goal_number, o.number, o.statement, o.lead_department, w.since, w.detail, null::bigint, null::text,
           null::text, null::bigint
      from objective_rows(c) o
     cross join lateral (values
           ('contradictory', (o.schedule).disagrees, o.status_as_of,
            case when (o.schedule).is_overdue then format('%s, and was due on %s', o.status, o.due_on)
                 else format('%s at %s %%, where %s %% could be expected', o.status, trim_scale(o.percent),
                             (o.schedule).expected_percent) end),
           ('due', o.update_frequency <> 'none' and (o.schedule).next_update_due is null
                   and o.status not in ('completed', 'cancelled'), null,
            format('reports are %s, and neither a start nor a report says from when on', o.update_frequency)),
           ('due', (o.schedule).next_update_due between c.day and c.day + within, (o.schedule).next_update_due,
            'the next report is due'),
           ('overdue', (o.schedule).is_overdue, o.due_on, 'was to be done by then'),
           ('ownerless', o.lead_department is null and o.status not in ('completed', 'cancelled'), null, 'no department leads it'),
           ('stale', (o.schedule).is_stale, (o.schedule).next_update_due,
            case when o.status_as_of is null then 'nobody has reported yet'
                 else format('the last report is of %s', o.status_as_of) end)) w (reason, waits, since, detail)
     where o.archived_at is null and w.waits and is_in_view(o.id, viewer);
end $$;

create function drafts_waiting(c context, viewer jsonb) returns setof work_item language plpgsql stable as $$
begin
    return query
    select case d.state when 'draft' then 'draft' else 'returned' end, d.code, o.goal_number, o.number, o.statement,
           o.lead_department, (coalesce(d.returned_at, d.changed_at) at time zone c.time_zone)::date,
           coalesce(d.return_comment, 'waits for its publication'), d.id, d.source, null::text, null::bigint
      from draft_rows(c) d
      join objective_rows(c) o on o.id = d.objective_id
     where d.state <> 'discarded' and draft_is_visible(d.source, d.objective_id, viewer);
end $$;

-- A source is silent when it has sent nothing for more than twice its usual interval: the median
-- between the days on which it sent something, of four at least within the last 400.
create function sources_silent(c context, viewer jsonb) returns setof work_item language plpgsql stable as $$
begin
    return query
    with sent as (
        select distinct u.source, (u.published_at at time zone c.time_zone)::date as day
          from published_update u
         where u.plan_id = c.plan_id and u.source is not null
           and u.changed_at > (c.day - 400)::timestamp at time zone c.time_zone
           and coalesce(u.source = viewer->>'source', true)
    ), gap as (
        select s.source, s.day, s.day - lag(s.day) over (partition by s.source order by s.day) as days
          from sent s
         where s.day between c.day - 400 and c.day
    ), habit as (
        select g.source, max(g.day) as last, percentile_disc(0.5) within group (order by g.days) as usual
          from gap g
         group by g.source
        having count(*) >= 4
    )
    select 'silent', null::text, null::integer, null::integer, null::text, null::text, h.last,
           format('has sent nothing since; as a rule it does every %s', case h.usual when 1 then 'day' else h.usual || ' days' end),
           null::bigint, h.source, null::text, null::bigint
      from habit h
     where c.day - h.last > 2 * h.usual;
end $$;

-- Texts that nobody has translated, of the languages into which any is; and translations that nobody has
-- reviewed, or whose source has changed. One row for each goal and language, so that they bury nothing;
-- for those who see to the whole plan.
create function translations_waiting(c context, viewer jsonb) returns setof work_item language plpgsql stable as $$
begin
    if viewer->>'source' is not null or jsonb_typeof(viewer->'objective_ids') = 'array' then
        return;
    end if;
    return query
    with r as materialized (
        select t.*, max(t.source) filter (where t.entity = 'goal') over (partition by t.goal_number) as goal
          from translation_rows(c, null) t
    ), begun as materialized (
        select distinct r.lang from r where r.text is not null
    )
    select w.reason, null::text, nullif(r.goal_number, 0), null::integer, max(r.goal), null::text, null::date,
           format('%s of %s in %s', case count(*) when 1 then '1 text' else count(*) || ' texts' end,
                  coalesce('goal ' || nullif(r.goal_number, 0), 'the plan itself'), r.lang),
           null::bigint, null::text, r.lang, count(*)
      from r
      join begun on begun.lang = r.lang
     cross join lateral (values ('outdated', coalesce(r.outdated, false)), ('unreviewed', coalesce(not r.reviewed, false)),
                                ('untranslated', r.text is null)) w (reason, waits)
     where w.waits and not r.archived
     group by w.reason, r.lang, r.nth, r.goal_number;
end $$;

create type work_links as (objective text, draft text, translations text);

create type work_doc as (
    reason     text,
    objective  text,
    goal       integer,
    statement  text,
    department text,
    since      date,
    detail     text,
    draft      text,
    source     text,
    lang       text,
    texts      bigint,
    demo       boolean,
    links      work_links
);

create function work_doc(w work_item, c context) returns json language plpgsql stable as $$
begin
    return row_to_json(row(
        w.reason, w.code, w.goal_number, w.statement, w.department, w.since, w.detail, w.draft::text, w.source,
        w.lang, w.texts, c.demo,
        row('/objectives/' || w.code || c.suffix, update_location(w.draft, c, true),
            '/translations?lang=' || w.lang || case when w.goal_number is null then '&entity=plan'
                                                    else '&goal=' || w.goal_number end
            || '&reason=' || w.reason || replace(c.suffix, '?', '&'))::work_links)::work_doc);
end $$;

-- What the filters leave, each with its place in the order of the plan; what belongs to no objective
-- comes first, translations come last.
create type work_placed as (item work_item, k1 text, k2 text);

create function work_waiting(c context, viewer jsonb, filters jsonb) returns setof work_placed language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    within integer := coalesce((filters->>'within')::integer, 14);
begin
    return query
    select w, case when (w).lang is null then '' else '~' end
              || lpad(coalesce((w).goal_number, 0)::text, 5, '0') || '.' || lpad(coalesce((w).number, 0)::text, 5, '0'),
           (w).reason || ':' || coalesce(lpad((w).draft::text, 19, '0'), (w).source, lower((w).lang), '')
      from (select i from objectives_waiting(c, viewer, within) i
            union all select d from drafts_waiting(c, viewer) d
            union all select s from sources_silent(c, viewer) s
            union all select t from translations_waiting(c, viewer) t) t (w)
     where (filters->>'department' is null or (w).department = filters->>'department')
       and (filters->>'reason' is null or (w).reason = filters->>'reason');
end $$;

create function work_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                          k1 text, k2 text, size integer, viewer text)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include);
begin
    return query
    select work_doc(w.item, c)::text, 0, w.k1, w.k2
      from work_waiting(c, viewer::jsonb, filters) w
     where work_list.k1 is null or (w.k1 collate "C", w.k2 collate "C") > (work_list.k1, work_list.k2)
     order by w.k1 collate "C", w.k2 collate "C"
     limit size;
end $$;
