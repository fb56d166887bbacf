-- Translations: beside the city's own words, as they are now; in by the sheet, out with what waits.

create function test.item(text text, code text default '1.1', extra jsonb default '{}') returns jsonb language sql immutable as $$
    select jsonb_build_object('lang', 'ko', 'entity', 'objective', 'code', code, 'field', 'statement', 'source', 'Cameras', 'text', text,
                              'reviewed', false) || extra
$$;

create function test.translate(variadic items jsonb[]) returns jsonb language plpgsql as $$
begin
    return (translations_post(test.q('editor', idem => md5(items::text || random())), jsonb_build_object('items', items))).body;
end $$;

-- A document in a language.
create function test.get_in(lang text, name text, args jsonb, as_of text default null) returns jsonb language plpgsql as $$
declare
    doc text;
begin
    if name in ('plan_get', 'summary_get') then
        execute 'select doc from (' || test.statement(name, null, as_of, test.now(), lang, null, null) || ') q' into doc;
    else
        execute 'select doc from (' || test.statement(name, null, as_of, test.now(), lang, null, args::text, null) || ') q' into doc;
    end if;
    return doc;
end $$;

create function test.codes_found(lang text, q text) returns text language plpgsql as $$
declare
    codes text;
begin
    execute 'select string_agg(doc::json->>''code'', '' '') from ('
            || test.statement('objectives_list', null, null, test.now(), lang, null, jsonb_build_object('q', q)::text, null, null, '50')
            || ') q' into codes;
    return codes;
end $$;

create function test.a_translation_stands_beside_the_citys_words() returns void language plpgsql as $$
declare
    before text := test.get('objectives_get', null, null, '{"code": "1.1"}')::text;
begin
    perform test.translate(test.item('카메라'), test.item('설치', '1.1/2', '{"entity": "action", "field": "text", "source": "Install", "reviewed": true}'));
    perform test.has(test.get_in('ko', 'objectives_get', '{"code": "1.1"}'),
                     '{"statement": "Cameras",
                       "translation": {"lang": "ko", "statement": "카메라", "description": null, "reviewed": false, "outdated": false},
                       "actions": [{"position": 1, "text": "Buy", "done": null, "translation": null},
                                   {"position": 2, "text": "Install", "done": true,
                                    "translation": {"lang": "ko", "text": "설치", "reviewed": true, "outdated": false}}]}');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.2"}')->'translation', 'null', 'of what nobody has translated');
    perform test.is(test.get_in('es', 'objectives_get', '{"code": "1.1"}')->'translation', 'null', 'in another language');
    perform test.is(test.get('objectives_get', null, null, '{"code": "1.1"}')::text, before, 'without a language');
end $$;

create function test.goals_the_plan_and_its_summary_are_translated() returns void language plpgsql as $$
declare
    goal jsonb := '{"lang": "ko", "statement": "첫째", "reviewed": false, "outdated": false}';
begin
    perform test.translate(test.item('첫째', '1', '{"entity": "goal", "source": "First"}'),
                           test.item('계획 가', null, '{"entity": "plan", "field": "title", "source": "Plan A"}'));
    perform test.is(test.get_in('ko', 'goals_get', '{"number": 1}')->'translation', goal, 'goal');
    perform test.is(test.get_in('ko', 'goals_get', '{"number": 2}')->'translation', 'null', 'another goal');
    perform test.is(test.get_in('ko', 'plan_get', null)->'translation',
                    '{"lang": "ko", "title": "계획 가", "overview": null, "reviewed": false, "outdated": false}', 'plan');
    perform test.is(test.get_in('ko', 'summary_get', null)->'translation',
                    '{"lang": "ko", "title": "계획 가", "reviewed": false, "outdated": false}', 'summary');
    perform test.is(test.get_in('ko', 'summary_get', null)->'goals'->0->'translation', goal, 'goal of the summary');
    perform test.is(test.get('summary_get', null, null, null) ? 'translation', false, 'summary without a language');
end $$;

create function test.another_source_makes_a_translation_outdated_and_a_renewal_mends_it() returns void language plpgsql as $$
begin
    perform test.translate(test.item('카메라'));
    perform test.patch_objective('{"statement": "More cameras"}', 1, '1.1');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.1"}')->'translation'->'outdated', 'true', 'after the edit');
    perform test.has(test.list('translations_list', '{"lang": "ko", "reason": "outdated"}')->0,
                     '{"code": "1.1", "source": "More cameras", "made_from": "Cameras", "text": "카메라", "outdated": true}');
    -- A sheet that only says what it was told changes nothing; whoever says that it still holds does.
    perform test.has(test.translate(test.item('카메라', extra => '{"source": "More cameras", "outdated": true}')), '{"unchanged": 1, "changed": 0}');
    perform test.has(test.translate(test.item('카메라', extra => '{"source": "More cameras", "outdated": false}')), '{"changed": 1}');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.1"}')->'translation'->'outdated', 'false', 'after the renewal');
end $$;

create function test.outdated_is_held_against_the_words_that_are_shown() returns void language plpgsql as $$
begin
    perform test.translate(test.item('카메라'));
    perform test.patch_objective('{"statement": "More cameras"}', 1, '1.1');
    perform test.has(test.get_in('ko', 'objectives_get', '{"code": "1.1"}', '2026-11-01'), '{"statement": "Cameras"}', 'then');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.1"}', '2026-11-01')->'translation'->'outdated', 'false', 'then');
end $$;

create function test.a_search_in_a_language_finds_its_words_and_the_citys() returns void language plpgsql as $$
begin
    perform test.translate(test.item('감시 카메라'), test.item('cámaras', extra => '{"lang": "es"}'),
                           test.item('설치', '1.1/2', '{"entity": "action", "field": "text", "source": "Install"}'));
    perform test.is(test.codes_found('ko', '카메라'), '1.1', 'in Korean');
    perform test.is(test.codes_found('ko', 'patrol'), '1.2', 'in English too');
    perform test.is(test.codes_found('es', 'CÁMARAS'), '1.1', 'whatever the case');
    perform test.is(test.codes_found('es', '카메라'), null, 'in another language');
    perform test.is(test.codes_found(null, '카메라'), null, 'without a language');
    perform test.is(test.codes_found('ko', '설치'), null, 'actions, as in English');
end $$;

create function test.a_sheet_comes_in_once_and_whole() returns void language plpgsql as $$
declare
    sheet jsonb := jsonb_build_object('items', jsonb_build_array(test.item('카메라'), test.item('', '1.2'), test.item('첫째', '1',
                       '{"entity": "goal", "source": "First"}')));
    w     written;
begin
    perform test.as_role('progress_app');
    w := translations_post(test.q('editor', idem => 't1'), sheet);
    perform test.is(w.body::jsonb, '{"items": 3, "created": 2, "changed": 0, "unchanged": 0, "untranslated": 1, "warnings": []}', 'first');
    w := translations_post(test.q('editor', idem => 't2'), sheet);
    perform test.is(w.body::jsonb, '{"items": 3, "created": 0, "changed": 0, "unchanged": 2, "untranslated": 1, "warnings": []}', 'again');
    perform test.is((select array_agg(entity || ' ' || entity_id || ' ' || op order by entity)::text from change
                      where at >= now() and op = 'changed'), '{"goal 1 changed","objective 1.1 changed"}', 'changes');
    perform test.is((select array_agg(action || ' ' || entity_id order by id)::text from audit_event where entity = 'translation'),
                    '{"create ko/objective/1.1/statement","create ko/goal/1/statement"}', 'audit');
    perform test.fails('delete from translation', '42501');
    perform test.fails('update translation set lang = ''tl''', '42501');
end $$;

create function test.all_faults_of_a_sheet_are_told_and_none_of_it_is_taken() returns void language plpgsql as $$
declare
    sheet text := jsonb_build_object('items', jsonb_build_array(
        test.item('좋다'), test.item('가', '9.9'), test.item('나', '1.1', '{"field": "overview"}'), test.item('다', '1.1/9', '{"entity": "action", "field": "text"}'),
        test.item('라', '1.2') - 'source', test.item('마'), test.item('바', '1.2/x', '{"source": "Patrols"}')));
begin
    perform test.fails(format('select translations_post(%L, %L)', test.q('editor'), sheet), 'CP422', p)
       from unnest(array['#/items/1/code', '#/items/2/code', '#/items/3/code', '#/items/4/source', '#/items/5/code', '#/items/6/code', '6 faults']) p;
    perform test.is((select count(*) from translation), 0::bigint, 'rows');
end $$;

create function test.another_source_than_todays_is_taken_and_warned_of() returns void language plpgsql as $$
begin
    perform test.has(test.translate(test.item('카메라', extra => '{"source": "Old cameras"}')),
                     '{"created": 1, "warnings": [{"pointer": "#/items/0/source", "detail": "differs from today''s words: it is taken, and outdated"}]}');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.1"}')->'translation'->'outdated', 'true', 'outdated');
end $$;

create function test.line_ends_of_tables_make_no_difference() returns void language plpgsql as $$
begin
    perform test.patch_objective('{"statement": "Cameras\nand more"}', 1, '1.1');
    perform test.has(test.translate(test.item(E'카메라\r\n등', extra => '{"source": "Cameras\r\nand more"}')), '{"created": 1, "warnings": []}');
    perform test.is(test.get_in('ko', 'objectives_get', '{"code": "1.1"}')->'translation'->>'statement', E'카메라\n등', 'text');
end $$;

create function test.a_sheet_of_before_takes_back_no_later_edit() returns void language plpgsql as $$
begin
    perform test.translate(test.item('카메라'));
    perform test.translate(test.item('감시 카메라', extra => '{"revision": 1}'));
    perform test.fails(format('select translations_post(%L, %L)', test.q('editor'),
                              jsonb_build_object('items', jsonb_build_array(test.item('사진기', extra => '{"revision": 1}')))),
                       'CP422', '#/items/0/revision');
    perform test.has(test.translate(test.item('감시 카메라', extra => '{"revision": 1}')), '{"unchanged": 1}', 'the same again');
end $$;

create function test.another_text_is_unreviewed_until_somebody_says_so() returns void language plpgsql as $$
begin
    perform test.translate(test.item('카메라', extra => '{"reviewed": true}'));
    perform test.is((select reviewed_by from translation), 'Pat', 'by whom');
    perform test.translate(test.item('감시 카메라') - 'reviewed');
    perform test.is((select row(reviewed, reviewed_by, revision)::text from translation), '(f,,2)', 'another text');
    perform test.translate(test.item('감시 카메라', extra => '{"reviewed": true}'));
    perform test.has(test.translate(test.item('감시 카메라') - 'reviewed'), '{"unchanged": 1}', 'a sheet that does not say');
end $$;

create function test.who_may_not_edit_translates_nothing() returns void language plpgsql as $$
begin
    perform test.fails(format('select translations_post(%L, ''{"items": []}'')', test.q('gogov')), 'CP403', 'edit');
    update api_key set objective_ids = array[(select id from objective where code = '1.1')] where id = 'editor';
    perform test.fails(format('select translations_post(%L, ''{"items": []}'')', test.q('editor')), 'CP403', 'not translations');
    perform test.as_role('progress_app');
    perform test.fails('select import_translations(''{"items": []}'', null, now(), false)', '42501');
    perform test.as_role('progress_read');
    perform test.fails('select translations_post(''{}'', ''{}'')', '42501');
    perform test.fails('select reviewed_by from progress.translation', '42501');
end $$;

create function test.what_came_with_the_service_replaces_only_its_own() returns void language plpgsql as $$
declare
    sheet text := '{"items": [%s, %s]}';
begin
    perform import_translations(format(sheet, test.item('카메라'), test.item('순찰', '1.2', '{"source": "Patrols"}'))::jsonb, null, now(), true);
    perform test.translate(test.item('감시 카메라'));
    perform test.is(array(select kind || ' ' || n from import_translations(
                              format(sheet, test.item('사진기'), test.item('순찰대', '1.2', '{"source": "Patrols"}'))::jsonb, null, now(), true))::text,
                    '{"changed 1","kept as a person has edited or reviewed them 1"}', 'done');
    perform test.is((select array_agg(text || ' ' || shipped order by code)::text from translation), '{"감시 카메라 false","순찰대 true"}', 'stored');
    -- Who reviews it makes it his.
    perform test.translate(test.item('순찰대', '1.2', '{"source": "Patrols", "reviewed": true}'));
    perform import_translations(format('{"items": [%s]}', test.item('순찰', '1.2', '{"source": "Patrols"}'))::jsonb, null, now(), true);
    perform test.is((select text from translation where code = '1.2'), '순찰대', 'after a review');
end $$;

create function test.what_came_with_the_service_is_taken_where_the_plan_says_those_words() returns void language plpgsql as $$
declare
    sheet jsonb := jsonb_build_object('items', jsonb_build_array(test.item('카메라'), test.item('가', '9.9'), test.item('나', '1.2')));
begin
    perform test.is(array(select kind || ' ' || n from import_translations(sheet, null, now(), true))::text,
                    '{"created 1","left out, since the plan says something else 2"}', 'done');
    perform test.as_role('progress_owner');
    update plan set state = 'archived';
    perform test.is((select count(*) from import_translations(sheet, null, now(), true)), 0::bigint, 'without an active plan');
    perform test.is((select n from import_translations(sheet, 'plan-a', now(), true) where kind = 'unchanged'), 1::bigint, 'by its name');
end $$;

create function test.an_import_names_its_faults_and_warnings() returns void language plpgsql as $$
begin
    perform test.is(array(select kind || ' ' || subject from import_translations(
                              jsonb_build_object('items', jsonb_build_array(test.item('가', '9.9'))), null, now(), false))::text,
                    '{"fault #/items/0/code"}', 'faults');
    perform test.is(array(select kind || ' ' || subject from import_translations(
                              jsonb_build_object('items', jsonb_build_array(test.item('가', extra => '{"source": "x"}'))), null, now(), false))::text,
                    '{"created translations","warning #/items/0/source"}', 'warnings');
end $$;

create function test.every_text_is_listed_in_every_language_in_the_order_of_the_plan() returns void language plpgsql as $$
declare
    page jsonb;
begin
    perform test.translate(test.item('카메라'));
    perform test.is((select jsonb_agg(concat_ws(' ', i->>'entity', i->>'code', i->>'field') order by n)
                       from jsonb_array_elements(test.list('translations_list', '{"lang": "ko", "goal": 1}')) with ordinality t (i, n)),
                    '["goal 1 statement", "objective 1.1 statement", "action 1.1/1 text", "action 1.1/2 text", "objective 1.2 statement"]', 'goal 1');
    perform test.is((select count(distinct i->>'lang') from jsonb_array_elements(test.list('translations_list', size => 500)) i), 5::bigint, 'languages');
    page := test.list('translations_list', '{"lang": "ko"}', '1', '00001.00001.00000.3', 2);
    perform test.is(page->0->>'code' || ' ' || (page->1->>'code'), '1.1/1 1.1/2', 'after a cursor');
    perform test.is(page->0, '{"lang": "ko", "entity": "action", "code": "1.1/1", "field": "text", "goal": 1, "source": "Buy", "text": null,
                               "reviewed": null, "outdated": null, "made_from": null, "revision": 0, "demo": false,
                               "links": {"source": "/objectives/1.1?lang=ko"}}', 'untranslated');
    perform test.is(test.list('translations_list', '{"lang": "ko", "reason": "unreviewed"}')->0->>'text', '카메라', 'unreviewed');
    perform test.is(jsonb_array_length(test.list('translations_list', '{"lang": "ko", "entity": "plan"}')), 1, 'of the plan');
    perform test.fails('select test.list(''translations_list'', ''{"goal": 9}'')', 'CP404');
end $$;

create function test.the_queue_has_a_row_for_each_goal_language_and_reason() returns void language plpgsql as $$
declare
    viewer text := '{"source": null, "objective_ids": null}';
    rows   jsonb;
begin
    perform test.is(test.list('work_list', '{"reason": "untranslated"}', known_at => viewer), '[]', 'before anybody translates');
    perform test.translate(test.item('카메라'), test.item('설치', '1.1/2', '{"entity": "action", "field": "text", "source": "Install", "reviewed": true}'));
    perform test.patch_objective('{"statement": "More cameras"}', 1, '1.1');
    perform test.is(test.list('work_list', '{"reason": "outdated"}', known_at => viewer),
                    '[{"reason": "outdated", "objective": null, "goal": 1, "statement": "First", "department": null, "since": null,
                       "detail": "1 text of goal 1 in ko", "draft": null, "source": null, "lang": "ko", "texts": 1, "demo": false,
                       "links": {"objective": null, "draft": null, "translations": "/translations?lang=ko&goal=1&reason=outdated"}}]', 'outdated');
    rows := test.list('work_list', '{"reason": "untranslated"}', known_at => viewer);
    perform test.is((select jsonb_agg(jsonb_build_array(r->'goal', r->'texts') order by n) from jsonb_array_elements(rows) with ordinality t (r, n)),
                    '[[null, 1], [1, 3], [2, 2], [3, 4]]', 'untranslated');
    perform test.is(rows->0->'links'->>'translations', '/translations?lang=ko&entity=plan&reason=untranslated', 'link');
    rows := test.list('work_list', known_at => viewer);
    perform test.is(rows->-1->>'lang', 'ko', 'translations come last');
    perform test.is(rows->0->'lang', 'null', 'and what waits otherwise first');
    perform test.is(test.list('work_list', '{"reason": "outdated"}', known_at => '{"source": "gogov", "objective_ids": null}'), '[]', 'for a reporter');
    perform test.is(test.list('work_list', '{"reason": "outdated"}', known_at => '{"source": null, "objective_ids": [1]}'), '[]', 'for some objectives');
end $$;

create function test.translations_travel_with_a_plan() returns void language plpgsql as $$
declare
    file jsonb;
begin
    perform test.translate(test.item('카메라', extra => '{"reviewed": true}'), test.item('설치', '1.1/2', '{"entity": "action", "field": "text", "source": "Old"}'));
    perform test.translate(test.item('감시 카메라', extra => '{"reviewed": true}'));
    file := export_file('plan-a');
    perform test.as_role('progress_owner');
    perform test.is((select string_agg(kind || ' ' || n, ', ') from import_file(file, now(), false, false) where subject = 'translations'),
                    'unchanged 2', 'the same database');
    delete from translation;
    perform test.is((select string_agg(kind || ' ' || n, ', ') from import_file(file, now(), false, false) where subject = 'translations'),
                    'created 2', 'an empty one');
    perform test.is(export_file('plan-a')::jsonb->'translations', file->'translations', 'as it was');
    file := jsonb_set(file, '{translations,0,code}', '"9.9"') || '{"updates": []}';
    file := jsonb_set(file, '{translations,1,lang}', '"xx"');
    perform test.is(array(select subject from import_file(file, now(), false, false) order by subject)::text,
                    '{#/translations/0/code,#/translations/1/lang}', 'faults');
end $$;

create function test.a_plan_that_is_copied_takes_its_translations_along() returns void language plpgsql as $$
begin
    perform test.translate(test.item('카메라'));
    perform test.as_role('progress_app');
    perform plans_post(test.q('admin'), '{"slug": "plan-b", "title": "Plan B", "copy_from": "plan-a"}');
    perform test.is((select t.text || ' ' || t.revision from translation t join plan p on p.id = t.plan_id where p.slug = 'plan-b'), '카메라 1', 'copied');
end $$;
