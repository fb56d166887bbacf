-- Where a puller stands, and what is let go.

create function test.a_place_ends_at_the_newest_change_and_is_known_again() returns void language plpgsql as $$
declare
    place text := change_snapshot();
    mark  text := change_mark(place);
begin
    perform test.is(place, (select format('%s:%s:', x, x) from (select max(xid::text::bigint) + 1 as x from change) t), 'place');
    perform test.is(change_reset(mark, place), null::text, 'reset');
    perform test.is(change_reset('0123456789abcdef', place), 'new_history', 'another mark');
    perform test.is(change_reset(mark, '1:1:'), 'expired', 'where nothing had changed');
    perform test.is(change_reset(mark, '3:5:'), 'expired', 'a change that is not there');
end $$;

create function test.the_sweep_lets_nothing_young_go_and_nobody_deletes_it() returns void language plpgsql as $$
declare
    before bigint := (select count(*) from change);
begin
    perform test.is(before > 0, true, 'there is something');
    perform test.is(change_sweep(1, 100), 0::bigint, 'swept');
    perform test.is(change_sweep(0, 100), 0::bigint, 'swept for ever');
    perform test.is((select count(*) from change), before, 'changes');
    perform test.fails('delete from change', '23001');
end $$;

-- The first of a tale, where ids and transactions go in different orders and some are still open, against
-- a plain reading of all changes.
create function test.the_first_of_a_tale_are_those_with_the_lowest_ids() returns void language plpgsql as $$
declare
    since pg_snapshot := '1000:1010:1000,1003,1007';
    upto  pg_snapshot := '1003:1040:1003,1020,1021,1033';
    most  integer;
    mixed integer;
begin
    insert into change (id, xid, entity, entity_id, op, plan_id) overriding system value
    select 1000000 + (n * 37) % 200, (1000 + n / 4)::text::xid8, 'update', n::text, 'published', 1 from generate_series(0, 199) n;
    foreach most in array array[1, 2, 7, 40, 101, 500] loop
        perform test.is((select array_agg(id) from changes_untold(since, upto, null, most)),
                        (select array_agg(id order by id)
                           from (select id from change ch
                                  where pg_visible_in_snapshot(ch.xid, upto) and not pg_visible_in_snapshot(ch.xid, since)
                                    and ch.xid >= '1000'
                                  order by id limit most) f), format('the first %s', most));
    end loop;
    select count(*) into mixed from changes_untold(since, upto, null, 500);
    perform test.is(mixed, 4 * (27 + 2), 'all of them');
end $$;
