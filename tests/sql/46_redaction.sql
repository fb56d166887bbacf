-- Redaction: what is blanked is blanked wherever it is kept, is named, and does not come back.

create function test.redact(id bigint, fields text[], key text default 'admin', idem text default null) returns jsonb language sql as $$
    select (updates_redaction(test.q(key, jsonb_build_object('id', id::text), idem => idem),
                              jsonb_build_object('fields', fields, 'reason', 'an address'))).body::jsonb
$$;

-- Every row of every table that holds text of updates, as text.
create function test.everything() returns text language sql as $$
    select concat_ws(chr(10), (select string_agg(t::text, chr(10)) from published_update t),
                              (select string_agg(t::text, chr(10)) from draft_update t),
                              (select string_agg(t::text, chr(10)) from audit_event t),
                              (select string_agg(t::text, chr(10)) from idempotency t),
                              (select string_agg(t::text, chr(10)) from change t), export_file(null))
$$;

create function test.redaction_blanks_the_row_and_says_so() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one(extra => '{"details": "12 Elm Street", "next_steps": "call", "links": [{"label": "12 Elm Street", "url": "https://example.org"}]}');
    doc jsonb;
begin
    perform test.as_role('progress_app');
    doc := test.redact(id_, '{summary,details,links}');
    perform test.has(doc, '{"summary": "[redacted]", "details": null, "links": [], "next_steps": "call", "percent_complete": 40}');
    perform test.has(doc->'redaction', '{"fields": ["details", "links", "summary"], "reason": "an address"}');
    perform test.is(test.get('updates_get', null, null, jsonb_build_object('id', id_)), doc, 'what is read');
    perform test.is((select count(*) from change where entity_id = id_::text and op = 'redacted'), 1::bigint, 'change rows');
    perform test.is((select detail from audit_event where action = 'redact' and entity_id = id_::text),
                    '{"fields": ["details", "links", "summary"], "reason": "an address"}'::jsonb, 'audit');
end $$;

create function test.a_repeated_redaction_changes_nothing_and_another_field_is_added() returns void language plpgsql as $$
declare
    id_   bigint := test.publish_one(extra => '{"details": "12 Elm Street", "next_steps": "call"}');
    first jsonb  := test.redact(id_, '{details}');
    rows_ bigint := (select count(*) from audit_event);
begin
    perform test.is(test.redact(id_, '{details}'), first, 'the second answer');
    perform test.is((select count(*) from audit_event), rows_, 'audit rows');
    perform test.fails(format('select test.redact(%s, ''{reason,links}'')', id_), 'CP422', '#/fields');
    perform test.is(test.redact(id_, '{next_steps,details}')->'redaction'->'fields', '["details", "next_steps"]'::jsonb, 'fields');
end $$;

create function test.the_reason_of_a_retraction_can_be_redacted() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one();
begin
    perform updates_retraction(test.q('gogov', jsonb_build_object('id', id_::text)), '{"reason": "of 12 Elm Street"}');
    perform test.is(test.redact(id_, '{retraction_reason}')->'retraction'->>'reason', '[redacted]', 'the reason');
    perform test.is(position('Elm' in test.everything()), 0, 'where it is left');
end $$;

create function test.earlier_drafts_and_remembered_answers_are_redacted_too() returns void language plpgsql as $$
declare
    body jsonb := test.report('1.1', '2026-10-31', '{"details": "12 Elm Street", "external_id": "x"}');
    id_  bigint;
    w    written;
begin
    id_ := (updates_post(test.q('drafts', idem => 'k'), body)).body::jsonb->>'id';
    perform drafts_put(test.q('drafts', jsonb_build_object('id', id_::text), 1, 'k2'), body - 'details');
    perform test.is(position('Elm' in test.everything()) > 0, true, 'it is in what was before');
    perform test.is(test.redact(id_, '{details}')->'redaction'->'fields', '["details"]'::jsonb, 'fields');
    perform test.is(position('Elm' in test.everything()), 0, 'where it is left');

    w := updates_post(test.q('drafts', idem => 'k'), body);
    perform test.is(w.replayed, true, 'replayed');
    perform test.has(w.body::jsonb, format('{"id": "%s", "details": null}', id_)::jsonb);
    perform test.is(w.body::jsonb->'redaction'->>'reason', 'an address', 'the replay says so');
end $$;

-- An answer of many updates at once, as a batch is remembered.
create function test.an_answer_within_an_answer_is_redacted() returns void language plpgsql as $$
begin
    perform test.is(answer_redacted('{"data": [{"n": 1, "update": {"id": "7", "summary": "a", "details": "b", "retraction": {"at": "t", "reason": "c"}}},
                                               {"id": "8", "summary": "a"}]}', '7', '{details,retraction_reason}', '{"m": 1}'),
                    '{"data": [{"n": 1, "update": {"id": "7", "summary": "a", "details": null, "retraction": {"at": "t", "reason": "[redacted]"},
                                                   "redaction": {"m": 1}}},
                               {"id": "8", "summary": "a"}]}'::jsonb, 'answer');
end $$;

create function test.a_service_is_redacted_as_a_whole() returns void language plpgsql as $$
declare
    said jsonb  := '{"objective": "1.1", "as_of": "2026-10-31", "kind": "service_status", "summary": "Answered.", "details": "kept",
                     "service": {"name": "12 Elm Street", "state": "open", "raw_state": "Elm, at the door", "open": 3}}';
    pair jsonb  := '{"source": "gogov", "external_id": "x"}';
    id_  bigint;
    doc  jsonb;
begin
    id_ := (updates_put_natural(test.q('gogov', pair, idem => 'k'), said)).body::jsonb->>'id';
    perform test.is(position('Elm' in test.everything()) > 0, true, 'it is there');
    doc := test.redact(id_, '{service}');
    perform test.is(doc->'service', 'null'::jsonb, 'service');
    perform test.has(doc, '{"summary": "Answered.", "details": "kept"}');
    perform test.is(position('Elm' in test.everything()), 0, 'where it is left');
    perform test.fails(format('select updates_put_natural(test.q(''gogov'', %L), %L)', pair, said), 'CP409', '#/service');
    perform test.is((updates_put_natural(test.q('gogov', pair), said - 'service')).body::jsonb->>'id', id_::text, 'the same without it');
    perform test.as_role('progress_owner');
    perform test.fails(format('update published_update set service = ''{"name": "b"}'' where id = %s', id_), '23001', 'content never changes');
end $$;

-- A partner's answer names the case by its number, and no update by its id.
create function test.an_answer_to_a_partner_is_redacted() returns void language plpgsql as $$
declare
    said jsonb := '{"service_request_updates": [{"update_id": "u", "service_request_id": "12 Elm", "location": "/updates/7?plan=a"},
                                                {"update_id": "v", "service_request_id": "12 Elm", "location": "/updates/70"}]}';
begin
    perform test.is(answer_redacted(said, '7', '{service}', '{"m": 1}'),
                    jsonb_set(said, '{service_request_updates,0,service_request_id}', '"[redacted]"'), 'answer');
    perform test.is(answer_redacted(said, '7', '{summary}', '{"m": 1}'), said, 'of another field');
end $$;

create function test.a_redacted_draft_is_published_as_such() returns void language plpgsql as $$
declare
    id_ bigint := (updates_post(test.q('drafts'), test.report('1.1', '2026-10-31', '{"details": "12 Elm Street"}'))).body::jsonb->>'id';
    doc jsonb  := test.redact(id_, '{details}');
begin
    perform test.is((doc->>'revision')::int, 2, 'revision');
    perform test.fails(format($u$select drafts_put(test.q('drafts', '{"id": "%s"}', 2),
                                                   test.report('1.1', '2026-10-31', '{"details": "12 Elm Street"}'))$u$, id_), 'CP409', 'redacted');
    perform drafts_put(test.q('drafts', jsonb_build_object('id', id_::text), 2), test.report('1.1', '2026-10-30'));
    doc := (updates_publication(test.q('editor', jsonb_build_object('id', id_::text)), '{}')).body::jsonb;
    perform test.is(doc->'redaction'->'fields', '["details"]'::jsonb, 'fields');
    perform test.is((select count(*) from change where op = 'redacted'), 0::bigint, 'changes that tell of a draft');
end $$;

create function test.what_was_redacted_does_not_come_back_by_a_report() returns void language plpgsql as $$
declare
    said jsonb  := test.report('1.1', '2026-10-31', '{"details": "12 Elm Street"}');
    pair jsonb  := '{"source": "gogov", "external_id": "x"}';
    id_  bigint := (updates_put_natural(test.q('gogov', pair), said)).body::jsonb->>'id';
    file jsonb  := jsonb_build_object('format', 'cerritos-in-progress/1', 'plan', 'plan-a',
                                      'updates', jsonb_build_array(said || '{"source": "gogov", "external_id": "x"}'));
    next jsonb;
begin
    perform test.redact(id_, '{details,summary}');
    perform test.fails(format('select updates_put_natural(test.q(''gogov'', %L), %L)', pair, said), 'CP409', '#/details');
    perform test.fails(format('select updates_put_natural(test.q(''gogov'', %L), %L)', pair, said), 'CP409', '#/summary');
    perform test.is((select string_agg(distinct kind, ',') from import_file(file, test.now()::timestamptz, true, false)), 'unchanged', 'a file');

    next := (updates_put_natural(test.q('gogov', pair), said - 'details' || '{"summary": "[redacted]"}')).body::jsonb;
    perform test.is(next->>'id', id_::text, 'the same without it');
    next := (updates_post(test.q('gogov'), said || jsonb_build_object('external_id', 'x', 'supersedes', id_::text, 'reason', 'without the number',
                                                                      'details', 'Elm Street'))).body::jsonb;
    perform test.is(next->>'details', 'Elm Street', 'a correction');
    perform test.fails(format('select updates_put_natural(test.q(''gogov'', %L), %L)', pair, said), 'CP409', 'redacted');
end $$;

create function test.only_an_administrator_redacts() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one();
    k   text;
begin
    foreach k in array array['gogov', 'drafts', 'editor'] loop
        perform test.fails(format('select test.redact(%s, ''{summary}'', %L)', id_, k), 'CP403');
    end loop;
    perform test.as_role('progress_read');
    perform test.fails(format('select updates_redaction(''{}'', ''{}'')'), '42501');
end $$;

create function test.a_redaction_only_grows() returns void language plpgsql as $$
declare
    id_ bigint := test.publish_one(extra => '{"details": "12 Elm Street"}');
begin
    perform test.redact(id_, '{details}');
    perform test.as_role('progress_owner');
    perform test.fails(format('update published_update set redacted_fields = ''{}'', redacted_at = clock_timestamp() where id = %s', id_),
                       '23001', 'forward only');
    perform test.fails(format('update published_update set redaction_reason = ''other'' where id = %s', id_), '23001', 'forward only');
    perform test.fails(format('update published_update set redacted_at = null, redaction_reason = null, redacted_fields = null where id = %s', id_),
                       '23001', 'forward only');
    perform test.fails(format('update published_update set details = ''again'' where id = %s', id_), '23001', 'content never changes');
end $$;

create function test.the_audit_takes_blanks_and_no_other_words() returns void language plpgsql as $$
begin
    insert into audit_event (action, entity, entity_id, detail) values ('revise', 'draft', '1', '{"replaced": {"summary": "s", "links": []}, "n": 1}');
    perform test.as_role('progress_owner');
    perform test.fails('update audit_event set detail = ''{}'' where entity_id = ''1''', '23001', 'append-only');
    perform test.fails('update audit_event set detail = ''{"replaced": {"summary": "t", "links": []}, "n": 1}'' where entity_id = ''1''', '23001');
    perform test.fails('update audit_event set detail = ''{"replaced": {"summary": "s"}, "n": 1}'' where entity_id = ''1''', '23001');
    perform test.fails('update audit_event set detail = ''{"replaced": {"summary": "s", "links": [], "x": 1}, "n": 1}'' where entity_id = ''1''', '23001');
    perform test.fails('update audit_event set action = ''edit'', detail = detail where entity_id = ''1''', '23001');
    update audit_event set detail = '{"replaced": {"summary": "[redacted]", "links": []}, "n": 1}' where entity_id = '1';
    perform test.as_role('progress_app');
    perform test.fails('update audit_event set detail = ''{}''', '42501');
end $$;
