-- What two sessions at once may do to each other. The other session is a real one, by dblink, and
-- sees only what is committed; what it commits is taken back by the last test's database.

do $$
begin
    create extension dblink with schema test;
exception when others then
    null;
end $$;

create function test.connect_other(lock_timeout int default 300) returns void language plpgsql as $$
begin
    if to_regprocedure('test.dblink_connect(text,text)') is null then
        raise exception using errcode = 'SKIP0', message = 'dblink is not installed';
    end if;
    perform test.dblink_connect('other', format('host=%s port=%s dbname=%s user=%s options=''-c search_path=%s -c lock_timeout=%s''',
                                                split_part(current_setting('unix_socket_directories'), ',',
                                                           1), current_setting('port'),
                                                current_database(), session_user, replace(current_setting('search_path'), ' ', ''), lock_timeout));
    perform test.dblink_exec('other', 'begin');
end $$;

-- What the other session is answered: its error or its value.
create function test.ask_other(statement text) returns text language plpgsql as $$
begin
    return (select v from test.dblink('other', statement) t (v text));
exception when others then
    return sqlstate || ' ' || sqlerrm;
end $$;

-- The other session runs a statement and rolls back.
create function test.elsewhere(statement text) returns text language plpgsql as $$
declare
    said text;
begin
    perform test.connect_other();
    said := test.ask_other(statement);
    perform test.dblink_disconnect('other');
    return said;
end $$;

create function test.a_request_in_flight_answers_the_second_at_once() returns void language plpgsql as $$
declare
    q jsonb := test.q('gogov', idem => 'race');
begin
    perform updates_post(q, test.report('1.1', '2026-10-31'));
    perform test.is(test.elsewhere(format('select (updates_post(%L, %L)).status', q,
                                          test.report('1.1', '2026-10-31'))) ~ '^CP409', true, 'in flight');
    perform test.is(test.elsewhere(format('select (updates_post(%L, %L)).status', q || '{"idem": "another"}',
                                          test.report('1.1', '2026-10-31'))), '201', 'another key');
end $$;

create function test.two_reports_under_one_pair_wait_for_each_other() returns void language plpgsql as $$
begin
    perform test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
    perform test.is(test.elsewhere($s$select (test.put('gogov', 'x', test.report('1.1', '2026-10-31'))).status$s$) ~ '^55P03',
                    true, 'the same pair');
    perform test.is(test.elsewhere($s$select (test.put('gogov', 'y', test.report('1.1', '2026-10-31'))).status$s$), '201',
                    'another pair');
end $$;

create function test.two_editors_of_one_objective_wait_for_each_other() returns void language plpgsql as $$
begin
    perform test.patch_objective('{"weight": 2}');
    perform test.is(test.elsewhere($s$select (test.patch_objective('{"weight": 3}')).status$s$) ~ '^55P03', true,
                    'the same objective');
    perform test.is(test.elsewhere($s$select (test.publish_one('1.2'))$s$) ~ '^\d+$', true, 'a report meanwhile');
end $$;
