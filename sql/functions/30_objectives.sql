-- Objectives: the edit fields in force and what the effective updates say, each with its own day.

create type action_doc as (position integer, text text, done boolean);

create type objective_row as (
    id                     bigint,
    goal_id                bigint,
    goal_number            integer,
    number                 integer,
    code                   text,
    revision               integer,
    edited_at              timestamptz,
    statement              text,
    description            text,
    description_position   text,
    lead_department        text,
    supporting_departments text[],
    owner_role             text,
    start_on               date,
    due_on                 date,
    update_frequency       text,
    weight                 numeric,
    tags                   text[],
    archived_at            timestamptz,
    status                 text,
    status_as_of           date,
    percent                numeric,
    percent_as_of          date,
    counted                boolean,
    actions                action_doc[],
    updates_count          bigint,
    milestones             jsonb,
    relationships          jsonb,
    funding                jsonb,
    external_refs          jsonb,
    schedule               schedule,
    translated             translated_text[] -- and its actions; null where no language is asked for
);

-- The two look-ups name the predicates of the two partial indexes word for word: each reads one
-- row, whatever the number of updates and notes. The second is made only where the row of the
-- status says no percent and its status may have one. A column that nobody reads is not computed:
-- the roll-up pays for no actions and no count. Today's count is kept; that of a past day is made.
-- With known_at they read nothing, and `k` says what stood; its limit keeps it from being called
-- otherwise, as PostgreSQL 17 would.
create function objective_rows(c context) returns setof objective_row language sql stable as $$
    select o.id, o.goal_id, o.goal_number, o.number, o.code, r.revision, r.recorded_at,
           r.statement, r.description, r.description_position, r.lead_department, r.supporting_departments,
           r.owner_role, r.start_on, r.due_on, r.update_frequency, r.weight, r.tags, r.archived_at,
           coalesce(s.status, k.status, 'no_information'), coalesce(s.as_of, k.status_as_of),
           coalesce(s.percent_complete, p.percent_complete, k.percent)::numeric,
           case when s.percent_complete is not null then s.as_of else coalesce(p.as_of, k.percent_as_of) end,
           r.archived_at is null and coalesce(coalesce(s.status, k.status) not in ('ongoing', 'cancelled'), true),
           array(select row(a.position, a.text, a.done)::action_doc
                   from action a where a.objective_id = o.id order by a.position),
           case when c.known_at is not null then known_updates_count(o.id, c)
                when c.as_of is null
                then (select coalesce(sum(t.n), 0)::bigint from update_tally t where t.objective_id = o.id)
                else (select count(*) from published_update u where u.objective_id = o.id and u.as_of <= c.upto) end,
           r.milestones, r.relationships, r.funding, r.external_refs,
           schedule(r.start_on, r.due_on, r.update_frequency, r.archived_at is not null,
                    coalesce(s.status, k.status, 'no_information'), coalesce(s.as_of, k.status_as_of),
                    coalesce(s.percent_complete, p.percent_complete, k.percent)::numeric, c.day),
           case when c.lang is not null
                then array(select row(t.entity, t.position, t.field, t.text, t.source, t.reviewed)::translated_text
                             from translation t
                            where t.plan_id = o.plan_id and t.lang = c.lang and t.code = o.code) end
      from objective o
      join objective_revision r
        on r.objective_id = o.id
       and r.revision = case when c.known_at is not null then known_objective_revision(o.id, c)
                             when c.edited_before is null then o.revision
                             else coalesce((select max(h.revision) from objective_revision h
                                             where h.objective_id = o.id and h.recorded_at < c.edited_before), 1) end
      left join lateral (
           select u.status, u.as_of, u.percent_complete
             from published_update u
            where c.known_at is null
              and u.objective_id = o.id and u.effective and u.kind = 'progress' and u.as_of <= c.upto
            order by u.as_of desc, u.id desc
            limit 1) s on true
      left join lateral (
           select u.percent_complete, u.as_of
             from published_update u
            where c.known_at is null
              and s.percent_complete is null and s.status not in ('ongoing', 'cancelled')
              and u.objective_id = o.id and u.effective and u.kind = 'progress' and u.percent_complete is not null
              and u.as_of <= c.upto
            order by u.as_of desc, u.id desc
            limit 1) p on true
      left join lateral (select x.* from known_standing(o.id, c) x where c.known_at is not null limit 1) k on true
     where o.plan_id = c.plan_id
$$;

create type objective_links as (self text, goal text, updates text);

create type objective_doc as (
    code                   text,
    goal                   integer,
    statement              text,
    description            text,
    description_position   text,
    actions                json,
    lead_department        text,
    supporting_departments text[],
    owner_role             text,
    start_on               date,
    due_on                 date,
    update_frequency       text,
    weight                 numeric,
    tags                   text[],
    milestones             json,
    relationships          json,
    funding                json,
    external_refs          json,
    status                 text,
    status_as_of           date,
    percent_complete       numeric,
    percent_as_of          date,
    expected_percent       numeric,
    is_overdue             boolean,
    next_update_due        date,
    is_stale               boolean,
    disagrees              boolean,
    updates_count          bigint,
    revision               integer,
    archived_at            text,
    demo                   boolean,
    links                  objective_links
);

-- The actions, each beside its translation.
create function translated_actions(actions action_doc[], list translated_text[], c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    if actions = '{}' then
        return '[]';
    end if;
    return (
        select array_to_json(array_agg(row(a."position", a.text, a.done,
                                           case when t.text is not null then
                                                row(c.lang, t.text, t.reviewed, t.source <> a.text)::action_translation end
                                       )::translated_action order by a."position"))
          from unnest(actions) a
          left join unnest(list) t on t.entity = 'action' and t."position" = a."position");
end $$;

create function objective_doc(o objective_row, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return json_with(json_with(json_with(row_to_json(row(
        o.code, o.goal_number, o.statement, o.description, o.description_position,
        case when c.lang is null then array_to_json(o.actions) else translated_actions(o.actions, o.translated, c) end,
        o.lead_department, o.supporting_departments, o.owner_role, o.start_on, o.due_on, o.update_frequency,
        trim_scale(o.weight), o.tags, milestones_doc(o.milestones), relationships_doc(o.relationships),
        funding_doc(o.funding, c.funds_shown), external_refs_doc(o.external_refs),
        o.status, o.status_as_of, trim_scale(o.percent), o.percent_as_of,
        (o.schedule).expected_percent, (o.schedule).is_overdue, (o.schedule).next_update_due,
        (o.schedule).is_stale, (o.schedule).disagrees,
        o.updates_count, o.revision, rfc3339(o.archived_at), c.demo,
        row('/objectives/' || o.code || c.suffix, '/goals/' || o.goal_number || c.suffix,
            '/objectives/' || o.code || '/updates' || c.suffix)::objective_links)::objective_doc),
        'translation', case when c.lang is not null then objective_translation(o.translated, o.statement, o.description, c) end),
        'latest_update', case when 'latest_update' = any(c.include) then latest_update_doc(c, o.goal_id, o.id) end),
        'measures', case when 'measures' = any(c.include) then measures_of(o.code, c) end);
end $$;

-- The objectives of one goal as a list, for a goal that includes them.
create function objectives_of(goal_id bigint, c context) returns json language sql stable as $$
    select coalesce(array_to_json(array_agg(objective_doc(o, c) order by o.number)), '[]')
      from objective_rows(c) o
     where o.goal_id = objectives_of.goal_id
$$;
