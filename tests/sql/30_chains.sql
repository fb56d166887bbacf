-- A chain of corrections is linear, of one objective, and both ends of a link name each other.

create function test.correct(id bigint, extra jsonb default '{}') returns written language sql as $$
    select updates_post(test.q('gogov'), test.report('1.1', '2026-10-31',
                        jsonb_build_object('supersedes', id::text, 'reason', 'typo', 'percent_complete', 50) || extra))
$$;

create function test.an_update_is_superseded_once() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
    next  written := test.correct(first);
begin
    perform test.is(next.status, 201, 'status');
    perform test.has(next.body::jsonb, jsonb_build_object('supersedes', first::text, 'state', 'published', 'reason', 'typo'));
    perform test.has(test.get('updates_get', null, null, jsonb_build_object('id', first::text)),
                     jsonb_build_object('state', 'superseded', 'superseded_by', next.body::jsonb->'id'));
    perform test.fails(format('select test.correct(%s)', first), 'CP409', 'superseded');
    perform test.fails(format($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, supersedes)
                                 select plan_id, goal_id, objective_id, as_of, 'note', 'x', 's', id from published_update where id = %s$s$, first),
                       '23505', 'update_is_superseded_once');
end $$;

create function test.a_link_that_is_half_made_is_refused() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
    other bigint := test.publish_one('1.2');
begin
    perform test.fails(format($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source, supersedes)
                                 select plan_id, goal_id, objective_id, as_of, 'note', 'x', 's', id from published_update where id = %s$s$, first),
                       '23000', 'does not follow');
    perform test.fails(format('update published_update set superseded_at = clock_timestamp(), superseded_by = %s, changed_at = clock_timestamp() where id = %s',
                              other, first), '23000', 'is not superseded by');
    perform test.fails('update published_update set superseded_at = clock_timestamp(), changed_at = clock_timestamp()', '23514',
                       'update_supersession_is_whole');
end $$;

create function test.a_correction_names_an_update_of_its_objective() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
begin
    perform test.fails('select test.correct(999999)', 'CP422', '#/supersedes');
    perform test.fails(format($s$select test.correct(%s, '{"objective": "1.2"}')$s$, first), 'CP422', '#/supersedes');
    perform test.fails(format($s$select test.correct(%s, '{"reason": null}')$s$, first), 'CP422', '#/reason');
end $$;

create function test.retracting_a_head_does_not_revive_its_predecessor() returns void language plpgsql as $$
declare
    first bigint  := test.publish_one();
    next  written := test.correct(first);
begin
    perform updates_retraction(test.q('gogov', jsonb_build_object('id', next.body::jsonb->'id')), '{"reason": "withdrawn"}');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'),
                     '{"status": "no_information", "percent_complete": null}');
end $$;

create function test.retraction_is_idempotent_and_states_its_reason() returns void language plpgsql as $$
declare
    id_ bigint  := test.publish_one();
    q   jsonb   := test.q('gogov', jsonb_build_object('id', id_::text));
    w   written;
begin
    perform test.fails(format('select updates_retraction(%L, %L)', q, '{}'), 'CP422', '#/reason');
    w := updates_retraction(q, '{"reason": "wrong"}');
    perform test.is(w.status, 200, 'status');
    perform test.is(w.body::jsonb->>'state', 'retracted', 'state');
    perform test.is(w.body::jsonb->'retraction'->>'reason', 'wrong', 'reason');
    perform test.is((updates_retraction(q, '{"reason": "other"}')).body, w.body, 'second answer');
    perform test.is((select count(*) from audit_event where action = 'retract'), 1::bigint, 'audit rows');
end $$;

create function test.a_superseded_update_is_not_retracted() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
begin
    perform test.correct(first);
    perform test.fails(format('select updates_retraction(%L, %L)', test.q('gogov', jsonb_build_object('id', first::text)),
                              '{"reason": "x"}'),
                       'CP409', 'superseded');
end $$;

create function test.a_retracted_head_can_be_corrected() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
begin
    perform updates_retraction(test.q('gogov', jsonb_build_object('id', first::text)), '{"reason": "wrong"}');
    perform test.is((test.correct(first)).status, 201, 'status');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'), '{"status": "on_track", "percent_complete": 50}');
end $$;
