-- The natural key: one name for one chain, so that a puller may send all it has every night.

create function test.put(key text, external_id text, body jsonb, dry_run boolean default false) returns written language sql as $$
    select * from updates_put_natural(test.q(key,
                                             jsonb_build_object('source', (select source from api_key where id = key), 'external_id', external_id),
                                             dry_run => dry_run), body)
$$;

create function test.put_creates_then_says_nothing_new_then_corrects() returns void language plpgsql as $$
declare
    first  written := test.put('gogov', 'case/7', test.report('1.1', '2026-10-31'));
    same   written := test.put('gogov', 'case/7', test.report('1.1', '2026-10-31'));
    change written := test.put('gogov', 'case/7', test.report('1.1', '2026-10-31', '{"percent_complete": 60}'));
begin
    perform test.is(first.status, 201, 'first status');
    perform test.is(row(same.status, same.body)::text, row(200, first.body)::text, 'second answer');
    perform test.is(change.status, 200, 'third status');
    perform test.has(change.body::jsonb, jsonb_build_object('supersedes', first.body::jsonb->'id', 'percent_complete', 60,
                                                            'external_id', 'case/7'));
    perform test.is((select count(*) from published_update), 2::bigint, 'rows');
    perform test.is(test.get('updates_get_natural', null, null, '{"source": "gogov", "external_id": "case/7"}'),
                    change.body::jsonb, 'GET by natural key');
end $$;

create function test.an_older_report_changes_nothing() returns void language plpgsql as $$
declare
    first written := test.put('gogov', 'x', test.report('1.1', '2026-10-31', '{"source_updated_at": "2026-11-01T10:00:00Z"}'));
    older written := test.put('gogov', 'x',
                              test.report('1.1', '2026-10-31', '{"source_updated_at": "2026-11-01T09:00:00Z", "percent_complete": 1}'));
begin
    perform test.is(row(older.status, older.body)::text, row(200, first.body)::text, 'answer');
end $$;

create function test.post_with_a_known_pair_is_told_its_place() returns void language plpgsql as $$
declare
    said text;
begin
    perform test.put('gogov', 'a b/ü', test.report('1.1', '2026-10-31'));
    begin
        perform updates_post(test.q('gogov'), test.report('1.1', '2026-10-31', '{"external_id": "a b/ü"}'));
    exception when sqlstate 'CP409' then
        get stacked diagnostics said = column_name;
    end;
    perform test.is(said, '/updates/gogov/a%20b%2F%C3%BC', 'location');
    perform test.is((updates_post(test.q('narrow'), test.report('1.1', '2026-10-31', '{"external_id": "a b/ü"}'))).status, 201,
                    'status of another source');
end $$;

create function test.a_correction_by_hand_is_not_undone_by_the_next_pull() returns void language plpgsql as $$
declare
    first  written := test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
    by_hand written := updates_post(test.q('admin'),
                                    test.report('1.1', '2026-10-31', jsonb_build_object('supersedes', first.body::jsonb->'id', 'reason', 'typo',
                                    'source', 'city', 'percent_complete', 70)));
    again  written := test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
    newer  written;
begin
    perform test.is(row(again.status, again.body)::text, row(200, by_hand.body)::text, 'answer to the same report');
    newer := test.put('gogov', 'x', test.report('1.1', '2026-10-31', '{"percent_complete": 80}'));
    perform test.has(newer.body::jsonb, jsonb_build_object('supersedes', by_hand.body::jsonb->'id', 'percent_complete', 80));
end $$;

create function test.a_retracted_report_stays_retracted_until_it_says_something_new() returns void language plpgsql as $$
declare
    first written := test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
begin
    perform updates_retraction(test.q('gogov', jsonb_build_object('id', first.body::jsonb->'id')), '{"reason": "wrong"}');
    perform test.is((test.put('gogov', 'x', test.report('1.1', '2026-10-31'))).body::jsonb->>'state', 'retracted', 'state');
    perform test.is((test.put('gogov', 'x', test.report('1.1', '2026-10-31', '{"percent_complete": 60}'))).body::jsonb->>'state',
                    'published', 'state');
end $$;

create function test.a_report_does_not_move_to_another_objective() returns void language plpgsql as $$
begin
    perform test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
    perform test.fails($s$select test.put('gogov', 'x', test.report('1.2', '2026-10-31'))$s$, 'CP422', '#/objective');
end $$;

create function test.put_under_another_source_is_refused() returns void language plpgsql as $$
begin
    perform test.fails(format('select updates_put_natural(%L, %L)', test.q('gogov', '{"source": "erp", "external_id": "x"}'),
                              test.report('1.1', '2026-10-31')),
                       'CP403', '#/source');
end $$;

create function test.a_pair_has_one_head_and_one_open_draft() returns void language plpgsql as $$
begin
    perform test.put('gogov', 'x', test.report('1.1', '2026-10-31'));
    perform test.put('drafts', 'y', test.report('1.1', '2026-10-31'));
    perform test.fails($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, external_id)
                          select plan_id, goal_id, objective_id, as_of, 'note', 'x', source, external_id from published_update$s$, '23505', 'update_natural_head');
    perform test.fails($s$insert into draft_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, external_id)
                          select plan_id, goal_id, objective_id, as_of, 'note', 'x', source, external_id from draft_update$s$, '23505', 'draft_natural_open');
end $$;

create function test.a_dry_put_creates_nothing_under_an_id() returns void language plpgsql as $$
declare
    w written := test.put('gogov', 'x', test.report('1.1', '2026-10-31'), dry_run => true);
begin
    perform test.has(w.body::jsonb, '{"id": null, "dry_run": true}');
end $$;
