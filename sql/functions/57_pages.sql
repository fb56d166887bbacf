-- One update, and pages of them. Each way in names one index's columns and no more.

create function updates_get(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c   context := context(plan, as_of, now, lang, include, known_at);
    id_ bigint  := args->>'id';
begin
    return query select update_doc(u, c)::text, 0 from update_rows(c) u where u.id = id_;
end $$;

create function updates_get_natural(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c   context := context(plan, as_of, now, lang, include, known_at);
    id_ bigint  := case when c.known_at is null then natural_head(c.plan_id, args->>'source', args->>'external_id')
                        else known_natural_head(c, args->>'source', args->>'external_id') end;
begin
    return query select update_doc(u, c)::text, 0 from update_rows(c) u where u.id = id_;
end $$;

-- Pages of everything, of a goal or of an objective, between two days, after a cursor. The plans are
-- made without these values and would guess how many rows there are: with sorting put last, each
-- walks the index that has the order already and stops when the page is full. All upper bounds are
-- one, said as a day and as a row: an index scan begins at either and not at the least of several.
create function updates_page(c context, goal_id bigint, objective_id bigint, filters jsonb, k1 text, k2 text, size integer)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_sort = off
set enable_bitmapscan = off as $$
declare
    since     date   := coalesce(filters->>'since', '-infinity');
    before    date   := least(c.upto, (filters->>'until')::date, k1::date);
    before_id bigint := case when before = k1::date then k2::bigint else 9223372036854775807 end;
begin
    if objective_id is not null then
        return query select update_doc(u, c)::text, 0, u.as_of::text, u.id::text
                       from update_rows(c) u
                      where u.objective_id = updates_page.objective_id
                        and (updates_page.goal_id is null or u.goal_id = updates_page.goal_id)
                        and u.as_of between since and before and (u.as_of, u.id) < (before, before_id)
                      order by u.as_of desc, u.id desc
                      limit size;
    elsif goal_id is not null then
        return query select update_doc(u, c)::text, 0, u.as_of::text, u.id::text
                       from update_rows(c) u
                      where u.goal_id = updates_page.goal_id
                        and u.as_of between since and before and (u.as_of, u.id) < (before, before_id)
                      order by u.as_of desc, u.id desc
                      limit size;
    else
        return query select update_doc(u, c)::text, 0, u.as_of::text, u.id::text
                       from update_rows(c) u
                      where u.as_of between since and before and (u.as_of, u.id) < (before, before_id)
                      order by u.as_of desc, u.id desc
                      limit size;
    end if;
end $$;

-- Pages of what other filters find: planned with their values each time, so that one that is not
-- given folds to true and each finds its own index.
create function updates_found(c context, goal_id bigint, objective_id bigint, filters jsonb, k1 text, k2 text, size integer)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_custom_plan as $$
begin
    return query
    select update_doc(u, c)::text, 0, u.as_of::text, u.id::text
      from update_rows(c) u
     where (updates_found.goal_id is null or u.goal_id = updates_found.goal_id)
       and (updates_found.objective_id is null or u.objective_id = updates_found.objective_id)
       and (filters->>'kind' is null or u.kind = filters->>'kind')
       and (filters->>'source' is null or u.source = filters->>'source')
       and (filters->>'since' is null or u.as_of >= (filters->>'since')::date)
       and (filters->>'until' is null or u.as_of <= (filters->>'until')::date)
       and (filters->>'updated_since' is null
            or u.changed_at >= (filters->>'updated_since')::timestamptz
               and u.changed_known >= (filters->>'updated_since')::timestamptz)
       and (k1 is null or (u.as_of, u.id) < (k1::date, k2::bigint))
     order by u.as_of desc, u.id desc
     limit size;
end $$;

create function updates_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                             k1 text, k2 text, size integer, known_at text)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c            context := context(plan, as_of, now, lang, include, known_at);
    goal_id      bigint  := goal_named(c, filters->>'goal');
    objective_id bigint  := objective_named(c, filters->>'objective');
begin
    if filters ?| array['kind', 'source', 'updated_since'] then
        return query select f.* from updates_found(c, goal_id, objective_id, filters, k1, k2, size) f;
    else
        return query select p.* from updates_page(c, goal_id, objective_id, filters, k1, k2, size) p;
    end if;
end $$;
