-- Measures and departments in files: out and in again, the same.

create function test.fill_measures() returns void language plpgsql as $$
declare
    first bigint;
begin
    perform test.found_measure('{"objectives": ["1.1", "2.1"], "lower_limit": 0.10}');
    first := test.measured('9.50');
    perform test.measured('8', jsonb_build_object('supersedes', first::text, 'reason', 'Typo.'));
    perform updates_retraction(test.q('gogov', test.of(test.measured('7', '{"as_of": "2026-09-30"}'))), '{"reason": "wrong"}');
    perform test.measured('6', '{"external_id": "m1"}', 'drafts');
    perform measures_patch(test.q('editor', '{"slug": "calls"}', 1), '{"archived": true, "objectives": ["2.1"], "target_on": "2027-06-30"}');
    perform test.found_measure('{"slug": "arrests"}');
    perform departments_patch(test.q('editor', '{"slug": "public-works"}', 1), '{"name": "Works", "reporting_contact": "desk 5"}');
end $$;

create function test.measures_come_back_from_an_export() returns void language plpgsql as $$
declare
    before text;
    docs   jsonb;
    said   text;
begin
    perform test.fill_measures();
    before := export_file(null);
    docs   := jsonb_build_array(test.list('measures_list'), test.values_of(), test.list('departments_list'), test.list('updates_list'));
    perform test.is(test.import(before::jsonb) ~ '(^|\n)(created|changed|fault)', false, 'into itself');
    perform test.is(export_file(null), before, 'export after an import into itself');
    perform test.empty_the_database();
    said := test.import(before::jsonb);
    perform test.is(said ~ 'created departments 1' and said ~ 'created measures 2' and said ~ 'created updates 4', true, said);
    perform test.is(export_file(null), before, 'export');
    perform test.is(jsonb_build_array(test.list('measures_list'), test.values_of(), test.list('departments_list'), test.list('updates_list')),
                    docs, 'documents');
    perform test.is((select count(*) from measure_value), 3::bigint, 'values');
    perform test.is((select count(*) from measure_revision), 3::bigint, 'revisions');
    perform test.is((select reporting_contact from department), 'desk 5', 'contact');
end $$;

create function test.a_file_founds_measures_and_measures_them() returns void language plpgsql as $$
declare
    file jsonb := '{"measures": [{"slug": "calls", "name": "Calls", "unit": "minutes", "direction": "decrease", "baseline": 12.5, "target": 7,
                                  "objectives": ["1.1"]}],
                    "departments": [{"slug": "it", "name": "IT", "reporting_contact": "desk 9"}]}'
               || test.reports(jsonb_build_array(test.filed('a', '{"measurements": [{"measure": "calls", "actual": 9}]}')));
begin
    perform test.is(test.import(file, true), E'created departments 1\ncreated measures 1\ncreated updates 1', 'first');
    perform test.has(test.measure(), '{"values_count": 1, "baseline": 12.5, "revision": 1}');
    perform test.is(test.import(file, true), E'unchanged departments 1\nunchanged measures 1\nunchanged updates 1', 'again');
    perform test.is(test.import(jsonb_set(file, '{measures,0,target}', '6'), true),
                    E'unchanged departments 1\nchanged measures 1\nunchanged updates 1', 'another target');
    perform test.has(test.measure(), '{"target": 6, "revision": 2}');
    perform test.is(test.import(jsonb_set(file, '{departments,0,name}', '"I.T."') - 'measures' - 'updates'), 'changed departments 1', 'a name');
    perform test.is((select revision from department where slug = 'it'), 2, 'revision of the department');
    perform test.is((select string_agg(a::text || coalesce(c::text, ''), '') ~ 'desk 9' from audit_event a, change c), false, 'told');
end $$;

create function test.every_fault_of_measures_in_a_file_has_its_pointer() returns void language plpgsql as $$
declare
    said text := test.import('{"format": "cerritos-in-progress/1", "plan": "plan-a",
        "measures": [{"slug": "a", "name": "A", "unit": "u", "direction": "up", "objectives": ["1.1"]},
                     {"slug": "b", "name": "B", "unit": "u", "direction": "maintain", "objectives": ["9.9"], "lower_limit": 2, "upper_limit": 1},
                     {"slug": "b", "name": "B", "unit": "u", "direction": "maintain", "objectives": []},
                     {"slug": "c", "name": "C", "unit": "u", "direction": "maintain", "objectives": ["1.2"], "archived_at": "2026-01-01T00:00:00Z"},
                     {"slug": "d", "name": "D", "unit": "u", "direction": "maintain", "objectives": ["1.1"], "revision": 2, "history": []}],
        "updates": [{"objective": "1.1", "as_of": "2026-01-01", "kind": "note", "summary": "x", "source": "s", "external_id": "a",
                     "measurements": [{"measure": "none", "actual": 1}, {"measure": "a", "actual": 1, "as_of": "2027-01-01"}, {"measure": "c", "actual": 1}]},
                    {"objective": "1.1", "as_of": "2026-01-01", "kind": "note", "summary": "x", "source": "s", "external_id": "b",
                     "measurements": [{"measure": "none", "actual": "1"}, 7]}]}');
begin
    perform test.is((select string_agg(split_part(l, ' ', 2), ' ') from regexp_split_to_table(said, E'\n') l),
        '#/measures/0/direction #/measures/1/objectives/0 #/measures/1/upper_limit #/measures/2/objectives #/measures/2/slug '
        '#/measures/4/history #/updates/0/measurements/0/measure #/updates/0/measurements/1/as_of #/updates/0/measurements/2/measure '
        '#/updates/1/measurements/0/actual #/updates/1/measurements/1', 'pointers');
    perform test.is((select count(*) from measure), 0::bigint, 'measures');
end $$;
