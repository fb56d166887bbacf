-- The audit as an administrator reads it.

create type audit_doc as (
    id         text,
    "at"       text,
    action     text,
    object     text,
    object_id  text,
    plan       text,
    objective  text,
    key        text,
    client     text,
    holder     text,
    request_id text,
    detail     json
);

-- Whether a row is among what is asked for. reach is {"objective_ids": null or a list}: a key that is
-- bound to objectives sees what was done to those. Times are shown to the millisecond: what was done
-- within the one that `until` names counts.
create function audit_wanted(e audit_event, plan text, filters jsonb, reach jsonb) returns boolean language sql stable as $$
    select (filters->>'actor' is null or e.key_id = filters->>'actor' or e.client = filters->>'actor')
       and (filters->>'holder' is null or e.holder = filters->>'holder')
       and (filters->>'object' is null or e.entity = filters->>'object')
       and (filters->>'object_id' is null or e.entity_id = filters->>'object_id')
       and (filters->>'action' is null or e.action = filters->>'action')
       and (filters->>'plan' is null or plan = filters->>'plan')
       and (filters->>'since' is null or e.at >= (filters->>'since')::timestamptz)
       and (filters->>'until' is null or e.at < (filters->>'until')::timestamptz + interval '1 millisecond')
       and (coalesce(reach->'objective_ids', 'null') = 'null' or reach->'objective_ids' @> to_jsonb(e.objective_id))
$$;

-- Pages, newest first. The cursor's last key is the id, which alone gives the order; the day before
-- it is there because a cursor of ours that holds an id begins with one. Planned with its values each
-- time, so that a filter that is not given folds to true.
create function audit_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                           k1 text, k2 text, size integer, reach jsonb)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_custom_plan as $$
begin
    return query
    select row_to_json(row(e.id::text, rfc3339(e.at), e.action, e.entity, e.entity_id, p.slug, o.code, e.key_id, e.client,
                           e.holder, e.request_id, e.detail::json)::audit_doc)::text,
           0, (e.at at time zone 'UTC')::date::text, e.id::text
      from audit_event e
      left join plan p on p.id = e.plan_id
      left join objective o on o.id = e.objective_id
     where audit_wanted(e, p.slug, filters, reach)
       and (k2 is null or e.id < k2::bigint)
     order by e.id desc
     limit size;
end $$;
