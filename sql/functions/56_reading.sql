-- Reads whose plans are kept: to plan one took three to seven times as long as to run it. A filter
-- that is not given becomes a bound that shuts nothing out, so that one plan serves with and without.

create type doc_row as (doc text, revision integer);
create type page_row as (doc text, revision integer, k1 text, k2 text);

create function plan_get(plan text, as_of text, now text, lang text, include text, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include, known_at);
begin
    return query select plan_doc(p, c)::text, p.revision from plan p where p.id = c.plan_id;
end $$;

create function summary_get(plan text, as_of text, now text, lang text, include text, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include, known_at);
begin
    return query select summary_doc(p, c)::text, 0 from plan p where p.id = c.plan_id;
end $$;

create function goals_get(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include, known_at);
begin
    return query select goal_doc(g, c)::text, g.revision from goal_rows(c) g where g.number::text = args->>'number';
end $$;

-- No filter narrows goals, and their number is the whole cursor.
create function goals_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                           k1 text, k2 text, size integer, known_at text)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c     context := context(plan, as_of, now, lang, include, known_at);
    after integer := coalesce(k1::integer, 0);
begin
    return query select goal_doc(g, c)::text, g.revision, g.number::text, null::text
                   from goal_rows(c) g
                  where g.number > after
                  order by g.number
                  limit size;
end $$;

create function objectives_get(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include, known_at);
begin
    return query select objective_doc(o, c)::text, o.revision from objective_rows(c) o where o.code = args->>'code';
end $$;

-- Planned with the day that is asked for: of few changes their index finds the objectives.
create function objectives_reported_since(c context, since timestamptz) returns bigint[] language plpgsql stable
set plan_cache_mode = force_custom_plan as $$
begin
    return array(select distinct u.objective_id from published_update u
                  where u.plan_id = c.plan_id and u.changed_at >= since
                    and (c.known_at is null
                         or last_known(c.known_upto, u.published_at, u.superseded_at, u.retracted_at, u.redacted_at) >= since));
end $$;

create function objectives_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                                k1 text, k2 text, size integer, known_at text)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c            context     := context(plan, as_of, now, lang, include, known_at);
    after_goal   integer     := coalesce(k1::integer, 0);
    after_number integer     := coalesce(k2::integer, 0);
    of_goal      bigint      := goal_named(c, filters->>'goal');
    since        timestamptz := filters->>'updated_since';
    funds        jsonb       := funding_wanted(filters);
    reported     bigint[];
begin
    if since is not null then
        reported := objectives_reported_since(c, since);
    end if;
    return query
    select objective_doc(o, c)::text, o.revision, o.goal_number::text, o.number::text
      from objective_rows(c) o
     where (of_goal is null or o.goal_id = of_goal)
       and (filters->>'status' is null or o.status = filters->>'status')
       and (filters->>'department' is null
            or o.lead_department = filters->>'department'
            or filters->>'department' = any(o.supporting_departments))
       and (filters->>'tag' is null or filters->>'tag' = any(o.tags))
       and (filters->>'q' is null
            or position(lower(filters->>'q') in lower(concat_ws(' ', o.code, o.statement, o.description))) > 0
            or is_translated_so(o.translated, filters->>'q'))
       and (filters->>'overdue' is null or (o.schedule).is_overdue = (filters->>'overdue')::boolean)
       and (filters->>'stale' is null or (o.schedule).is_stale = (filters->>'stale')::boolean)
       and (funds is null or o.funding @> funds)
       and (since is null or o.edited_at >= since or o.id = any(reported))
       and (o.goal_number, o.number) > (after_goal, after_number)
     order by o.goal_number, o.number
     limit size;
end $$;
