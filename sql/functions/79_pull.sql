-- The changes for who pulls them (GET /changes), each with the thing as it is now; and all things as
-- they are now, for who begins. Where a puller stands is a place: a snapshot of what had been
-- committed and told, under a mark by which its history is known again; within a longer tale also up
-- to where it goes and the last change that was told of it.

-- A snapshot ends at the newest change that is seen, not at the newest transaction: so nothing moves
-- it but changes, and a crash cannot give its transactions' numbers to others. `most` keeps the text
-- short: where more transactions are open, what came after them waits for them.
create function change_snapshot(most integer default 32) returns text language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    now_  pg_snapshot := pg_current_snapshot();
    busy  xid8[]      := array(select b.xid from pg_snapshot_xip(now_) as b (xid) order by b.xid);
    bound xid8        := coalesce(busy[most + 1], pg_snapshot_xmax(now_));
    last  xid8        := (select ch.xid from change ch where ch.xid < bound order by ch.xid desc limit 1);
    past  text;
begin
    if last is null then
        return '1:1:';
    end if;
    busy := array(select b from unnest(busy) b where b < last order by b);
    past := (last::text::numeric + 1)::text;
    return coalesce(busy[1]::text, past) || ':' || past || ':' || array_to_string(busy, ',');
end $$;

-- The cluster, its timeline, the database and the change at which the snapshot ends: 16 digits that
-- no other history has. Null where that change is not there.
create function change_mark(upto text) returns text language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select left(encode(sha256(convert_to(concat_ws('/', s.system_identifier, k.timeline_id, d.oid, ch.id, ch.xid,
                                                           extract(epoch from ch.at)), 'UTF8')), 'hex'), 16)
              from (select * from change c
                     where c.xid = (pg_snapshot_xmax(upto::pg_snapshot)::text::numeric - 1)::text::xid8
                     order by c.xid desc, c.id desc
                     limit 1) ch,
                   pg_control_system() s, pg_control_checkpoint() k, pg_database d
             where d.datname = current_database());
end $$;

-- Why one cannot go on from a place; null where one can. Changes go in the order of their
-- transactions (change_sweep): what is older than all that the place still waits for shows that
-- nothing of that is gone.
create function change_reset(mark text, since text) returns text language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    here text := change_mark(since);
begin
    if here is null or not exists (select from change ch where ch.xid < pg_snapshot_xmin(since::pg_snapshot)) then
        return 'expired';
    end if;
    return case when here <> mark then 'new_history' end;
end $$;

-- At most `most` changes that `upto` has seen and `since` has not, behind the change `past`, in the
-- order of their ids: for one thing that is the order in which it changed. The first of a tale are
-- found by their transactions, those that follow by their ids. As many transactions as are looked for
-- bound the ids that can be among the first: of a long tale the index alone leaves out the rest.
create function changes_untold(since pg_snapshot, upto pg_snapshot, past bigint, most integer) returns setof change
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    bound bigint;
begin
    if past is not null then
        return query select ch.* from change ch
                      where ch.id > past
                        and pg_visible_in_snapshot(ch.xid, upto) and not pg_visible_in_snapshot(ch.xid, since)
                      order by ch.id limit most;
    else
        select case when count(*) = most then max(f.id) else 9223372036854775807 end into bound
          from (select c.id from change c
                 where c.xid >= pg_snapshot_xmax(since) and c.xid < pg_snapshot_xmax(upto)
                   and pg_visible_in_snapshot(c.xid, upto)
                 order by c.xid, c.id limit most) f;
        return query
        select ch.* from change ch
         where ch.id = any(array(select n.id
                                   from (select c.id from change c
                                          where c.xid >= pg_snapshot_xmax(since) and c.xid < pg_snapshot_xmax(upto)
                                            and c.id <= bound and pg_visible_in_snapshot(c.xid, upto)
                                          union all
                                         select c.id from pg_snapshot_xip(since) as b (xid)
                                           join change c on c.xid = b.xid
                                          where pg_visible_in_snapshot(c.xid, upto)) n
                                  order by n.id limit most))
         order by ch.id;
    end if;
end $$;

-- Things of one kind as they are now. A tombstone is there to be read and counts no more: an update
-- that was superseded or retracted, an objective or a measure that was archived.
create function things_now(c context, entity text, ids text[])
returns table (id text, objective text, goal integer, tombstone boolean, doc json) language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    case entity
    when 'update' then
        -- Rows first and whole: a document made of their columns one by one is a call of its own each time.
        return query select (t.u).id::text, (t.u).code, (t.u).goal_number, (t.u).state <> 'published', update_doc(t.u, c)
                       from (select u from update_rows(c) u where u.id = any(ids::bigint[]) offset 0) t;
    when 'objective' then
        return query select o.code, o.code, o.goal_number, o.archived_at is not null, objective_doc(o, c)
                       from objective_rows(c) o where o.code = any(ids);
    when 'goal' then
        return query select g.number::text, null::text, g.number, false, goal_doc(g, c)
                       from goal_rows(c) g where g.number = any(ids::integer[]);
    when 'measure' then
        return query select m.slug, null::text, null::integer, m.archived_at is not null, measure_doc(m, c)
                       from measure_rows(c) m where m.slug = any(ids);
    when 'department' then
        return query select d.slug, null::text, null::integer, false, department_doc(d, c)
                       from department_rows(c) d where d.slug = any(ids);
    when 'period' then
        return query select p.id, null::text, null::integer, false, period_doc(p, c)
                       from period_rows(c) p where p.id = any(ids);
    when 'plan' then
        return query select p.slug, null::text, null::integer, false, plan_doc(p, c)
                       from plan p where p.id = c.plan_id and p.slug = any(ids);
    else
        return;
    end case;
end $$;

create type pulled_doc as (
    change_id text,
    entity    text,
    id        text,
    op        text,
    plan      text,
    objective text,
    goal      integer,
    at        text,
    tombstone boolean,
    document  json,
    links     change_links
);

create type pulled as (doc text, place text, rest text, has_more boolean, is_snapshot boolean, reset text);

create function thing_link(c context, entity text, id text) returns change_links language sql immutable as $$
    select row(case entity when 'plan' then '/plan' else '/' || entity || 's/' || id end || c.suffix)::change_links
$$;

-- Pages look at so many changes and no more, so that a rare filter takes no longer than none.
create function pull_changes(c context, filters jsonb, since text, upto text, past bigint, size integer, looked integer default 5000)
returns setof pulled language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    of_goal      bigint := goal_named(c, filters->>'goal');
    of_objective bigint := objective_named(c, filters->>'objective');
    until        text   := coalesce(upto, change_snapshot());
    seen         change[];
    fitting      change[];
    has_more     boolean;
begin
    looked   := greatest(size + 1, case when filters <> '{}' then looked end);
    seen     := array(select ch from changes_untold(since::pg_snapshot, until::pg_snapshot, past, looked) ch);
    has_more := cardinality(seen) = looked;
    fitting := array(
        select f
          from unnest(seen) f
          left join objective o on o.id = f.objective_id
         where f.plan_id = c.plan_id
           and (filters->>'entity' is null or f.entity = filters->>'entity')
           and (filters->>'op' is null or f.op = filters->>'op')
           and (of_objective is null or f.objective_id = of_objective)
           and (of_goal is null or o.goal_id = of_goal
                or (f.entity = 'goal' and f.entity_id = filters->>'goal'))
         order by f.id
         limit size + 1);
    if cardinality(fitting) > size then
        has_more := true;
        fitting  := fitting[:size];
        past     := (fitting[size]).id;
    else
        past := (seen[cardinality(seen)]).id;
    end if;
    -- Told to the end, one stands where the tale went; where nothing was to tell, as before.
    if has_more then
        return next row(null, change_mark(since) || '-' || since, change_mark(until) || '-' || until || ' ' || past,
                        true, false, null)::pulled;
    else
        has_more := upto is not null and until <> change_snapshot();
        until    := case when cardinality(seen) = 0 and upto is null then since else until end;
        return next row(null, change_mark(until) || '-' || until, null, has_more, false, null)::pulled;
    end if;
    return query
    with now_ as materialized (
        select e.entity, t.*
          from (select f.entity, array_agg(distinct f.entity_id) as ids from unnest(fitting) f group by f.entity) e
         cross join lateral things_now(c, e.entity, e.ids) t)
    select row_to_json(row(f.id::text, f.entity, f.entity_id, f.op, c.plan, o.code,
                           coalesce(o.goal_number, case f.entity when 'goal' then f.entity_id::integer end),
                           rfc3339(f.at), coalesce(n.tombstone, false), n.doc, thing_link(c, f.entity, f.entity_id))::pulled_doc)::text,
           null::text, null::text, null::boolean, null::boolean, null::text
      from unnest(fitting) f
      left join objective o on o.id = f.objective_id
      left join now_ n on n.entity = f.entity and n.id = f.entity_id
     order by f.id;
end $$;

-- Everything but updates, which are many, in an order that only new things change: who passes over
-- `told` of them misses none, since none ever goes.
create function pull_things(c context, filters jsonb, told bigint, size integer)
returns table (entity text, id text) language plpgsql stable as $$
declare
    everything boolean := not filters ?| array['goal', 'objective'];
begin
    return query
    select t.entity, t.id
      from (select 1 as rank, 'plan' as entity, c.plan as id, 0 as k1, 0 as k2, '' as k3 where everything
             union all
            select 2, 'goal', g.number::text, g.number, 0, '' from goal g
             where g.plan_id = c.plan_id and not filters ? 'objective'
               and (filters->>'goal' is null or g.number::text = filters->>'goal')
             union all
            select 3, 'objective', o.code, o.goal_number, o.number, '' from objective o
             where o.plan_id = c.plan_id
               and (filters->>'goal' is null or o.goal_number::text = filters->>'goal')
               and (filters->>'objective' is null or o.code = filters->>'objective')
             union all
            select 4, 'department', d.slug, 0, 0, d.slug from department d where d.plan_id = c.plan_id and everything
             union all
            select 5, 'measure', m.slug, 0, 0, m.slug from measure m where m.plan_id = c.plan_id and everything
             union all
            select 6, 'period', p.id, 0, 0, p.id from period_rows(c) p where everything) t
     where filters->>'entity' is null or t.entity = filters->>'entity'
     order by t.rank, t.k1, t.k2, t.k3 collate "C"
    offset told limit size;
end $$;

create function pull_update_ids(c context, filters jsonb, past bigint, size integer) returns setof bigint
language plpgsql stable as $$
declare
    of_goal      bigint := goal_named(c, filters->>'goal');
    of_objective bigint := objective_named(c, filters->>'objective');
begin
    return query
    select u.id from published_update u
     where u.plan_id = c.plan_id and u.id > past
       and (of_goal is null or u.goal_id = of_goal)
       and (of_objective is null or u.objective_id = of_objective)
       and coalesce(filters->>'entity', 'update') = 'update'
     order by u.id limit size;
end $$;

-- How things stand now, from `told` things or behind the update `past` on; at its end the place
-- where it began, so that what has changed meanwhile comes again. Who asks for one kind of change
-- has no use for what was before.
create function pull_snapshot(c context, filters jsonb, since text, told bigint, past bigint, reset text, size integer)
returns setof pulled language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    since_   text    := coalesce(since, change_snapshot());
    place    text    := coalesce(change_mark(since_), repeat('0', 16)) || '-' || since_;
    entities text[]  := '{}';
    ids      text[]  := '{}';
    last     bigint;
    has_more boolean := false;
begin
    if not filters ? 'op' then
        if past is null then
            select coalesce(array_agg(t.entity), '{}'), coalesce(array_agg(t.id), '{}') into entities, ids
              from pull_things(c, filters, coalesce(told, 0), size + 1) t;
            has_more := cardinality(ids) > size;
        end if;
        if not has_more and cardinality(ids) < size then
            ids := ids || array(select u::text from pull_update_ids(c, filters, coalesce(past, 0), size + 1 - cardinality(ids)) u);
            has_more := cardinality(ids) > size;
        elsif not has_more then
            has_more := exists (select from pull_update_ids(c, filters, coalesce(past, 0), 1));
        end if;
        entities := entities || array_fill('update'::text, array[cardinality(ids) - cardinality(entities)]);
        ids      := ids[:size];
        entities := entities[:size];
        last     := cardinality(ids);
    end if;
    return next row(null, place, case when not has_more then null
                                      when entities[last] = 'update' then '>' || ids[last]
                                      else '+' || coalesce(told, 0) + last end,
                    has_more or since_ <> change_snapshot(), true, reset)::pulled;
    return query
    with now_ as materialized (
        select e.entity, t.*
          from (select x.entity, array_agg(x.id) as ids from unnest(entities, ids) as x (entity, id) group by x.entity) e
         cross join lateral things_now(c, e.entity, e.ids) t)
    select row_to_json(row(null, l.entity, l.id, 'current', c.plan, n.objective, n.goal, null, n.tombstone, n.doc,
                           thing_link(c, l.entity, l.id))::pulled_doc)::text,
           null::text, null::text, null::boolean, null::boolean, null::text
      from unnest(entities, ids) with ordinality as l (entity, id, n)
      join now_ n on n.entity = l.entity and n.id = l.id
     order by l.n;
end $$;

-- A page: first a row that says where it leads, then its documents. `place` and `rest` are what the
-- page before said, null at the beginning; src/model/cursor.c has checked their form.
create function pull_page(plan text, now text, filters jsonb, place text, rest text, size integer) returns setof pulled
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c     context := context(plan, null, now, null, null);
    since text    := substr(place, 18);
    reset text;
begin
    -- '1:1:' is where nothing has ever changed: one who reads what there is may end, and begins anew.
    if place is not null and not (since = '1:1:' and rest is not null) then
        reset := change_reset(left(place, 16), since);
    end if;
    perform goal_named(c, filters->>'goal'), objective_named(c, filters->>'objective');
    if reset is not null or place is null then
        return query select p.* from pull_snapshot(c, filters, null, null, null, reset, size) p;
    elsif rest like '+%' then
        return query select p.* from pull_snapshot(c, filters, since, substr(rest, 2)::bigint, null, null, size) p;
    elsif rest like '>%' then
        return query select p.* from pull_snapshot(c, filters, since, null, substr(rest, 2)::bigint, null, size) p;
    else
        return query select p.* from pull_changes(c, filters, since, substr(split_part(rest, ' ', 1), 18),
                                                  split_part(rest, ' ', 2)::bigint, size) p;
    end if;
end $$;

-- Lets go what is older than so many days, oldest transactions first, and never the last; gives how
-- many went, `most` at the most. What came with a backup from another cluster is of its future: it
-- goes too, and the plans are said to have changed, so that there is a place to begin from.
create function change_sweep(days integer, most integer) returns bigint language plpgsql as $$
declare
    kept     xid8;
    gone     bigint;
    restored bigint;
begin
    if pg_try_advisory_xact_lock(hashtextextended('change_sweep', 0)) is not true then
        return 0;
    end if;
    delete from change ch
     where ch.id in (select f.id from change f where f.xid >= pg_snapshot_xmax(pg_current_snapshot()) limit most);
    get diagnostics restored = row_count;
    if restored > 0 and restored < most then
        perform announce('plan', p.slug, 'changed', p.id, null) from plan p;
    end if;
    if days = 0 or restored > 0 then
        return restored;
    end if;
    -- The first that stays: the oldest transaction of which something is young, else the last.
    select coalesce((select ch.xid from change ch where ch.at >= clock_timestamp() - make_interval(days => change_sweep.days)
                      order by ch.xid limit 1),
                    (select ch.xid from change ch order by ch.xid desc limit 1)) into kept;
    delete from change ch
     where ch.id in (select s.id from change s where s.xid < kept order by s.xid, s.id limit most);
    get diagnostics gone = row_count;
    return gone;
end $$;
