-- Reading: order, pages, filters, includes, plans beside each other.

create function test.codes(docs jsonb, member text default 'code') returns text language sql immutable as $$
    select string_agg(d->>member, ' ' order by n) from jsonb_array_elements(docs) with ordinality t (d, n)
$$;

create function test.three_ten_comes_after_three_nine() returns void language plpgsql as $$
begin
    perform test.is(test.codes(test.list('objectives_list')), '1.1 1.2 2.1 3.1 3.9 3.10', 'objectives');
    perform test.is(test.codes(test.list('objectives_list', k1 => '3', k2 => '9')), '3.10', 'after 3.9');
    perform test.is(test.codes(test.get('goals_get', null, null, '{"number": 3}')->'progress'->'counted'), '3.1 3.9 3.10',
                    'counted');
    perform test.is(test.codes(test.get('goals_get', null, null, '{"number": 3}', 'objectives')->'objectives'), '3.1 3.9 3.10',
                    'included');
end $$;

create function test.updates_come_newest_first_and_in_whole_pages() returns void language plpgsql as $$
declare
    all_  text;
    pages text := '';
    page  jsonb;
    k1    text;
    k2    text;
begin
    perform test.publish_one('1.1', date '2026-10-01' + (n * 7 % 5),
                             jsonb_build_object('summary', 'No ' || n)) from generate_series(1, 23) n;
    all_ := test.codes(test.list('updates_list'), 'id');
    perform test.is(all_, (select string_agg(id::text, ' ' order by as_of desc, id desc) from published_update), 'order');
    for i in 1 .. 10 loop
        page := test.list('updates_list', '{}', k1, k2, 5);
        exit when page = '[]';
        pages := concat_ws(' ', nullif(pages, ''), test.codes(page, 'id'));
        k1 := page->-1->>'as_of';
        k2 := page->-1->>'id';
    end loop;
    perform test.is(pages, all_, 'pages');
end $$;

create function test.filters_narrow_and_count_alike() returns void language plpgsql as $$
declare
    f record;
    n bigint;
begin
    perform test.publish_one('1.1', '2026-10-01');
    perform test.publish_one('2.1', '2026-10-02', '{"kind": "note", "status": null, "percent_complete": null}');
    perform updates_post(test.q('narrow'), test.report('1.1', '2026-10-03'));
    for f in values ('{}', 3), ('{"goal": "1"}', 2), ('{"objective": "2.1"}', 1), ('{"kind": "note"}', 1), ('{"source": "narrow"}', 1),
                    ('{"since": "2026-10-02"}', 2), ('{"until": "2026-10-02"}',
                                                     2), ('{"since": "2026-10-02", "until": "2026-10-02"}', 1),
                    ('{"updated_since": "2000-01-01T00:00:00Z"}', 3), ('{"updated_since": "2999-01-01T00:00:00Z"}', 0),
                    ('{"goal": "1", "source": "gogov", "kind": "progress"}', 1)
    loop
        perform test.is(jsonb_array_length(test.list('updates_list', f.column1::jsonb)), f.column2, f.column1);
        execute test.statement('updates_count', null, null, test.now(), null, null, f.column1) into n;
        perform test.is(n, f.column2::bigint, 'count of ' || f.column1);
    end loop;
    for f in values ('{}', 6), ('{"goal": 3}', 3), ('{"status": "on_track"}', 1), ('{"status": "no_information"}', 5), ('{"department": "public-works"}', 1),
                    ('{"tag": "safety"}', 1), ('{"q": "CAMERA"}', 1), ('{"q": "100%"}', 0), ('{"updated_since": "2999-01-01T00:00:00Z"}', 0)
    loop
        perform test.is(jsonb_array_length(test.list('objectives_list', f.column1::jsonb)), f.column2, f.column1);
        execute test.statement('objectives_count', null, null, test.now(), null, null, f.column1) into n;
        perform test.is(n, f.column2::bigint, 'count of ' || f.column1);
    end loop;
    perform test.fails($s$select test.list('updates_list', '{"objective": "9.9"}')$s$, 'CP404', 'no objective 9.9');
    perform test.fails($s$select test.list('objectives_list', '{"goal": 9}')$s$, 'CP404', 'no goal 9');
end $$;

create function test.updated_since_sees_retractions_and_corrections() returns void language plpgsql as $$
declare
    first bigint := test.publish_one();
    other bigint := test.publish_one('1.2');
    mark  text;
begin
    mark := clock_timestamp()::text;
    perform test.is(test.list('updates_list', jsonb_build_object('updated_since', mark)), '[]', 'before');
    perform updates_retraction(test.q('gogov', test.of(other)), '{"reason": "x"}');
    perform test.correct(first);
    perform test.is(jsonb_array_length(test.list('updates_list', jsonb_build_object('updated_since', mark))), 3, 'after');
    perform test.is(test.codes(test.list('objectives_list', jsonb_build_object('updated_since', mark))), '1.1 1.2', 'objectives');
end $$;

create function test.as_of_hides_later_updates_everywhere() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one('1.1', '2026-10-31');
begin
    perform test.is(test.list('updates_list', as_of => '2026-10-30'), '[]', 'list');
    perform test.is(test.get('updates_get', null, '2026-10-30', test.of(id_)), null, 'get');
    perform test.is(test.get('summary_get', null, '2026-10-30', '{}')->'last_update', 'null', 'summary');
    perform test.is(test.get('summary_get', null, '2026-10-31', '{}')->'last_update'->>'id', id_::text, 'summary of the day');
    perform test.has(test.get('objectives_get', null, '2026-10-30', '{"code": "1.1"}'),
                     '{"status": "no_information", "updates_count": 0}');
    perform test.fails($s$select test.get('summary_get', null, '2026-11-23', '{}')$s$, 'CP400', '?as_of');
end $$;

create function test.includes_add_members_and_nothing_else() returns void language plpgsql as $$
declare
    plain jsonb;
    more  jsonb;
begin
    perform test.publish_one('1.1', '2026-10-31', '{"kind": "note", "status": null, "percent_complete": null}');
    plain := test.get('goals_get', null, null, '{"number": 1}');
    more  := test.get('goals_get', null, null, '{"number": 1}', 'latest_update,objectives');
    perform test.is(more - 'objectives' - 'latest_update', plain, 'the rest');
    perform test.is(more->'latest_update'->>'kind', 'note', 'latest update');
    perform test.is(more->'objectives'->1->'latest_update', 'null', 'latest update of an objective without one');
    perform test.is(test.get('goals_get', null, null, '{"number": 2}', 'latest_update')->'latest_update', 'null',
                    'latest update of a goal without one');
end $$;

create function test.actions_and_events_come_in_their_order() returns void language plpgsql as $$
begin
    perform test.is(test.get('objectives_get', null, null, '{"code": "1.1"}')->'actions',
                    '[{"position": 1, "text": "Buy", "done": null}, {"position": 2, "text": "Install", "done": true}]', 'actions');
    perform test.is(test.get('plan_get', null, null, '{}')->'events',
                    '[{"position": 1, "text": "Approved", "on": "2025-05-12", "documents": [{"label": "Agenda", "url": null}]}]', 'events');
end $$;

create function test.plans_live_beside_each_other() returns void language plpgsql as $$
declare
    id_ bigint;
begin
    perform import_file('{"format": "cerritos-in-progress/1", "plan": {"slug": "plan-b", "title": "B", "organization": "City", "time_zone": "Asia/Tokyo"},
                          "goals": [{"number": 1, "statement": "Other", "objectives": [{"code": "1.1", "statement": "Other cameras"}]}]}',
                        test.now()::timestamptz, false, false);
    id_ := (updates_post(test.q('gogov', plan => 'plan-b'), test.report('1.1', '2026-10-31'))).body::jsonb->>'id';
    perform test.is(test.list('updates_list'), '[]', 'updates of the active plan');
    perform test.is(test.get('updates_get', null, null, test.of(id_)), null, 'found in the active plan');
    perform test.is(test.get('updates_get', 'plan-b', null, test.of(id_))->>'objective', '1.1', 'found in plan b');
    perform test.is(test.get('objectives_get', 'plan-b', null, '{"code": "1.1"}')->'links',
                    '{"self": "/objectives/1.1?plan=plan-b", "goal": "/goals/1?plan=plan-b", "updates": "/objectives/1.1/updates?plan=plan-b"}', 'links');
    perform test.is((updates_post(test.q('gogov', plan => 'plan-b'),
                                  test.report('1.1', '2026-10-31', '{"external_id": "x"}'))).location ~ '\?plan=plan-b$', true, 'location');
    perform test.is((updates_post(test.q('gogov'), test.report('1.1', '2026-10-31', '{"external_id": "x"}'))).status, 201,
                    'the same pair in the other plan');
    perform test.is((context('plan-b', null, '2026-11-22T16:00:00Z', null, null)).today, '2026-11-23'::date, 'today in Tokyo');
    perform test.fails($s$select test.get('plan_get', 'plan-c', null, '{}')$s$, 'CP404', 'no plan plan-c');
    update plan set state = 'archived' where slug = 'plan-a';
    perform test.fails($s$select test.get('plan_get', null, null, '{}')$s$, 'CP404', 'no-active-plan');
end $$;
