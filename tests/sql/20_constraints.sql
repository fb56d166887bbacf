-- Every rule that a constraint can hold, held: each line is a row that must be refused, by name.

create function test.refuses_update(rule text, columns jsonb) returns void language plpgsql as $$
begin
    perform test.fails(format(
        $u$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, status, percent_complete, summary, details, next_steps,
                                         source, external_id, reason, links)
           select o.plan_id, o.goal_id, o.id, u.as_of, u.kind, u.status, u.percent_complete, u.summary, u.details, u.next_steps,
                  u.source, u.external_id, u.reason, u.links
             from objective o, jsonb_populate_record(null::published_update,
                  '{"kind": "progress", "status": "on_track", "percent_complete": 40, "summary": "x", "source": "s", "as_of": "2026-01-01",
                    "links": []}'::jsonb || %L::jsonb) u
            where o.code = '1.1'$u$, columns), '23514', rule);
end $$;

create function test.kind_status_and_percent_hold_each_other() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('update_kind_is_known',           '{"kind": "rumour"}'),
        ('update_status_is_known',         '{"status": "no_information"}'),
        ('update_status_is_known',         '{"status": "late"}'),
        ('update_progress_has_a_status',   '{"status": null, "percent_complete": null}'),
        ('update_progress_has_a_status',   '{"kind": "note", "percent_complete": null}'),
        ('update_narrative_moves_nothing', '{"kind": "service_status", "status": null}'),
        ('update_percent_is_a_percent',    '{"percent_complete": 100.01}'),
        ('update_percent_is_a_percent',    '{"percent_complete": -0.01}'),
        ('update_not_started_is_0',        '{"status": "not_started", "percent_complete": 1}'),
        ('update_not_started_is_0',        '{"status": "not_started", "percent_complete": null}'),
        ('update_completed_is_100',        '{"status": "completed", "percent_complete": 99.99}'),
        ('update_completed_is_100',        '{"status": "completed", "percent_complete": null}'),
        ('update_uncounted_has_none',      '{"status": "ongoing"}'),
        ('update_uncounted_has_none',      '{"status": "cancelled", "reason": "x"}'),
        ('update_cancelled_has_a_reason',  '{"status": "cancelled", "percent_complete": null}')
    loop
        perform test.refuses_update(c.column1, c.column2::jsonb);
    end loop;
end $$;

create function test.texts_sources_and_lists_of_an_update_are_bounded() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('update_summary_is_stated',     jsonb_build_object('summary', '  ')),
        ('update_summary_is_stated',     jsonb_build_object('summary', repeat('x', 501))),
        ('update_details_fit',           jsonb_build_object('details', repeat('x', 10001))),
        ('update_next_steps_fit',        jsonb_build_object('next_steps', repeat('x', 2001))),
        ('update_reason_is_stated',      jsonb_build_object('reason', repeat('x', 2001))),
        ('update_reason_is_stated',      jsonb_build_object('reason', ' ')),
        ('update_source_is_a_source',    jsonb_build_object('source', 'GoGov')),
        ('update_source_is_a_source',    jsonb_build_object('source', '1st')),
        ('update_external_id_is_short',  jsonb_build_object('external_id', repeat('x', 201))),
        ('update_external_id_is_short',  jsonb_build_object('external_id', E'a\nb')),
        ('update_external_id_is_short',  jsonb_build_object('external_id', '')),
        ('update_links_are_a_list',      jsonb_build_object('links', '{}'::jsonb)),
        ('update_links_are_a_list',      jsonb_build_object('links', to_jsonb(array_fill('{}'::jsonb, array[21]))))
    loop
        perform test.refuses_update(c.column1, c.column2);
    end loop;
end $$;

create function test.plans_goals_and_objectives_hold_their_rules() returns void language plpgsql as $$
declare
    c record;
begin
    perform test.as_role('progress_owner');
    for c in values
        ('23514', 'plan_slug_is_a_slug',       $s$insert into plan (slug, title, organization) values ('Plan B', 'B', 'City')$s$),
        ('23505', 'plan_slug_is_unique',       $s$insert into plan (slug, title, organization) values ('plan-a', 'B', 'City')$s$),
        ('23505', 'plan_one_is_active',        $s$insert into plan (slug, title, organization, state) values ('b', 'B', 'City', 'active')$s$),
        ('23514', 'plan_state_is_known',       $s$update plan set state = 'done'$s$),
        ('22023', 'Mars/Olympus',              $s$update plan set time_zone = 'Mars/Olympus'$s$),
        ('23514', 'plan_year_starts_in_month', $s$update plan set fiscal_year_start = 13$s$),
        ('23514', 'plan_ends_after_start',     $s$update plan set starts_on = '2026-01-02', ends_on = '2026-01-01'$s$),
        ('23514', 'plan_title_is_stated',      $s$update plan set title = ' '$s$),
        ('23505', 'goal_number_is_unique',     $s$insert into goal (plan_id, number) select id, 1 from plan$s$),
        ('23503', 'goal_has_its_revision',     $s$insert into goal (plan_id, number) select id, 9 from plan$s$),
        ('23503', 'objective_has_its_revision', $s$update objective set revision = 2$s$),
        ('23505', 'objective_code_is_unique',
         $s$insert into objective (plan_id, goal_id, goal_number, number) select plan_id, goal_id, 3, 9 from objective where code = '3.9'$s$),
        ('23503', 'objective_is_of_its_goal',
         $s$insert into objective (plan_id, goal_id, goal_number, number) select plan_id, goal_id, 4, 1 from objective where code = '3.9'$s$),
        ('23514', 'action_position_is_positive', $s$insert into action select id, 0, 'x' from objective where code = '1.1'$s$),
        ('23514', 'department_slug_is_a_slug', $s$insert into department select id, 'Public Works', 'x' from plan$s$)
    loop
        perform test.fails(c.column3, c.column1, c.column2);
    end loop;
end $$;

create function test.revisions_hold_their_rules() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('23514', 'objective_statement_is_stated',       '{"statement": " "}'),
        ('23514', 'objective_description_has_its_place', '{"description": "x"}'),
        ('23514', 'objective_description_has_its_place', '{"description_position": "before"}'),
        ('23514', 'objective_description_has_its_place', '{"description": "x", "description_position": "beside"}'),
        ('23514', 'objective_due_after_start',           '{"start_on": "2026-01-02", "due_on": "2026-01-01"}'),
        ('23514', 'objective_frequency_is_known',        '{"update_frequency": "daily"}'),
        ('23514', 'objective_weight_is_a_weight',        '{"weight": -1}'),
        ('23514', 'objective_weight_is_a_weight',        '{"weight": 0.0001}'),
        ('23503', 'objective_lead_is_a_department',      '{"lead_department": "parks"}'),
        ('23505', 'objective_revision_pkey',             '{"revision": 1}')
    loop
        perform test.fails(format($s$insert into objective_revision select (jsonb_populate_record(r, '{"revision": 2}' || %L::jsonb)).*
                                       from objective_revision r join objective o on o.id = r.objective_id where o.code = '1.1'$s$, c.column3), c.column1, c.column2);
    end loop;
    perform test.fails($s$insert into goal_revision select (jsonb_populate_record(r, '{"revision": 2, "short_name": null, "short_name_source": "x"}')).*
                            from goal_revision r$s$, '23514', 'goal_short_name_has_name');
end $$;

create function test.keys_hold_their_rules() returns void language plpgsql as $$
declare
    c record;
begin
    for c in values
        ('23514', 'key_scopes_are_known',     '{"scopes": ["report", "fly"]}'),
        ('23514', 'key_scopes_are_known',     '{"scopes": []}'),
        ('23514', 'key_has_one_source',       '{"source": null}'),
        ('23514', 'key_sha256_is_hex',        '{"sha256": "secret"}'),
        ('23514', 'key_source_is_a_source',   '{"source": "Go Gov"}'),
        ('23514', 'key_objectives_are_named', '{"objective_ids": []}'),
        ('23505', 'api_key_pkey',             '{"id": "gogov"}')
    loop
        perform test.fails(format($s$insert into api_key select (jsonb_populate_record(k, '{"id": "other"}' || %L::jsonb)).*
                                       from api_key k where k.id = 'gogov'$s$, c.column3), c.column1, c.column2);
    end loop;
    perform test.fails($s$insert into idempotency values (1, 'k', 'f', 409, null, 0, '{}', now())$s$, '23514',
                       'remembers_success');
end $$;

create function test.an_update_is_of_one_plan_goal_and_objective() returns void language plpgsql as $$
begin
    perform test.fails($s$insert into published_update (plan_id, goal_id, objective_id, as_of, kind, summary, source)
                          select o.plan_id, g.id, o.id, '2026-01-01', 'note', 'x', 's'
                            from objective o, goal g where o.code = '1.1' and g.number = 2$s$, '23503', 'update_is_of_its_objective');
end $$;
