-- Redaction reaches what a report says of a service too: a case's number or a service's name can be a
-- resident's address. It goes as a whole.

-- As before, with the service among what may be blanked.
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
        if 'service'    = any(new.redacted_fields) and new.service is null        then kept.service    := old.service;    end if;
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
