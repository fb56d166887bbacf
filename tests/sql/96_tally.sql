-- updates_count is kept and not counted: whatever writes, the tally is the number of rows.

create function test.hold_tally(what text) returns void language plpgsql as $$
declare
    wrong text;
begin
    select string_agg(format('%s: %s of %s', o.code, coalesce(t.n, 0), coalesce(u.n, 0)), ', ') into wrong
      from objective o
      left join (select objective_id, sum(n) as n from update_tally group by objective_id) t on t.objective_id = o.id
      left join (select objective_id, count(*) as n from published_update group by objective_id) u on u.objective_id = o.id
     where coalesce(t.n, 0) <> coalesce(u.n, 0);
    perform test.is(wrong, null, 'tally after ' || what);
end $$;

create function test.counted(code text) returns bigint language sql as $$
    select (test.get('objectives_get', null, null, jsonb_build_object('code', code))->>'updates_count')::bigint
$$;

create function test.the_tally_follows_every_kind_of_write() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
    draft bigint;
begin
    perform test.hold_tally('a report');
    perform test.correct(first);
    perform test.hold_tally('a correction');
    perform test.is(test.counted('1.1'), 2::bigint, 'a correction counts');
    perform updates_retraction(test.q('gogov', test.of(test.publish_one('1.2'))), '{"reason": "wrong"}');
    perform test.hold_tally('a retraction');
    perform test.is(test.counted('1.2'), 1::bigint, 'what is retracted counts');
    draft := test.draft('2.1');
    perform test.is(test.counted('2.1'), 0::bigint, 'a draft does not count');
    perform updates_discard(test.q('drafts', test.of(test.draft('2.1'))), '{}');
    perform updates_publication(test.q('gogov', test.of(draft)), '{}');
    perform updates_publication(test.q('gogov', test.of(draft)), '{}');
    perform test.hold_tally('a publication');
    perform test.is(test.counted('2.1'), 1::bigint, 'a draft counts when it is published, once');
    perform test.put('gogov', 'x', test.report('3.1', '2026-10-31'));
    perform test.put('gogov', 'x', test.report('3.1', '2026-10-31'));
    perform test.put('gogov', 'x', test.report('3.1', '2026-10-31', '{"percent_complete": 41}'));
    perform test.hold_tally('reports by a natural key');
    perform test.is(test.counted('3.1'), 2::bigint, 'what says nothing new does not count');
    perform updates_post(test.q('gogov', idem => 'i'), test.report('3.9', '2026-10-31'));
    perform updates_post(test.q('gogov', idem => 'i'), test.report('3.9', '2026-10-31'));
    perform test.hold_tally('a replay');
    perform test.many_updates();
    perform test.hold_tally('many rows at once');
end $$;

create function test.the_tally_follows_files() returns void language plpgsql as $$
declare
    reports jsonb := (select jsonb_agg(test.filed('t' || n, jsonb_build_object('objective', (array['1.1', '3.9', '3.10'])[1 + n % 3])))
                        from generate_series(1, 60) n);
    file    jsonb;
begin
    perform test.fill();
    perform test.import(test.reports(reports), publish => true, dry_run => true);
    perform test.hold_tally('a dry run');
    perform test.is(test.counted('3.10'), 0::bigint, 'a dry run does not count');
    perform test.import(test.reports(reports), publish => true);
    perform test.import(test.reports(reports), publish => true);
    perform test.hold_tally('an import');
    perform test.is(test.counted('3.10'), 20::bigint, 'an import counts once');
    file := export_file(null)::jsonb;
    perform test.empty_the_database();
    perform test.import(file);
    perform test.hold_tally('a restored export');
    perform test.is((select count(*) > 60 from published_update), true, 'history came back');
end $$;

create function test.what_is_taken_back_is_not_counted() returns void language plpgsql as $$
begin
    perform test.publish_one();
    begin
        perform test.publish_one();
        perform test.publish_one('1.2');
        raise exception using errcode = 'CP000';
    exception when sqlstate 'CP000' then
        null;
    end;
    perform test.hold_tally('a rollback');
    perform test.is(test.counted('1.1'), 1::bigint, 'updates');
end $$;

create function test.only_publishing_counts() returns void language plpgsql as $$
begin
    perform test.publish_one();
    perform test.as_role('progress_app');
    perform test.fails('update update_tally set n = n + 1', '42501');
    perform test.fails('insert into update_tally (objective_id, n) select objective_id, 1 from update_tally', '42501');
    perform test.fails('delete from update_tally', '42501');
    perform test.publish_one();
    perform test.as_role('progress_read');
    perform test.is(test.counted('1.1'), 2::bigint, 'a reader reads it');
end $$;

-- Two who report on the same objectives in opposite order, each before the other commits: with one
-- counter an objective each would wait for the other for ever.
create function test.reporters_neither_wait_for_each_other_nor_block_each_other() returns void language plpgsql as $$
begin
    set local lock_timeout = 300;
    perform test.connect_other();
    perform test.publish_one('1.1');
    perform test.is(test.ask_other('select test.publish_one(''1.2'')') ~ '^\d+$', true, 'the other reports on 1.2');
    perform test.is(test.ask_other('select test.publish_one(''1.1'')') ~ '^\d+$', true, 'the other reports on 1.1');
    perform test.publish_one('1.2');
    perform test.hold_tally('two at once');
    perform test.is(test.ask_other('select test.hold_tally(''two at once, for the other'')'), '', 'the other holds it too');
    perform test.dblink_disconnect('other');
end $$;
