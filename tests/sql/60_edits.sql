-- Edits: a merge patch makes the next revision, the one before stays.

create function test.patch_objective(body jsonb, if_match int default 1, code text default '1.2', key text default 'editor') returns written language sql as $$
    select * from objectives_patch(test.q(key, jsonb_build_object('code', code), if_match), body)
$$;

create function test.a_patch_changes_what_it_names_and_keeps_the_rest() returns void language plpgsql as $$
declare
    w written := test.patch_objective('{"statement": "Patrols by night", "weight": 2.50, "due_on": "2027-06-30", "description": "More"}');
begin
    perform test.is(row(w.status, w.location, w.revision)::text, '(200,,2)', 'answer');
    perform test.has(w.body::jsonb, '{"statement": "Patrols by night", "weight": 2.5, "due_on": "2027-06-30", "description": "More",
                                      "description_position": "before", "lead_department": "public-works", "tags": ["safety"], "revision": 2}');
    perform test.is((select array_agg(r.statement order by r.revision) from objective_revision r join objective o on o.id = r.objective_id where o.code = '1.2'),
                    array['Patrols', 'Patrols by night'], 'history');
    perform test.is((select row(r.client, r.holder, r.key_id, r.request_id)::text from objective_revision r where r.revision = 2),
                    '(editor,Pat,editor,request-1)', 'who');
    perform test.is((select detail->'weight' from audit_event where action = 'edit'), '[1, 2.5]', 'audit');
end $$;

create function test.null_clears() returns void language plpgsql as $$
declare
    w written := test.patch_objective('{"lead_department": null, "tags": null, "weight": null, "update_frequency": null}');
begin
    perform test.has(w.body::jsonb, '{"lead_department": null, "tags": [], "weight": 1, "update_frequency": "none"}');
end $$;

create function test.a_patch_that_changes_nothing_makes_no_revision() returns void language plpgsql as $$
declare
    w written := test.patch_objective('{"statement": "Patrols", "weight": 1.000, "tags": ["safety"]}');
begin
    perform test.is(w.revision, 1, 'revision');
    perform test.is((select count(*) from objective_revision where revision > 1), 0::bigint, 'revisions');
end $$;

create function test.stale_revision_is_refused() returns void language plpgsql as $$
begin
    perform test.fails($s$select test.patch_objective('{"weight": 2}', null)$s$, 'CP428');
    perform test.fails($s$select test.patch_objective('{"weight": 2}', 2)$s$, 'CP412', 'at revision');
    perform test.patch_objective('{"weight": 2}');
    perform test.fails($s$select test.patch_objective('{"weight": 3}', 1)$s$, 'CP412', 'at revision');
end $$;

create function test.a_bad_patch_is_refused_with_its_pointer() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('#/statement',                '{"statement": null}'),
        ('#/statement',                '{"statement": " "}'),
        ('#/weight',                   '{"weight": -1}'),
        ('#/weight',                   '{"weight": 0.0001}'),
        ('#/due_on',                   '{"start_on": "2026-02-01", "due_on": "2026-01-01"}'),
        ('#/lead_department',          '{"lead_department": "parks"}'),
        ('#/supporting_departments/1', '{"supporting_departments": ["public-works", "parks"]}'),
        ('#/status',                   '{"status": "completed"}'),
        ('#/revision',                 '{"revision": 7}')
    loop
        perform test.fails(format('select test.patch_objective(%L)', c.column2), 'CP422', c.column1);
    end loop;
    perform test.fails($s$select test.patch_objective('{}', 1, '9.9')$s$, 'CP404', 'no objective 9.9');
    perform test.fails($s$select test.patch_objective('{}', 1, '1.2', 'gogov')$s$, 'CP403', 'lacks the scope edit');
end $$;

create function test.archiving_is_an_edit_that_can_be_taken_back() returns void language plpgsql as $$
begin
    perform test.is((test.patch_objective('{"archived": true}')).body::jsonb->>'archived_at' is not null, true, 'archived');
    perform test.is((test.patch_objective('{"archived": true}', 2)).revision, 2, 'revision after the same');
    perform test.is((test.patch_objective('{"archived": false}', 2)).body::jsonb->'archived_at', 'null', 'archived_at');
end $$;

create function test.a_goal_is_edited_alike() returns void language plpgsql as $$
declare
    w written := goals_patch(test.q('editor', '{"number": 1}', 1), '{"short_name": null, "weight": 3}');
begin
    perform test.is(w.revision, 2, 'revision');
    perform test.has(w.body::jsonb, '{"short_name": null, "weight": 3, "statement": "First", "revision": 2}');
    perform test.fails(format('select goals_patch(%L, %L)', test.q('editor', '{"number": 1}', 2), '{"short_name_source": "x"}'),
                       'CP422', '#/short_name_source');
    perform test.fails(format('select goals_patch(%L, %L)', test.q('editor', '{"number": 9}', 1), '{}'), 'CP404', 'no goal 9');
end $$;

create function test.a_new_update_does_not_refuse_an_editor() returns void language plpgsql as $$
begin
    perform test.publish_one('1.2');
    perform test.is((test.patch_objective('{"weight": 2}', 1)).revision, 2, 'revision');
end $$;

create function test.a_dry_edit_shows_the_next_revision() returns void language plpgsql as $$
declare
    w written := objectives_patch(test.q('editor', '{"code": "1.2"}', 1, dry_run => true), '{"weight": 2}');
begin
    perform test.has(w.body::jsonb, '{"weight": 2, "revision": 2, "dry_run": true}');
end $$;

-- Revisions of a year ago cannot be made by the service; the owner may insert them.
create function test.as_of_sees_the_revision_in_force_at_the_end_of_that_day() returns void language plpgsql as $$
declare
    seen text[];
begin
    insert into objective_revision
    select (jsonb_populate_record(r, v.change::jsonb)).*
      from objective_revision r join objective o on o.id = r.objective_id,
           (values ('{"revision": 2, "statement": "second", "recorded_at": "2099-03-01T07:59:59Z"}'),
                   ('{"revision": 3, "statement": "third",  "recorded_at": "2099-03-01T08:00:00Z"}')) v (change)
     where o.code = '1.2';
    update objective set revision = 3 where code = '1.2';
    -- 2099-03-01T08:00Z is midnight in Los Angeles: the second revision is still of February.
    select array_agg((select r.statement from objective_rows(context(null, d, '2099-12-01T00:00:00Z', null,
                                                                     null)) r where r.code = '1.2') order by d)
      into seen from unnest(array['2020-01-01', '2099-02-28', '2099-03-01']) d;
    perform test.is(seen, array['Patrols', 'second', 'third'], 'statements');
end $$;
