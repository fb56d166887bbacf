-- The roll-up against tables made by hand: tests/data/rollup. A case sets weights, reports and
-- archived objectives in a plan of its own, and states what the documents must say.

create function test.rollup_build(c jsonb) returns void language plpgsql as $$
declare
    o      jsonb;
    r      jsonb;
    of     objective;
    ids    bigint[];
    w      written;
begin
    perform import_file(jsonb_build_object(
        'format', 'cerritos-in-progress/1',
        'plan', jsonb_build_object('slug', 'by-hand', 'title', 'By hand', 'organization', 'City'),
        'goals', (select jsonb_agg(jsonb_build_object('number', g.number, 'statement', 'Goal ' || g.number,
                         'weight', coalesce(c->'goal_weights'->g.number::text, '1'), 'objectives', g.objectives) order by g.number)
                    from (select split_part(x->>'code', '.', 1)::int as number,
                                 jsonb_agg(jsonb_build_object('code', x->'code', 'statement', 'Objective ' || (x->>'code'),
                                           'weight', coalesce(x->'weight', '1'))) as objectives
                            from jsonb_array_elements(c->'objectives') x group by 1) g)), test.now()::timestamptz, false, false);
    for o in select * from jsonb_array_elements(c->'objectives') loop
        ids := '{}';
        for r in select * from jsonb_array_elements(coalesce(o->'reports', '[]')) loop
            w := updates_post(test.q('admin', plan => 'by-hand'),
                     '{"kind": "progress", "summary": "By hand.", "source": "hand"}' || (r - 'corrects' - 'retracted')
                     || jsonb_build_object('objective', o->'code')
                     || case when r ? 'corrects' then jsonb_build_object('supersedes', ids[(r->>'corrects')::int]::text, 'reason', 'corrected')
                             else '{}' end);
            ids := ids || (w.body::jsonb->>'id')::bigint;
        end loop;
        -- After all reports, so that a later one may correct what is retracted only then.
        perform updates_retraction(test.q('admin', jsonb_build_object('id', ids[n::int]::text), plan => 'by-hand'),
                                   '{"reason": "wrong"}')
           from jsonb_array_elements(coalesce(o->'reports', '[]')) with ordinality t (report, n)
          where t.report->>'retracted' = 'true';
        if o->>'archived' = 'true' then
            perform objectives_patch(test.q('admin', jsonb_build_object('code', o->'code'), 1, plan => 'by-hand'),
                                     '{"archived": true}');
        end if;
    end loop;
end $$;

create function test.rollup_check(c jsonb) returns void language plpgsql as $$
declare
    e record;
begin
    for e in select * from jsonb_each(c->'expect') loop
        case
            when e.key = 'plan' then
                perform test.has(test.get('plan_get', 'by-hand', c->>'as_of', '{}')->'progress', e.value, e.key);
                perform test.is(test.get('summary_get', 'by-hand', c->>'as_of', '{}')->'progress',
                                test.get('plan_get', 'by-hand', c->>'as_of', '{}')->'progress', 'progress of the summary');
            when e.key ~ '\.' then
                perform test.has(test.get('objectives_get', 'by-hand', c->>'as_of', jsonb_build_object('code', e.key)), e.value,
                                 e.key);
            else
                perform test.has(test.get('goals_get', 'by-hand', c->>'as_of',
                                          jsonb_build_object('number', e.key::int))->'progress', e.value, 'goal ' || e.key);
        end case;
    end loop;
end $$;

create function test.rollup_case(c text) returns text language plpgsql as $$
declare
    doc jsonb := c;
    why text;
begin
    begin
        perform test.rollup_build(doc);
        perform test.rollup_check(doc);
        raise exception using errcode = 'TEST0', message = 'taken back';
    exception
        when sqlstate 'TEST0' then why := null;
        when others then why := sqlstate || ' ' || sqlerrm;
    end;
    return case when why is null then 'ok - ' || (doc->>'name') else format('not ok - %s: %s', doc->>'name', why) end;
end $$;
