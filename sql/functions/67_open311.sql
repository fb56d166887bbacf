-- What Open311 GeoReport v2 calls service request updates: a partner's word on single cases, each a
-- service_status under its update_id.

-- The objective that they are about: named, or the one that the key is bound to.
create function open311_objective(q jsonb, a author, c context) returns objective language plpgsql stable as $$
declare
    o objective;
begin
    if q->'args'->>'objective' is not null then
        select * into o from objective t where t.plan_id = c.plan_id and t.code = q->'args'->>'objective';
    elsif cardinality(a.objective_ids) = 1 then
        select * into o from objective t where t.plan_id = c.plan_id and t.id = a.objective_ids[1];
    end if;
    if o.id is null and q->'args'->>'objective' is not null then
        perform problem(404, format('no objective %s', q->'args'->>'objective'));
    elsif o.id is null then
        perform problem(400, 'name it, as in ?objective=7.1: only a key that is bound to one objective need not', '?objective');
    end if;
    perform hold_to_reach(a, o.id, o.code);
    return o;
end $$;

create function open311_item(v jsonb, code text, time_zone text) returns jsonb language plpgsql immutable as $$
declare
    said text := nullif(btrim(v->>'description'), '');
begin
    return jsonb_build_object(
        'objective', code, 'kind', 'service_status', 'external_id', v->>'update_id',
        'as_of', ((v->>'updated_datetime')::timestamptz at time zone time_zone)::date,
        'source_updated_at', v->>'updated_datetime',
        'summary', case when said is null then format('Service request %s is %s.', v->>'service_request_id', v->>'status')
                        when length(said) > 500 then left(said, 499) || '…' else said end,
        'details', case when length(said) > 500 then said end,
        'service', jsonb_build_object('case_id', v->>'service_request_id', 'state', v->>'status', 'raw_state', v->>'status'));
end $$;

create type open311_result as (
    update_id          text,
    service_request_id text,
    status             integer,
    outcome            text,
    location           text,
    detail             text
);

create function open311_doc(updates jsonb, results batch_result[]) returns json language sql immutable as $$
    select json_build_object('service_request_updates', coalesce(json_agg(row(
               v->>'update_id', v->>'service_request_id', results[n].status, results[n].outcome, results[n].location,
               case when results[n].outcome = 'refused' then coalesce(
                    (select string_agg(e->>'detail', '; ') from json_array_elements(results[n].problem->'errors') e),
                    results[n].problem->>'detail') end)::open311_result order by n), '[]'))
      from jsonb_array_elements(updates) with ordinality as t (v, n)
$$;

create function open311_post(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a       author  := authorise(q, 'report');
    w       written := replay(q, a);
    c       context;
    o       objective;
    refused jsonb := coalesce(q->'args'->'refused', '{}');
    items   jsonb;
begin
    if w.replayed then
        return w;
    end if;
    c     := context_of(q);
    if a.source is null then
        perform problem(403, 'the key speaks for no source, and these updates name none');
    end if;
    o     := open311_objective(q, a, c);
    items := coalesce((select jsonb_agg(case when refused ? (n - 1)::text then '{}' else open311_item(v, o.code, c.time_zone) end order by n)
                         from jsonb_array_elements(body) with ordinality as t (v, n)), '[]');
    return answer(q, a, 200, null, 0, open311_doc(body, batch_results(q, a, c, items)));
end $$;
