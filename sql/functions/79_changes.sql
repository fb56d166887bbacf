-- The changes as the public is told of them: that something moved and where it stands now, never what
-- it says; whoever wants that reads it there. Drafts make no change rows, so none is told of.

create type change_links as (self text);
create type change_doc as (
    entity    text,
    id        text,
    op        text,
    plan      text,
    objective text,
    goal      integer,
    at        text,
    links     change_links
);

-- o is null where the change is of no objective. The names in the path are slugs, numbers and codes:
-- they stand in a path as they are.
create function change_doc(ch change, p plan, o objective) returns json language sql stable as $$
    select row_to_json(row(
        ch.entity,
        ch.entity_id,
        ch.op,
        p.slug,
        o.code,
        coalesce(o.goal_number, case ch.entity when 'goal' then ch.entity_id::integer end),
        to_char(ch.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        row(case ch.entity when 'plan' then '/plan' else '/' || ch.entity || 's/' || ch.entity_id end
            || case p.state when 'active' then '' else '?plan=' || p.slug end)::change_links)::change_doc)
$$;

-- What was committed between two looks, each a pg_snapshot: seen by upto, not yet by since, whatever
-- the order of ids and xids. That is what was under way at since and what began after it: two reads
-- of an index, so that no `since` makes it a long one. At most `most` rows, in the order of the ids,
-- which is for one thing the order in which it changed.
create function changes_between(since text, upto text, most integer)
returns table (xid text, plan text, active boolean, doc text) language sql stable as $$
    select ch.xid::text, p.slug, p.state = 'active', change_doc(ch.whole, p, o)::text
      from ((select c.id, c.xid, c.plan_id, c.objective_id, c as whole from change c
              where c.xid >= pg_snapshot_xmax(since::pg_snapshot) and pg_visible_in_snapshot(c.xid, upto::pg_snapshot)
              order by c.xid, c.id
              limit most)
            union all
            (select c.id, c.xid, c.plan_id, c.objective_id, c from pg_snapshot_xip(since::pg_snapshot) as busy (xid)
               join change c on c.xid = busy.xid
              where pg_visible_in_snapshot(c.xid, upto::pg_snapshot)
              order by c.xid, c.id
              limit most)
            order by id
            limit most) ch
      join plan p on p.id = ch.plan_id
      left join objective o on o.id = ch.objective_id
     order by ch.id
$$;
