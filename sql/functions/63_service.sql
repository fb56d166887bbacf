-- What a service_status says of a service in figures: how it is kept and shown, and what may be wrong with it.

-- As it is kept: every member there, so that saying nothing and saying null are one.
create function service_of(s jsonb) returns jsonb language plpgsql immutable as $$
begin
    if s is null or s = 'null' then
        return null;
    end if;
    return jsonb_build_object(
        'name', s->'name', 'case_id', s->'case_id', 'state', s->'state', 'raw_state', s->'raw_state',
        'open', s->'open', 'closed', s->'closed', 'overdue', s->'overdue', 'median_days_to_close', s->'median_days_to_close',
        'period', case when coalesce(s->'period', 'null') <> 'null'
                       then jsonb_build_object('from', s->'period'->'from', 'to', s->'period'->'to') end);
end $$;

-- Counts are whole, however they were spelled.
create function count_fault(n numeric) returns boolean language sql immutable as $$
    select n not between 0 and 999999999 or n <> trunc(n)
$$;

create function days_fault(n numeric) returns boolean language sql immutable as $$
    select n < 0 or number_fault(n) is not null
$$;

-- s as it was sent. What has not even its type is told elsewhere.
create function service_faults(s jsonb, at text) returns jsonb language plpgsql immutable as $$
declare
    faults jsonb := '[]';
    name   text;
begin
    at := at || '/service';
    if s->>'name' is null and s->>'case_id' is null then
        faults := faults || fault(at, 'a service or a case is named');
    end if;
    if s->>'raw_state' is not null and s->>'state' is null then
        faults := faults || fault(at || '/raw_state', 'a raw state stands beside the state that it means');
    end if;
    foreach name in array array['open', 'closed', 'overdue'] loop
        if jsonb_typeof(s->name) = 'number' and count_fault((s->>name)::numeric) then
            faults := faults || fault(at || '/' || name, 'a count is a whole number from 0 to 999999999');
        end if;
    end loop;
    if jsonb_typeof(s->'median_days_to_close') = 'number' and days_fault((s->>'median_days_to_close')::numeric) then
        faults := faults || fault(at || '/median_days_to_close', 'a number of days is 0 or more, with at most 12 digits after the point');
    end if;
    if s->'period'->>'to' < s->'period'->>'from' then
        faults := faults || fault(at || '/period/to', 'the period ends before it begins');
    end if;
    return faults;
end $$;

-- Late is what is older than the source's last word under the pair, be it in an update or have it said nothing new.
create function comes_late(d draft_update, known draft_update) returns boolean language plpgsql stable as $$
begin
    return coalesce(d.source_updated_at < greatest(known.source_updated_at, (
        select s.source_updated_at from source_seen s
         where s.plan_id = d.plan_id and s.source = d.source and s.external_id = d.external_id)), false);
end $$;

-- A moment that no update will hold: of a report that said nothing new, or of one that another without a moment replaces.
create function remember_moment(d draft_update, at timestamptz) returns void language plpgsql as $$
begin
    insert into source_seen as s values (d.plan_id, d.source, d.external_id, at)
        on conflict (plan_id, source, external_id) do update
       set source_updated_at = excluded.source_updated_at where s.source_updated_at < excluded.source_updated_at;
end $$;
