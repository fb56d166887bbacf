-- What was recorded by a moment (known_at): updates published by then, as they stood then, and the
-- revisions of then. Beside the functions that answer without it, so that those cost what they did:
-- the partial indexes know only what is effective now.

-- The last of these moments that is not past `upto`.
create function last_known(upto timestamptz, variadic moments timestamptz[]) returns timestamptz language sql immutable as $$
    select max(m) from unnest(moments) m where m <= upto
$$;

-- Of an edit under as_of and known_at: the revision in force at the end of the day by what was
-- recorded, else the first; null where nothing of it was recorded.
create function known_objective_revision(of_objective bigint, c context) returns integer language plpgsql stable as $$
begin
    return (select coalesce(max(r.revision) filter (where r.recorded_at < c.edited_before or c.edited_before is null),
                            min(r.revision))
              from objective_revision r
             where r.objective_id = of_objective and r.recorded_at <= c.known_upto);
end $$;

create function known_goal_revision(of_goal bigint, c context) returns integer language plpgsql stable as $$
begin
    return (select coalesce(max(r.revision) filter (where r.recorded_at < c.edited_before or c.edited_before is null),
                            min(r.revision))
              from goal_revision r
             where r.goal_id = of_goal and r.recorded_at <= c.known_upto);
end $$;

create function known_measure_revision(of_measure bigint, c context) returns integer language plpgsql stable as $$
begin
    return (select coalesce(max(r.revision) filter (where r.recorded_at < c.edited_before or c.edited_before is null),
                            min(r.revision))
              from measure_revision r
             where r.measure_id = of_measure and r.recorded_at <= c.known_upto);
end $$;

-- Whether an update stood: published, and neither superseded nor retracted yet.
create function stood(upto timestamptz, published_at timestamptz, superseded_at timestamptz, retracted_at timestamptz)
returns boolean language sql immutable as $$
    select published_at <= upto and (superseded_at > upto) is not false and (retracted_at > upto) is not false
$$;

-- What an objective's reports said then (domain.md, "Objective now").
create function known_standing(of_objective bigint, c context,
                               out status text, out status_as_of date, out percent numeric, out percent_as_of date)
language plpgsql stable as $$
begin
    select u.status, u.as_of into known_standing.status, status_as_of
      from published_update u
     where u.objective_id = of_objective and u.kind = 'progress' and u.as_of <= c.upto
       and stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at)
     order by u.as_of desc, u.id desc
     limit 1;
    if known_standing.status not in ('ongoing', 'cancelled') then
        select u.percent_complete, u.as_of into percent, percent_as_of
          from published_update u
         where u.objective_id = of_objective and u.kind = 'progress' and u.percent_complete is not null and u.as_of <= c.upto
           and stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at)
         order by u.as_of desc, u.id desc
         limit 1;
    end if;
end $$;

create function known_updates_count(of_objective bigint, c context) returns bigint language plpgsql stable as $$
begin
    return (select count(*) from published_update u
             where u.objective_id = of_objective and u.as_of <= c.upto and u.published_at <= c.known_upto);
end $$;

-- The newest word that stood: about an objective, a goal, or (both null) the plan.
create function known_latest_update(c context, of_goal bigint, of_objective bigint) returns bigint language plpgsql stable as $$
begin
    return case
        when of_objective is not null then
            (select u.id from published_update u
              where u.objective_id = of_objective and u.as_of <= c.upto
                and stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at)
              order by u.as_of desc, u.id desc limit 1)
        when of_goal is not null then
            (select u.id from published_update u
              where u.goal_id = of_goal and u.as_of <= c.upto
                and stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at)
              order by u.as_of desc, u.id desc limit 1)
        else
            (select u.id from published_update u
              where u.plan_id = c.plan_id and u.as_of <= c.upto
                and stood(c.known_upto, u.published_at, u.superseded_at, u.retracted_at)
              order by u.as_of desc, u.id desc limit 1)
    end;
end $$;

-- What a natural key named then: the last update that carried it, and the head of its chain.
create function known_natural_head(c context, of_source text, of_external_id text) returns bigint language plpgsql stable as $$
declare
    head bigint;
    next bigint;
begin
    select u.id into head
      from published_update u
     where u.plan_id = c.plan_id and u.source = of_source and u.external_id = of_external_id
       and u.published_at <= c.known_upto
     order by u.published_at desc, u.id desc
     limit 1;
    loop
        select u.superseded_by into next from published_update u where u.id = head and u.superseded_at <= c.known_upto;
        exit when next is null;
        head := next;
    end loop;
    return head;
end $$;
