-- The report of a quarter. While it is open it is computed; closing stores it; from then on its figures
-- stand as they were stated, and beside them what today's knowledge would make of them.

-- What is stored: figures, and the plan's own words. The words of updates are read where they stand,
-- so that what is redacted there is redacted here, and links depend on how one asks.
create type report_doc as (
    period         text,
    plan           text,
    title          text,
    organization   text,
    state          text,
    is_preliminary boolean,
    starts_on      date,
    ends_on        date,
    before_as_of   date,
    as_of          date,
    known_at       text,
    progress       beside_doc,
    goals          json,
    objectives     objective_beside[],
    moved          text[],
    overdue        text[],
    stale          text[],
    updates        update_counts,
    demo           boolean
);

create function report_doc(p period_row, c context, known_at timestamptz) returns json language plpgsql stable as $$
declare
    b     context           := seen_from(c, p.starts_on - 1, known_at);
    n     context           := seen_from(c, least(p.ends_on, c.day), known_at);
    gb    goal_row[]         := goals_of_plan(b);
    gn    goal_row[]         := goals_of_plan(n);
    pairs objective_beside[] := objectives_beside(b, n);
begin
    return (select row_to_json(row(
                p.id, c.plan, pl.title, pl.organization, p.state, p.state <> 'closed', p.starts_on, p.ends_on, b.as_of, n.as_of,
                rfc3339(known_at), row(standing_of(plan_progress(gb)), standing_of(plan_progress(gn)))::beside_doc,
                goals_beside(gb, gn), pairs,
                array(select o.code from unnest(pairs) o
                       where exists (select from unnest(o.changes) f where f.field in ('status', 'percent_complete'))),
                array(select o.code from unnest(pairs) o where (o.now).is_overdue),
                array(select o.code from unnest(pairs) o where (o.now).is_stale),
                updates_between(n, p.starts_on, n.as_of), c.demo)::report_doc)
              from plan pl where pl.id = c.plan_id);
end $$;

-- ---- the figures, one by one ----

create type figure as (part text, item text, name text, before jsonb, now jsonb);

-- A standing that is not there has no figures; one that is counts 0 where it says nothing.
create function standing_figure(standing jsonb, name text, is_count boolean) returns jsonb language sql immutable as $$
    select case when standing is null or standing = 'null' then null
                when is_count then coalesce(standing->'status_counts'->name, '0')
                else nullif(standing->name, 'null') end
$$;

create function standing_figures(part text, item text, before jsonb, now jsonb) returns setof figure
language sql immutable as $$
    select part, item, f.name, standing_figure(before, f.name, f.is_count), standing_figure(now, f.name, f.is_count)
      from (values (1, 'percent', false), (2, 'percent_is_minimum', false), (3, 'reported', false), (4, 'total', false),
                   (5, 'status', false), (6, 'off_track', true), (7, 'at_risk', true), (8, 'on_hold', true),
                   (9, 'on_track', true), (10, 'completed', true), (11, 'not_started', true), (12, 'no_information', true),
                   (13, 'ongoing', true), (14, 'cancelled', true)) f (n, name, is_count)
     order by f.n
$$;

-- In the report's order, numbered.
create function report_figures(report jsonb) returns table (n bigint, f figure) language sql immutable as $$
    select row_number() over (), row(x.part, x.item, x.name, x.before, x.now)::figure
      from (select s.* from standing_figures('plan', '', report->'progress'->'before', report->'progress'->'now') s
             union all
            select s.* from jsonb_array_elements(report->'goals') g
             cross join lateral standing_figures('goal', g->>'number', g->'before', g->'now') s
             union all
            select 'objective', o->>'code', m.name, standing_figure(o->'before', m.name, false),
                   standing_figure(o->'now', m.name, false)
              from jsonb_array_elements(report->'objectives') o
             cross join (values ('status'), ('percent_complete'), ('is_overdue'), ('is_stale')) m (name)
             union all
            select 'updates', '', m.name, null, coalesce(report->'updates'->m.name, report->'updates'->'kinds'->m.name)
              from (values ('total'), ('published'), ('superseded'), ('retracted'),
                           ('progress'), ('note'), ('service_status')) m (name)) x
$$;

-- ---- restated since close ----

create type restated_figure as (part text, item text, figure text, day text, stated jsonb, restated jsonb);

-- Each figure as it was stated and as it would be stated today, in the report's order.
create function figures_beside(stated jsonb, today jsonb)
returns table (n bigint, part text, item text, name text, stated figure, restated figure) language sql immutable as $$
    select coalesce(t.n, s.n), coalesce((t.f).part, (s.f).part), coalesce((t.f).item, (s.f).item),
           coalesce((t.f).name, (s.f).name), s.f, t.f
      from report_figures(figures_beside.stated) s
      full join report_figures(figures_beside.today) t
        on ((t.f).part, (t.f).item, (t.f).name) = ((s.f).part, (s.f).item, (s.f).name)
$$;

create function restated_figures(stated jsonb, today jsonb) returns restated_figure[] language sql immutable as $$
    select coalesce(array_agg(row(f.part, f.item, f.name, v.day, v.stated, v.restated)::restated_figure order by f.n, v.day), '{}')
      from figures_beside(restated_figures.stated, restated_figures.today) f
     cross join lateral (values ('before', (f.stated).before, (f.restated).before), ('now', (f.stated).now, (f.restated).now))
                v (day, stated, restated)
     where v.stated is distinct from v.restated
$$;

create type restating_update as (
    id text, objective text, kind text, as_of date, change text, supersedes text, reason text, at text, links self_link
);

-- Why: reports about these days that were published, corrected or retracted after the close. A
-- correction may move a report to another day: then the one it replaced is about these.
create function restating_updates(c context, closed timestamptz, upto date) returns setof restating_update
language sql stable as $$
    select u.id::text, o.code, u.kind, u.as_of, w.change, u.supersedes::text, w.reason, rfc3339(w.at),
           row('/updates/' || u.id || c.suffix)::self_link
      from published_update u
      join objective o on o.id = u.objective_id
      left join published_update old on old.id = u.supersedes
     cross join lateral (
           values (case when u.supersedes is null then 'late' else 'correction' end, u.reason, u.published_at,
                   least(u.as_of, old.as_of) <= upto),
                  ('retraction', u.retraction_reason, u.retracted_at, u.as_of <= upto)) w (change, reason, at, reaches)
     where u.plan_id = c.plan_id and u.changed_at > closed
       and w.at > closed and w.at <= c.known_upto and w.reaches
     order by w.at, u.id
$$;

create type restated_doc as (is_restated boolean, figures restated_figure[], updates restating_update[], updates_count bigint);

-- At most `most` of the updates are told; their count says whether that is all.
create function restated_doc(p period_row, stated json, c context, most integer) returns json language plpgsql stable as $$
declare
    figures restated_figure[] := restated_figures(stated::jsonb, report_doc(p, c, c.known_at)::jsonb);
    moment  timestamptz       := date_trunc('milliseconds', p.closed_at) + interval '999 microseconds';
begin
    return row_to_json(row(
        cardinality(figures) > 0, figures,
        array(select r from restating_updates(c, moment, p.ends_on) r limit most),
        (select count(*) from restating_updates(c, moment, p.ends_on)))::restated_doc);
end $$;

-- ---- as it is served ----

create type listed_update as (
    id text, objective text, kind text, as_of date, status text, percent_complete numeric, summary text, links self_link
);

-- Reports and notes that stood, newest first; the rest of a long list is behind its link.
create function updates_listed(c context, first date, most integer) returns json language sql stable as $$
    select coalesce(array_to_json(array_agg(
               row(u.id::text, u.code, u.kind, u.as_of, u.status, trim_scale(u.percent_complete), u.summary,
                   row('/updates/' || u.id || c.suffix)::self_link)::listed_update
               order by u.as_of desc, u.id desc)), '[]')
      from (select l.* from update_rows(c) l
             where l.as_of between first and c.as_of and l.state = 'published' and l.kind in ('progress', 'note')
             order by l.as_of desc, l.id desc
             limit most) u
$$;

create type report_links as (
    self text, period text, plan_before text, plan_now text, goals_before text, goals_now text, objectives_before text,
    objectives_now text, overdue text, stale text, updates text, diff text, plan_restated text
);

create function report_links(p period_row, b context, n context) returns report_links language sql stable as $$
    select row('/reports/' || p.id || n.suffix, '/periods/' || p.id || n.suffix,
               link_to('/plan', b), link_to('/plan', n), link_to('/goals', b), link_to('/goals', n),
               link_to('/objectives', b, 'limit=500'), link_to('/objectives', n, 'limit=500'),
               link_to('/objectives', n, 'overdue=true&limit=500'), link_to('/objectives', n, 'stale=true&limit=500'),
               link_to('/updates', seen_from(n, null, n.known_at),
                       format('since=%s&until=%s&count=exact', p.starts_on, n.as_of)),
               link_to('/diff', seen_from(n, null, n.known_at), format('from=%s&to=%s', b.as_of, n.as_of)),
               case when p.state = 'closed' then link_to('/plan', seen_from(n, n.as_of, null)) end)::report_links
$$;

create function report_of(p period_row, c context) returns json language plpgsql stable as $$
declare
    is_closed boolean     := p.state = 'closed';
    known     timestamptz := case when is_closed then p.closed_at else c.known_at end;
    b         context     := seen_from(c, p.starts_on - 1, known);
    n         context     := seen_from(c, least(p.ends_on, c.day), known);
    doc       json;
begin
    if is_closed then
        select r.report::json into doc from reporting_period r where r.plan_id = c.plan_id and r.period = p.id;
        doc := json_with(doc, 'restated', restated_doc(p, doc, c, 500));
    else
        doc := json_with(report_doc(p, c, known), 'restated', 'null');
    end if;
    return json_with(json_with(doc, 'update_list', updates_listed(n, p.starts_on, 500)),
                     'links', row_to_json(report_links(p, b, n)));
end $$;
