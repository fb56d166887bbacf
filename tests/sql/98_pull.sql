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
