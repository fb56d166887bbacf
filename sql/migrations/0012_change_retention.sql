-- Changes are kept for as long as PROGRESS_CHANGES_DAYS says; the audit keeps what happened for ever.
-- What may go is held here too: nothing of the last day, but what came with a backup of another
-- cluster, whose transactions lie in the future of this one.
create function change_is_old() returns trigger language plpgsql as $$
begin
    if old.at > clock_timestamp() - interval '1 day' and old.xid < pg_snapshot_xmax(pg_current_snapshot()) then
        raise exception 'change % is younger than a day: delete refused', old.id using errcode = 'restrict_violation';
    end if;
    return old;
end $$;

-- destroys: the two below take its place, and let go what is old
drop trigger append_only on change;
create trigger append_only before update or truncate on change
    for each statement execute function refuse_change();
create trigger old_ones_go before delete on change
    for each row execute function change_is_old();

grant delete on change to progress_app;
