-- The tests' own schema. A test is a function test.<sentence>() returning void; each runs in a
-- transaction of its own that is taken back, so that none sees another's rows.
create schema test;
grant usage on schema test to public;

-- The statements of sql/queries, by name.
create table test.query (name text primary key, sql text not null);
grant select on test.query to public;

create function test.is(actual anyelement, expected anyelement, what text default 'value') returns void language plpgsql as $$
begin
    if actual is distinct from expected then
        raise exception '% is %, expected %', what, coalesce(actual::text, 'null'), coalesce(expected::text, 'null');
    end if;
end $$;

-- Every member that is expected is there and equal; others may be.
create function test.has(actual jsonb, expected jsonb, what text default 'document') returns void language plpgsql as $$
declare
    k text;
begin
    for k in select jsonb_object_keys(expected) loop
        perform test.is(actual->k, expected->k, format('%s: %s', what, k));
    end loop;
end $$;

-- The statement fails with this SQLSTATE, and its problem says this code or pointer (or constraint).
create function test.fails(sql text, sqlstate_ text, word text default '') returns void language plpgsql as $$
declare
    message text;
    detail  text;
    hint    text;
    named   text;
begin
    begin
        execute sql;
        set constraints all immediate;
    exception when others then
        get stacked diagnostics message = message_text, detail = pg_exception_detail, hint = pg_exception_hint, named = constraint_name;
        if sqlstate <> sqlstate_ or position(word in concat_ws(' ', message, detail, hint, named)) = 0 then
            raise exception '% failed with % % % %, expected % %', sql, sqlstate, message, detail, hint, sqlstate_, word;
        end if;
        return;
    end;
    raise exception '% did not fail', sql;
end $$;

create function test.as_role(name text) returns void language sql as $$
    select set_config('role', name, true)
$$;

-- A statement of sql/queries with its parameters, as the service sends it; those not given are null.
create function test.statement(name text, variadic args text[]) returns text language plpgsql as $$
declare
    s text := (select rtrim(q.sql, E' ;\n') from test.query q where q.name = statement.name);
begin
    for i in reverse 10 .. 1 loop
        s := replace(s, '$' || i, quote_nullable(args[i]) || '::text');
    end loop;
    return s;
end $$;

create function test.get(name text, plan text, as_of text, args jsonb, include text default null,
                         known_at text default null) returns jsonb language plpgsql as $$
declare
    doc text;
    -- The plan and its summary are named by their path alone.
    last text[] := case when name in ('plan_get', 'summary_get') then array[known_at] else array[args::text, known_at] end;
begin
    execute (select 'select doc from (' || test.statement(get.name, variadic array[plan, as_of, test.now(), null, include] || last)
                    || ') q') into doc;
    return doc;
end $$;

create function test.list(name text, filters jsonb default '{}', k1 text default null, k2 text default null, size int default 50,
                          plan text default null, as_of text default null, include text default null,
                          known_at text default null) returns jsonb language plpgsql as $$
declare
    docs jsonb;
begin
    execute (select 'select coalesce(jsonb_agg(doc::jsonb), ''[]'') from ('
             || test.statement(list.name, plan, as_of, test.now(), null, include, filters::text, k1, k2, size::text, known_at) || ') q') into docs;
    return docs;
end $$;

-- The tests' clock.
create function test.now() returns text language sql immutable as $$ select '2026-11-22T12:00:00Z' $$;

-- The call of a write: key, args, If-Match, idempotency key.
create function test.q(key text, args jsonb default '{}', if_match int default null, idem text default null,
                       fingerprint text default 'f',
                       dry_run boolean default false, plan text default null) returns jsonb language sql immutable as $$
    select jsonb_build_object('key', key, 'idem', idem, 'fingerprint', fingerprint, 'request_id', 'request-1', 'now', test.now(),
                              'plan', plan, 'dry_run', dry_run, 'args', args, 'if_match', if_match)
$$;

create function test.report(objective text, as_of date, extra jsonb default '{}') returns jsonb language sql immutable as $$
    select jsonb_build_object('objective', objective, 'as_of', as_of, 'kind', 'progress', 'status', 'on_track',
                              'percent_complete', 40,
                              'summary', 'Work goes on.') || extra
$$;

create function test.run(pattern text) returns setof text language plpgsql as $$
declare
    t   record;
    why text;
begin
    for t in select p.oid, p.proname, replace(p.proname, '_', ' ') as sentence
               from pg_proc p join pg_language l on l.oid = p.prolang
              where p.pronamespace = 'test'::regnamespace and p.prorettype = 'void'::regtype and p.pronargs = 0
                and p.proname ~ pattern
              order by p.oid
    loop
        begin
            execute format('select test.%I()', t.proname);
            set constraints all immediate;
            raise exception using errcode = 'TEST0', message = 'taken back';
        exception
            when sqlstate 'TEST0' then why := null;
            when sqlstate 'SKIP0' then why := 'skipped';
            when others then why := sqlstate || ' ' || sqlerrm;
        end;
        set constraints all deferred;
        return next case when why is null then 'ok - ' || t.sentence
                         when why = 'skipped' then 'skipped - ' || t.sentence
                         else format('not ok - %s: %s', t.sentence, why) end;
    end loop;
end $$;
