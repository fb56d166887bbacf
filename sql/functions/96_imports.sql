-- Imports of tables: at once where they are short, else left for the service to do. All of a table or nothing.

create function import_chunk() returns integer language sql immutable as $$ select 1000 $$; -- rows between two signs of progress
create function import_at_once() returns integer language sql immutable as $$ select 1000 $$; -- rows, at most
create function import_told() returns integer language sql immutable as $$ select 500 $$; -- errors in a report, and warnings
create function import_waiting() returns integer language sql immutable as $$ select 8 $$; -- imports of one client, at most
create function import_tries() returns integer language sql immutable as $$ select 10 $$;

create function import_scopes(name text) returns text[] language sql immutable as $$
    select case name when 'updates' then '{report}' else '{edit}' end::text[]
$$;

create function import_rows(a author, c context, name text, items import_item[]) returns import_result language plpgsql as $$
begin
    return case name when 'updates'     then import_updates(a, c, items)
                     when 'objectives'  then import_objectives(a, c, items)
                     when 'goals'       then import_goals(a, c, items)
                     when 'measures'    then import_measures(a, c, items)
                     when 'departments' then import_departments(a, c, items)
                     when 'funding'     then import_funding(a, c, items) end;
end $$;

-- A table that was all but empty is not after the first thousand rows, and nobody else can count what is not committed
-- yet: without this every index would look as good as the one that names a pair. With the owner's right (99_grants.sql).
create function import_recount() returns void language plpgsql as $$
begin
    analyze published_update;
end $$;

-- job: whose progress is told; null: nobody's.
create function import_table(a author, c context, given jsonb, job bigint) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r     import_result := import_nothing();
    head  jsonb := given - 'data'::text;
    items import_item[] := array(select row(i.*)::import_item from import_items(head, given->'data', a.source) i);
    twice import_fault[] := import_doubles(head, items);
    done  integer := 0;
begin
    r.errors := array(select jsonb_populate_record(null::import_fault, e) from jsonb_array_elements(head->'errors') e) || twice;
    items    := array(select i from unnest(items) i where i."row" not in (select t."row" from unnest(twice) t));
    if head->>'table' = 'updates' then
        perform hold_sources(c, a, (select coalesce(jsonb_agg(distinct jsonb_build_object('source', i.body->'source')), '[]') from unnest(items) i));
    end if;
    while done < cardinality(items) loop
        r    := import_sum(r, import_rows(a, c, head->>'table', items[done + 1 : done + import_chunk()]));
        done := least(done + import_chunk(), cardinality(items));
        if job is not null then
            perform setval('import_progress', job << 20 | done);
        end if;
        if done = import_chunk() and done < cardinality(items) and head->>'table' = 'updates' then
            perform import_recount();
        end if;
    end loop;
    return r;
end $$;

-- ---- the report ----

create type import_links as (self text);
create type import_doc as (
    id            text,
    state         text,
    "table"       text,
    "rows"        integer,
    rows_done     integer,
    created       integer,
    changed       integer,
    unchanged     integer,
    error_count   integer,
    errors        json,
    warning_count integer,
    warnings      json,
    detail        text,
    created_at    text,
    finished_at   text,
    links         import_links
);

create function import_row_count(given jsonb) returns integer language sql immutable as $$
    select (given->>'count')::integer
$$;

-- Those that C did not keep are counted too.
create function import_error_count(r import_result, given jsonb) returns integer language sql immutable as $$
    select cardinality(r.errors) + (given->>'error_count')::integer - jsonb_array_length(given->'errors')
$$;

create function import_first(list import_fault[]) returns json language sql immutable as $$
    select coalesce(json_agg(row(t."row", t."column", t.detail)::import_fault order by t."row", t.n), '[]')
      from (select f."row", f."column", f.detail, f.n
              from unnest(list) with ordinality as f ("row", "column", detail, n)
             order by f."row", f.n limit import_told()) t
$$;

-- What is done with a table that has been held against the plan; a job is null where nothing is kept.
create function import_report(r import_result, given jsonb, job import_job, detail text default null) returns import_doc
language plpgsql stable as $$
declare
    d      import_doc;
    errors integer := import_error_count(r, given);
begin
    d.id            := job.id;
    d.state         := case when errors > 0 or import_report.detail is not null then 'failed' else 'done' end;
    d."table"       := given->>'table';
    d."rows"        := import_row_count(given);
    d.rows_done     := case d.state when 'done' then d."rows" else 0 end;
    d.created       := case d.state when 'done' then r.created else 0 end;
    d.changed       := case d.state when 'done' then r.changed else 0 end;
    d.unchanged     := case d.state when 'done' then r.unchanged else 0 end;
    d.error_count   := errors;
    d.errors        := import_first(r.errors);
    d.warning_count := cardinality(r.warnings);
    d.warnings      := import_first(r.warnings);
    d.detail        := coalesce(import_report.detail, import_sentence(r, given));
    d.created_at    := rfc3339(job.created_at);
    d.finished_at   := rfc3339(job.finished_at);
    d.links         := case when job.id is not null then row('/imports/' || job.id)::import_links end;
    return d;
end $$;

create function import_sentence(r import_result, given jsonb) returns text language sql immutable as $$
    select case n when 0 then null when 1 then 'one error; nothing was changed'
                  else format('%s errors; nothing was changed', n) end
      from import_error_count(r, given) n
$$;

-- What a report needs to know of a table; its rows are many, and who waits asks often.
create function import_outline(j import_job) returns jsonb language sql immutable as $$
    select jsonb_build_object('table', j.name, 'count', j.rows, 'error_count', 0, 'errors', '[]'::jsonb)
$$;

-- What still waits.
create function import_ahead(j import_job) returns import_doc language plpgsql stable as $$
declare
    d   import_doc := import_report(import_nothing(), import_outline(j), j);
    far bigint     := (select last_value from import_progress);
begin
    d.state     := j.state;
    d.rows_done := case when far >> 20 = j.id then far & 1048575 else 0 end;
    return d;
end $$;

create function imports_get(plan text, as_of text, now text, lang text, include text, args jsonb, viewer text)
returns setof doc_row language plpgsql stable as $$
begin
    return query
    select coalesce(j.report, row_to_json(import_ahead(j))::text), 0
      from import_job j
     where j.id = case when args->>'id' ~ '^[0-9]{1,18}$' then (args->>'id')::bigint end
       and (viewer::jsonb->>'client' is null or j.client_id::text = viewer::jsonb->>'client');
end $$;

-- ---- at once ----

-- Errors as places in the list that the table is: its rows count from `first`.
create function refuse_import(r import_result, given jsonb) returns void language plpgsql stable as $$
begin
    if import_error_count(r, given) > 0 then
        perform problem(422, import_sentence(r, given), (
            select string_agg(format(E'#/data/%s/%s\trow %s: %s', e."row" - (given->>'first')::integer, e."column", e."row", e.detail),
                              chr(10) order by e."row", e.n)
              from unnest(r.errors) with ordinality as e ("row", "column", detail, n)));
    end if;
end $$;

create function import_keep(q jsonb, a author, c context, given jsonb, state text) returns import_job language plpgsql as $$
declare
    j import_job;
begin
    insert into import_job (plan_id, name, key_id, client_id, request_id, state, rows, content, report, finished_at)
    select c.plan_id, given->>'table', a.key_id, a.client_id, q->>'request_id', s, import_row_count(given),
           case when s = 'queued' then given end, case when s = 'done' then '{}' end, case when s = 'done' then clock_timestamp() end
      from (select import_keep.state as s) t
    returning * into j;
    return j;
end $$;

create function import_settle(j import_job, d import_doc) returns void language plpgsql as $$
begin
    update import_job t
       set state = d.state, content = null, report = row_to_json(d)::text, finished_at = j.finished_at
     where t.id = j.id;
end $$;

create function import_now(q jsonb, a author, c context, given jsonb) returns written language plpgsql as $$
declare
    r import_result := import_table(a, c, given, null);
    j import_job;
    d import_doc;
begin
    if not is_dry_run(q) then
        perform refuse_import(r, given);
        j := import_keep(q, a, c, given, 'done');
    end if;
    d := import_report(r, given, j);
    if j.id is not null then
        perform import_settle(j, d);
    end if;
    return answer(q, a, 200, null, 0, row_to_json(d));
end $$;

-- ---- later ----

create function import_later(q jsonb, a author, c context, given jsonb) returns written language plpgsql as $$
declare
    j import_job;
begin
    perform refuse_import(row(0, 0, 0, array(select jsonb_populate_record(null::import_fault, e)
                                               from jsonb_array_elements(given->'errors') e), '{}')::import_result, given);
    if (select count(*) from import_job w
         where w.state in ('queued', 'running') and w.client_id is not distinct from a.client_id) >= import_waiting() then
        perform problem(409, format('%s imports wait already: repeat when one has ended', import_waiting()));
    end if;
    j := import_keep(q, a, c, given, 'queued');
    return answer(q, a, 202, '/imports/' || j.id, 0, row_to_json(import_ahead(j)));
end $$;

create function imports_post(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise(q, variadic import_scopes(body->>'table'));
    w written := replay(q, a);
    c context;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    if import_row_count(body) > import_at_once() and not is_dry_run(q) then
        return import_later(q, a, c, body);
    end if;
    return import_now(q, a, c, body);
end $$;

-- By who runs the service: without a key, and always by way of a job, so that its progress shows.
create function imports_operate(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := importer();
    c context := context_of(q);
begin
    if is_dry_run(q) then
        return import_now(q, a, c, body);
    end if;
    return import_later(q - 'idem'::text, a, c, body);
end $$;

-- One at a time, whoever does it: held for as long as the rows are not committed.
create function import_lock() returns boolean language plpgsql as $$
begin
    return pg_try_advisory_xact_lock(hashtextextended('import', 0));
end $$;

-- The one that is next, marked as under way. One that was under way when a process ended is found here again: its
-- rows are in its job, and nothing of it was done.
create function import_begin() returns setof bigint language plpgsql as $$
declare
    j import_job;
begin
    if not exists (select from import_job w where w.state in ('queued', 'running')) or not import_lock() then
        return;
    end if;
    select * into j from import_job w where w.state in ('queued', 'running') order by w.id limit 1 for no key update skip locked;
    if not found then
        return;
    elsif j.tries >= import_tries() then
        j.finished_at := clock_timestamp();
        perform import_settle(j, import_report(import_nothing(), import_outline(j), j, format('given up: interrupted %s times; nothing was changed', j.tries)));
        return;
    end if;
    update import_job w set state = 'running', tries = w.tries + 1 where w.id = j.id;
    return next j.id;
end $$;

-- Does it, and says so in the same transaction: it is never half done, nor done and forgotten. No row: it is another's,
-- or done.
create function import_run(job bigint, now text) returns table (state text, "rows" integer) language plpgsql as $$
declare
    j       import_job;
    q       jsonb;
    a       author;
    r       import_result := import_nothing();
    failure text;
    sort    text;
    d       import_doc;
begin
    if not import_lock() then
        return;
    end if;
    select * into j from import_job w where w.id = job and w.state = 'running' for no key update skip locked;
    if not found then
        return;
    end if;
    begin
        q := jsonb_build_object('key', j.key_id, 'now', now, 'request_id', j.request_id,
                                'plan', (select p.slug from plan p where p.id = j.plan_id));
        if j.key_id is null then
            a := importer();
        else
            a := authorise(q, variadic import_scopes(j.name));
        end if;
        r := import_table(a, context_of(q), j.content, j.id);
        if r.errors <> '{}' then
            raise exception using errcode = 'CP422', message = import_sentence(r, import_outline(j));
        end if;
        set constraints all immediate;
    exception when others then
        get stacked diagnostics sort = returned_sqlstate, failure = message_text;
        if sort ~ '^(22|23)' then
            failure := 'a value cannot be stored; nothing was changed';
        elsif sort !~ '^CP4' then
            raise;
        end if;
    end;
    j.finished_at := clock_timestamp();
    d             := import_report(r, import_outline(j), j, failure);
    perform import_settle(j, d);
    return query select d.state, d."rows";
end $$;

-- One that was interrupted on purpose waits again, as if it had not begun.
create function import_release(job bigint) returns setof bigint language plpgsql as $$
begin
    return query update import_job w set state = 'queued', tries = w.tries - 1
                  where w.id = job and w.state = 'running' returning w.id;
end $$;
