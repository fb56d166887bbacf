-- An objective against its dates, computed and never stored (domain.md, "Schedule").

create type schedule as (
    expected_percent numeric,
    is_overdue       boolean,
    next_update_due  date,
    is_stale         boolean,
    disagrees        boolean
);

create function months_of(frequency text) returns integer language sql immutable as $$
    select case frequency when 'monthly' then 1 when 'quarterly' then 3 when 'semiannual' then 6 when 'annual' then 12 end
$$;

-- `reported` is the day of the report that set the status. A month from the 31st of January ends
-- with February. What is not reported disagrees with nothing.
create function schedule(start_on date, due_on date, frequency text, is_archived boolean,
                         status text, reported date, percent numeric, day date) returns schedule
language plpgsql immutable as $$
declare
    s schedule;
begin
    if not is_archived and status not in ('ongoing', 'cancelled') then
        s.expected_percent := case when start_on is null or due_on is null then null
                                   when day < start_on then 0
                                   when day >= due_on  then 100
                                   else trim_scale(round((day - start_on) * 100::numeric / (due_on - start_on), 1)) end;
    end if;
    if not is_archived and status not in ('completed', 'cancelled') then
        s.next_update_due := (coalesce(reported, start_on) + make_interval(months => months_of(frequency)))::date;
    end if;
    s.is_overdue := coalesce(due_on < day and not is_archived and status not in ('completed', 'cancelled', 'ongoing'), false);
    s.is_stale   := coalesce(s.next_update_due < day, false);
    s.disagrees  := status in ('on_track', 'completed') and coalesce(s.expected_percent - percent > 15, false)
                 or status = 'on_track' and s.is_overdue;
    return s;
end $$;
