-- Attainment against tables made by hand: tests/data/measures. A case founds a measure, reports its
-- values one after the other, and states what the document must say.

create function test.measure_case(c jsonb) returns text language plpgsql as $$
declare
    v   jsonb;
    why text;
begin
    begin
        perform measures_post(test.q('editor'), '{"slug": "by-hand", "name": "By hand", "unit": "x", "objectives": ["1.1"]}' || (c->'measure'));
        for v in select * from jsonb_array_elements(c->'values') loop
            perform updates_post(test.q('gogov'), jsonb_build_object('objective', '1.1', 'as_of', v->'as_of', 'kind', 'note', 'summary', 'x',
                                 'measurements', jsonb_build_array('{"measure": "by-hand"}' || (v - 'as_of'))));
        end loop;
        perform test.has(test.measure('by-hand', c->>'as_of') #- '{latest,update}', c->'expect', c->>'name');
        raise exception using errcode = 'TEST0', message = 'taken back';
    exception
        when sqlstate 'TEST0' then why := null;
        when others then why := sqlstate || ' ' || sqlerrm;
    end;
    return case when why is null then 'ok - ' || (c->>'name') else format('not ok - %s: %s', c->>'name', why) end;
end $$;

create function test.measure(slug text default 'calls', as_of text default null) returns jsonb language sql as $$
    select test.get('measures_get', null, as_of, jsonb_build_object('slug', slug))
$$;

create function test.found_measure(extra jsonb default '{}') returns written language sql as $$
    select * from measures_post(test.q('editor'), '{"slug": "calls", "name": "Calls", "unit": "minutes", "direction": "decrease",
        "baseline": 12.50, "target": 7, "objectives": ["1.1"]}' || extra)
$$;

create function test.measured(actual text, extra jsonb default '{}', key text default 'gogov', objective text default '1.1') returns bigint
language plpgsql as $$
begin
    return (updates_post(test.q(key), jsonb_build_object('objective', objective, 'as_of', '2026-10-31', 'kind', 'note', 'summary', 'Measured.',
                         'measurements', jsonb_build_array(jsonb_build_object('measure', 'calls', 'actual', actual::jsonb))) || extra)).body::jsonb->>'id';
end $$;

create function test.values_of(as_of text default null, filters jsonb default '{}') returns jsonb language sql as $$
    select test.list('measure_values_list', '{"measure": "calls"}' || filters, as_of => as_of)
$$;
