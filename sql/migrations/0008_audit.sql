-- Redaction (domain.md): the one way in which text that was stored goes away. What it blanked is
-- named in the row; the audit and drafts follow the same rule as what is published.

-- A draft too says what was blanked in it, and takes that along when it is published.
alter table draft_update
    add column redacted_at      timestamptz,
    add column redaction_reason text,
    add column redacted_fields  text[],
    add constraint draft_redaction_is_whole check ((redacted_at is null) = (redaction_reason is null)
                                                   and (redacted_at is null) = (redacted_fields is null));

-- As good as empty: what they answer at every report under a natural key costs nothing.
create index update_redacted on published_update (plan_id, source, external_id) where redacted_at is not null;
create index draft_redacted  on draft_update (plan_id, source, external_id) where redacted_at is not null;
-- Whether there is any is asked every second.
create index update_redacted_last on published_update (redacted_at) where redacted_at is not null;

-- As before; and redaction reaches the reason of a retraction, adds to what was named and takes
-- nothing back.
create or replace function published_update_moves_forward() returns trigger language plpgsql as $$
declare
    kept progress.published_update := new;
begin
    if  (old.superseded_at is not null
         and row(new.superseded_at, new.superseded_by) is distinct from row(old.superseded_at, old.superseded_by))
     or (old.retracted_at is not null and new.retracted_at is distinct from old.retracted_at)
     or (old.retracted_at is not null and new.retraction_reason is distinct from old.retraction_reason
         and not (new.redacted_at is distinct from old.redacted_at
                  and 'retraction_reason' = any(new.redacted_fields) and new.retraction_reason = '[redacted]'))
     or (old.redacted_at is not null
         and (new.redacted_at is null or not new.redacted_fields @> old.redacted_fields))
     or (new.redacted_at is not distinct from old.redacted_at
         and row(new.redaction_reason, new.redacted_fields) is distinct from row(old.redaction_reason, old.redacted_fields))
     or new.changed_at < old.changed_at
    then
        raise exception 'update %: its state moves forward only', old.id using errcode = 'restrict_violation';
    end if;
    if old.superseded_at is not null and old.retracted_at is null and new.retracted_at is not null then
        raise exception 'update %: a superseded update is not retracted', old.id using errcode = 'restrict_violation';
    end if;

    if new.redacted_at is distinct from old.redacted_at then
        if 'summary'    = any(new.redacted_fields) and new.summary = '[redacted]' then kept.summary    := old.summary;    end if;
        if 'details'    = any(new.redacted_fields) and new.details is null        then kept.details    := old.details;    end if;
        if 'next_steps' = any(new.redacted_fields) and new.next_steps is null     then kept.next_steps := old.next_steps; end if;
        if 'links'      = any(new.redacted_fields) and new.links = '[]'           then kept.links      := old.links;      end if;
        if 'reason'     = any(new.redacted_fields) and new.reason = '[redacted]'  then kept.reason     := old.reason;     end if;
    end if;

    kept.superseded_at     := old.superseded_at;
    kept.superseded_by     := old.superseded_by;
    kept.retracted_at      := old.retracted_at;
    kept.retraction_reason := old.retraction_reason;
    kept.redacted_at       := old.redacted_at;
    kept.redaction_reason  := old.redaction_reason;
    kept.redacted_fields   := old.redacted_fields;
    kept.changed_at        := old.changed_at;
    kept.effective         := old.effective;
    if kept is distinct from old then
        raise exception 'update %: its content never changes', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

-- Whether nothing happened to a document but that values went to "[redacted]".
create function is_blanked(old jsonb, new jsonb) returns boolean language plpgsql immutable as $$
begin
    return old = new
        or new = '"[redacted]"'
        or (jsonb_typeof(old) = 'object' and jsonb_typeof(new) = 'object'
            and (select bool_and(o.value is not null and n.value is not null and progress.is_blanked(o.value, n.value))
                   from jsonb_each(old) o full join jsonb_each(new) n using (key)));
end $$;

create function audit_event_is_kept() returns trigger language plpgsql as $$
declare
    kept progress.audit_event := new;
begin
    kept.detail := old.detail;
    if kept is distinct from old or not progress.is_blanked(old.detail, new.detail) then
        raise exception 'audit_event is append-only: update refused' using errcode = 'restrict_violation',
              hint = 'redaction alone may blank a text in it';
    end if;
    return new;
end $$;

-- destroys: nothing is left open, since both triggers below take its place
drop trigger append_only on audit_event;
create trigger append_only before delete or truncate on audit_event
    for each statement execute function refuse_change();
create trigger is_kept before update on audit_event
    for each row execute function audit_event_is_kept();
