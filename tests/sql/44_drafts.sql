-- Drafts: left by a key that may not publish, seen only by those who may, published under their id.

create function test.draft(objective text default '1.1', extra jsonb default '{}') returns bigint language plpgsql as $$
begin
    return (updates_post(test.q('drafts'), test.report(objective, '2026-10-31', extra))).body::jsonb->>'id';
end $$;

create function test.of(id bigint) returns jsonb language sql immutable as $$ select jsonb_build_object('id', id::text) $$;

create function test.drafts_seen(viewer jsonb) returns bigint language plpgsql as $$
declare
    n bigint;
begin
    execute (select 'select count(*) from (' || test.statement('drafts_list', null, null, test.now(), null, null, '{}', null,
                                                               null, '50', viewer::text) || ') q') into n;
    return n;
end $$;

create function test.a_key_without_publish_leaves_a_draft() returns void language plpgsql as $$
declare
    w written := updates_post(test.q('drafts'), test.report('1.1', '2026-10-31'));
begin
    perform test.is(row(w.status, w.location, w.revision)::text, format('(201,/updates/%s?state=draft,1)', w.body::jsonb->>'id'),
                    'answer');
    perform test.has(w.body::jsonb, '{"state": "draft", "published_at": null, "revision": 1, "returned": null}');
    perform test.is(test.get('updates_get', null, null, jsonb_build_object('id', w.body::jsonb->'id')), null, 'public document');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'),
                     '{"status": "no_information", "updates_count": 0}');
    perform test.is((select count(*) from change where xid = pg_current_xact_id()), 0::bigint, 'changes announced');
end $$;

create function test.a_draft_is_seen_by_its_source_and_by_those_who_decide() returns void language plpgsql as $$
declare
    reach text := (select id::text from objective where code = '1.1');
begin
    perform test.draft();
    perform test.is(test.drafts_seen('{"source": "bridge", "objective_ids": null}'), 1::bigint, 'its source');
    perform test.is(test.drafts_seen('{"source": "gogov", "objective_ids": null}'), 0::bigint, 'another source');
    perform test.is(test.drafts_seen('{"source": null, "objective_ids": null}'), 1::bigint, 'who decides');
    perform test.is(test.drafts_seen(jsonb_build_object('source', null, 'objective_ids', array[reach])), 1::bigint, 'in reach');
    perform test.is(test.drafts_seen('{"source": null, "objective_ids": [0]}'), 0::bigint, 'out of reach');
end $$;

create function test.publication_keeps_the_id_and_is_idempotent() returns void language plpgsql as $$
declare
    id_   bigint  := test.draft();
    first written := updates_publication(test.q('editor', test.of(id_)), '{}');
begin
    perform test.is(row(first.status, first.location)::text, format('(200,/updates/%s)', id_), 'answer');
    perform test.has(first.body::jsonb, jsonb_build_object('id', id_::text, 'state', 'published', 'source', 'bridge'));
    perform test.is((updates_publication(test.q('editor', test.of(id_)), '{}')).body, first.body, 'second answer');
    perform test.is((select count(*) from draft_update), 0::bigint, 'drafts left');
    perform test.is((select row(holder, client)::text from published_update where id = id_), '(Pat,bridge)', 'who reported');
    perform test.is((select client from audit_event where action = 'publish'), 'editor', 'who published');
end $$;

create function test.publication_needs_the_scope_and_the_draft() returns void language plpgsql as $$
declare
    id_ bigint := test.draft('1.2');
begin
    perform test.fails(format('select updates_publication(%L, %L)', test.q('drafts', test.of(id_)), '{}'), 'CP403',
                       'lacks the scope publish');
    perform test.fails(format('select updates_publication(%L, %L)', test.q('narrow', test.of(id_)), '{}'), 'CP404');
    perform test.fails(format('select updates_publication(%L, %L)', test.q('editor', test.of(987654)), '{}'), 'CP404');
end $$;

create function test.a_draft_is_revised_with_if_match() returns void language plpgsql as $$
declare
    id_ bigint := test.draft();
    w   written;
    body jsonb := test.report('1.1', '2026-10-30', '{"percent_complete": 45}');
begin
    perform test.fails(format('select drafts_put(%L, %L)', test.q('drafts', test.of(id_)), body), 'CP428');
    perform test.fails(format('select drafts_put(%L, %L)', test.q('drafts', test.of(id_), 2), body), 'CP412', 'at revision 1');
    perform test.fails(format('select drafts_put(%L, %L)', test.q('gogov', test.of(id_), 1), body), 'CP403',
                       'speaks for the source gogov');
    w := drafts_put(test.q('drafts', test.of(id_), 1), body);
    perform test.is(w.revision, 2, 'revision');
    perform test.has(w.body::jsonb, '{"as_of": "2026-10-30", "percent_complete": 45, "revision": 2, "state": "draft"}');
    perform updates_publication(test.q('editor', test.of(id_)), '{}');
    perform test.fails(format('select drafts_put(%L, %L)', test.q('drafts', test.of(id_), 2), body), 'CP409', 'is published');
end $$;

create function test.put_revises_an_open_draft_and_leaves_it_a_draft() returns void language plpgsql as $$
declare
    first written := test.put('drafts', 'x', test.report('1.1', '2026-10-31'));
    next  written := test.put('drafts', 'x', test.report('1.1', '2026-10-31', '{"percent_complete": 50}'));
    same  written := test.put('drafts', 'x', test.report('1.1', '2026-10-31', '{"percent_complete": 50}'));
begin
    perform test.is(row(first.status, first.revision)::text, '(201,1)', 'first');
    perform test.is(row(next.status, next.revision, next.body::jsonb->>'id')::text,
                    format('(200,2,%s)', first.body::jsonb->>'id'), 'next');
    perform test.is(same.body, next.body, 'the same again');
end $$;

create function test.a_draft_supersedes_nothing_until_it_is_published() returns void language plpgsql as $$
declare
    base  bigint := (test.put('drafts', 'x', test.report('1.1', '2026-10-31'))).body::jsonb->>'id';
    next  written;
begin
    perform updates_publication(test.q('editor', test.of(base)), '{}');
    next := test.put('drafts', 'x', test.report('1.1', '2026-10-31', '{"percent_complete": 90}'));
    perform test.has(next.body::jsonb, jsonb_build_object('state', 'draft', 'supersedes', base::text));
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'), '{"percent_complete": 40}');
    perform updates_publication(test.q('editor', jsonb_build_object('id', next.body::jsonb->'id')), '{}');
    perform test.has(test.get('objectives_get', null, null, '{"code": "1.1"}'), '{"percent_complete": 90}');
    perform test.has(test.get('updates_get', null, null, test.of(base)), jsonb_build_object('state', 'superseded'));
end $$;

create function test.a_draft_whose_base_was_superseded_is_not_published() returns void language plpgsql as $$
declare
    base  bigint := test.publish_one();
    draft bigint := test.draft('1.1', jsonb_build_object('supersedes', base::text, 'reason', 'typo'));
begin
    perform test.correct(base);
    perform test.fails(format('select updates_publication(%L, %L)', test.q('editor', test.of(draft)), '{}'), 'CP409',
                       'superseded');
end $$;

create function test.a_discarded_draft_is_gone_from_lists_and_cannot_be_published() returns void language plpgsql as $$
declare
    id_ bigint := test.draft();
    w   written;
begin
    w := updates_discard(test.q('drafts', test.of(id_)), '{}');
    perform test.is(row(w.status, w.body::jsonb->>'state')::text, '(200,discarded)', 'answer');
    perform test.is((updates_discard(test.q('drafts', test.of(id_)), '{}')).body, w.body, 'second answer');
    perform test.is(test.drafts_seen('{}'), 0::bigint, 'listed');
    perform test.fails(format('select updates_publication(%L, %L)', test.q('editor', test.of(id_)), '{}'), 'CP409',
                       'is discarded');
end $$;

create function test.a_published_update_is_not_discarded_and_a_draft_not_retracted() returns void language plpgsql as $$
begin
    perform test.fails(format('select updates_discard(%L, %L)', test.q('gogov', test.of(test.publish_one())), '{}'), 'CP409',
                       'is published');
    perform test.fails(format('select updates_retraction(%L, %L)', test.q('editor', test.of(test.draft())), '{"reason": "x"}'),
                       'CP409', 'is a draft');
end $$;

create function test.a_draft_of_an_objective_archived_meanwhile_is_not_published() returns void language plpgsql as $$
declare
    id_ bigint := test.draft('2.1');
begin
    perform objectives_patch(test.q('editor', '{"code": "2.1"}', 1), '{"archived": true}');
    perform test.fails(format('select updates_publication(%L, %L)', test.q('editor', test.of(id_)), '{}'), 'CP409', 'archived');
end $$;
