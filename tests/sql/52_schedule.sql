-- The schedule against tables made by hand: tests/data/schedule. The documents are asked over HTTP
-- (tests/e2e/test_schedule.py); here the formula alone.

create function test.schedule_table(t jsonb) returns setof text language plpgsql as $$
declare
    k    jsonb;
    seen jsonb;
begin
    for k in select * from jsonb_array_elements(t->'cases') loop
        seen := to_jsonb(schedule((k->>'start_on')::date, (k->>'due_on')::date, coalesce(k->>'update_frequency', 'none'),
                                  coalesce((k->>'archived')::boolean, false), coalesce(k->>'status', 'no_information'),
                                  (k->>'reported')::date, (k->>'percent')::numeric, (k->>'day')::date));
        return next case when seen = k->'expect' then 'ok - ' || (k->>'name')
                         else format('not ok - %s: %s, expected %s', k->>'name', seen, k->'expect') end;
    end loop;
end $$;
