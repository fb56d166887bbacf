-- Many reports in one transaction: each is judged and done as it would be alone; together they stand
-- or fall (abort), or each for itself (report). args: on_error, and in refused, by an item's index, the
-- faults that its body shows without the database.

create type batch_result as (
    index    integer,
    status   integer,
    outcome  text,      -- as of reported, or refused
    id       text,
    draft    boolean,
    location text,
    problem  json
);

create type batch_fault as (detail text, pointer text);
create type batch_problem as (type text, status integer, code text, detail text, errors json);

-- Faults of one item as places within the whole body: `places` as problem() says them.
create function faults_within(at text, places text, message text) returns batch_fault[] language sql immutable as $$
    select case when places = '' then '{}'
                when position(chr(9) in places) = 0 then array[row(message, at || substr(places, 2))::batch_fault]
                else (select array_agg(row(split_part(l, chr(9), 2), at || substr(split_part(l, chr(9), 1), 2))::batch_fault order by n)
                        from string_to_table(places, chr(10)) with ordinality as t (l, n)) end
$$;

create function refusal(index integer, status integer, code text, detail text, faults batch_fault[]) returns batch_result
language plpgsql immutable as $$
declare
    named text := coalesce(nullif(code, ''), case status when 401 then 'unauthenticated' when 403 then 'forbidden'
                                                         when 404 then 'not-found' when 409 then 'conflict' else 'invalid' end);
    p     batch_problem := row('/problems/' || named, status, named, detail, to_json(faults));
begin
    return row(index, status, 'refused', null, null, null, row_to_json(p))::batch_result;
end $$;

-- Of an item that its body alone condemns.
create function refused_body(index integer, faults jsonb) returns batch_result language plpgsql immutable as $$
declare
    told batch_fault[] := array(select row(f->>'detail', f->>'pointer')::batch_fault
                                  from jsonb_array_elements(faults) with ordinality as t (f, n) order by n);
begin
    return refusal(index, 422, '', case cardinality(told) when 1 then told[1].detail
                                   else format('%s faults in the item', cardinality(told)) end, told);
end $$;

-- Its sources held whole, in one order, so that two batches never wait for each other.
create function hold_sources(c context, a author, items jsonb) returns void language plpgsql as $$
declare
    held bigint;
begin
    for held in select distinct source_lock(c.plan_id, s)
                  from (select a.source as s union select i->>'source' from jsonb_array_elements(items) i) t
                 where s is not null order by 1
    loop
        perform pg_advisory_xact_lock(held);
    end loop;
end $$;

-- With an id of the source it is the report under that pair; else a report that is new. What is to be published is left
-- to the caller.
create function report_item(q jsonb, a author, c context, index integer, item jsonb, out result batch_result, out d draft_update)
language plpgsql as $$
declare
    b       update_body := jsonb_populate_record(null::update_body, item);
    x       record;
    r       reported;
    is_dry  boolean := is_dry_run(q);
    state   text;
    message text;
    places  text;
    code    text;
begin
    b.source := source_for(a, b.source);
    if b.external_id is null then
        x := report_new(a, c, b);
    else
        x := report_natural(a, c, b);
    end if;
    r := x.r;
    d := x.d;
    if r.is_draft then
        perform put_out(d, a);
        d := null;
    end if;
    is_dry := is_dry and r.outcome in ('created', 'superseded');
    result := row(index, reported_status(r), r.outcome, case when not is_dry then r.id::text end, r.is_draft,
                  case when not is_dry then update_location(r.id, c, r.is_draft) end, null);
exception when others then
    get stacked diagnostics state = returned_sqlstate, message = message_text, places = pg_exception_detail,
                            code = pg_exception_hint;
    if state !~ '^CP4' then
        raise;
    end if;
    result := refusal(index, substr(state, 3)::integer, code, message, faults_within('#/items/' || index, places, message));
end $$;

-- What must see all before it published, and be seen by all after it: a correction by id, and a pair that comes again.
create function batch_items(items jsonb) returns table (item jsonb, alone boolean) language sql immutable as $$
    select t.i, t.i->>'supersedes' is not null
                or t.i->>'external_id' is not null
                   and row_number() over (partition by t.i->>'source', t.i->>'external_id' order by t.n) > 1
      from jsonb_array_elements(items) with ordinality as t (i, n)
     order by t.n
$$;

create function batch_results(q jsonb, a author, c context, items jsonb) returns batch_result[] language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    results batch_result[] := '{}';
    refused jsonb := coalesce(q->'args'->'refused', '{}');
    pending draft_update[] := '{}';
    i       record;
    x       record;
    n       integer := 0;
begin
    perform hold_sources(c, a, items);
    for i in select * from batch_items(items) loop
        if i.alone then
            perform publish_all(pending, a);
            pending := '{}';
        end if;
        if refused ? n::text then
            results := results || refused_body(n, refused->n::text);
        else
            x       := report_item(q, a, c, n, i.item);
            results := results || x.result;
            if (x.d).id is not null then
                pending := pending || x.d;
            end if;
            if i.alone then
                perform publish_all(pending, a);
                pending := '{}';
            end if;
        end if;
        n := n + 1;
    end loop;
    perform publish_all(pending, a);
    return results;
end $$;

-- One bad item, and nothing stands. The status that all the bad share; else that of a bad body.
create function refuse_batch(results batch_result[]) returns void language plpgsql stable as $$
declare
    bad      batch_result[] := array(select r from unnest(results) r where r.outcome = 'refused');
    statuses integer[] := array(select distinct b.status from unnest(bad) b);
    places   text;
begin
    if cardinality(bad) = 0 then
        return;
    end if;
    select string_agg(f.pointer || chr(9) || f.detail, chr(10) order by b.n, f.n) into places
      from unnest(bad) with ordinality b (index, status, outcome, id, draft, location, problem, n)
     cross join lateral (
           select e.item->>'pointer', e.item->>'detail', e.n from items((b.problem->'errors')::jsonb) e
            union all
           select '#/items/' || b.index, b.problem->>'detail', 0 where json_array_length(b.problem->'errors') = 0
           ) f (pointer, detail, n);
    perform problem(case when cardinality(statuses) = 1 then statuses[1] else 422 end,
                    format('%s of %s items are refused; nothing was changed', cardinality(bad), cardinality(results)), places);
end $$;

create type batch_doc as (
    items      integer,
    created    bigint,
    superseded bigint,
    revised    bigint,
    unchanged  bigint,
    stale      bigint,
    refused    bigint,
    results    json
);

create function batch_doc(results batch_result[]) returns json language sql immutable as $$
    select row_to_json(row(cardinality(results),
                           count(*) filter (where r.outcome = 'created'), count(*) filter (where r.outcome = 'superseded'),
                           count(*) filter (where r.outcome = 'revised'), count(*) filter (where r.outcome = 'unchanged'),
                           count(*) filter (where r.outcome = 'stale'), count(*) filter (where r.outcome = 'refused'),
                           to_json(results))::batch_doc)
      from unnest(results) r
$$;

create function updates_batch(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a       author  := authorise(q, 'report');
    w       written := replay(q, a);
    c       context;
    results batch_result[];
begin
    if w.replayed then
        return w;
    end if;
    c       := context_of(q);
    results := batch_results(q, a, c, body->'items');
    if coalesce(q->'args'->>'on_error', 'abort') = 'abort' then
        perform refuse_batch(results);
    end if;
    return answer(q, a, 200, null, 0, batch_doc(results));
end $$;
