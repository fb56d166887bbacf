-- Redaction: an administrator blanks named texts of an update or a draft, or all that it says of a
-- service, wherever they are kept: in its row, in what the audit holds of earlier drafts, in remembered answers. The row, the reason and
-- the audit stay. What was redacted does not come back by a report that is sent again.

-- What a redacted field reads as; a value that the table demands has a word in its place.
create function redacted_value(field text) returns jsonb language sql immutable as $$
    select case when field in ('details', 'next_steps', 'service') then 'null'::jsonb
                when field = 'links' then '[]'
                else '"[redacted]"' end
$$;

create function redacted_values(fields text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(f, redacted_value(f)), '{}') from unnest(fields) f
$$;

create function says_something(value jsonb) returns boolean language sql immutable as $$
    select coalesce(value not in ('null', '[]', '"[redacted]"'), false)
$$;

-- Those of the fields that say something in a row or a body.
create function texts_in(doc jsonb, fields text[]) returns text[] language sql immutable as $$
    select array(select f from unnest(fields) f where says_something(doc->f) order by f)
$$;

-- ---- what was redacted stays so ----

create function redacted_under(plan_id bigint, source text, external_id text) returns text[] language plpgsql stable as $$
begin
    return array(
        select distinct f
          from (select u.redacted_fields as fields from published_update u
                 where u.plan_id = redacted_under.plan_id and u.source = redacted_under.source
                   and u.external_id = redacted_under.external_id and u.redacted_at is not null
                 union all
                select d.redacted_fields from draft_update d
                 where d.plan_id = redacted_under.plan_id and d.source = redacted_under.source
                   and d.external_id = redacted_under.external_id and d.redacted_at is not null) r,
               unnest(r.fields) f
         order by f);
end $$;

create function restated(b update_body, fields text[]) returns text[] language sql immutable as $$
    select texts_in(to_jsonb(b), fields)
$$;

create function refuse_restated(b update_body, fields text[], location text) returns void language plpgsql stable as $$
declare
    stated text[] := restated(b, fields);
begin
    if stated <> '{}' then
        perform problem(409, format('redacted here, and not taken again: %s', array_to_string(stated, ', ')),
                        (select string_agg(format(E'#/%s\twas redacted: %s', f,
                                                  case f when 'summary' then 'say "[redacted]"' else 'leave it out' end),
                                           chr(10) order by f) from unnest(stated) f),
                        'redacted', location);
    end if;
end $$;

-- Of a report by its natural key. A correction names what it corrects, and why: that is a person's
-- decision, and may say anew what was redacted.
create function refuse_redacted(b update_body, c context) returns void language plpgsql stable as $$
begin
    if b.external_id is not null and b.supersedes is null then
        perform refuse_restated(b, redacted_under(c.plan_id, b.source, b.external_id),
                                format('/updates/%s/%s%s', b.source, uri_segment(b.external_id), c.suffix));
    end if;
end $$;

-- ---- where else it is kept ----

-- An audit row's detail without these fields: earlier drafts lie there whole, a retraction's reason
-- and a returned draft's comment by themselves.
create function audit_redacted(action text, detail jsonb, fields text[]) returns jsonb language plpgsql immutable as $$
begin
    if detail ? 'replaced' then
        detail := jsonb_set(detail, '{replaced}', detail->'replaced' || coalesce(
            (select jsonb_object_agg(f, '[redacted]') from unnest(texts_in(detail->'replaced', fields)) f), '{}'));
    end if;
    if action = 'retract' and detail ? 'reason' and 'retraction_reason' = any(fields) then
        detail := detail || '{"reason": "[redacted]"}';
    elsif action = 'return' and detail ? 'comment' and 'return_comment' = any(fields) then
        detail := detail || '{"comment": "[redacted]"}';
    end if;
    return detail;
end $$;

-- Whether it is what a partner is told of the update `id`: the case by its number, the update by its place.
create function tells_a_partner(doc jsonb, id text) returns boolean language sql immutable as $$
    select doc ? 'service_request_id' and split_part(doc->>'location', '?', 1) = '/updates/' || id
$$;

-- A document as it was answered, of whatever depth, without the fields of the update `id`.
create function answer_redacted(doc jsonb, id text, fields text[], mark jsonb) returns jsonb language plpgsql immutable as $$
declare
    holder record;
begin
    if jsonb_typeof(doc) = 'array' then
        return (select coalesce(jsonb_agg(answer_redacted(t.value, id, fields, mark) order by t.ordinality), '[]')
                  from jsonb_array_elements(doc) with ordinality t);
    elsif jsonb_typeof(doc) <> 'object' then
        return doc;
    elsif tells_a_partner(doc, id) then
        return doc || case when 'service' = any(fields) then '{"service_request_id": "[redacted]"}' else '{}' end::jsonb;
    elsif doc->>'id' is distinct from id or not doc ? 'summary' then
        return (select coalesce(jsonb_object_agg(e.key, answer_redacted(e.value, id, fields, mark)), '{}') from jsonb_each(doc) e);
    end if;
    for holder in select * from (values ('retraction_reason', 'retraction', 'reason'),
                                        ('return_comment', 'returned', 'comment')) h (field, object, member) loop
        if holder.field = any(fields) and jsonb_typeof(doc->holder.object) = 'object' then
            doc := jsonb_set(doc, array[holder.object, holder.member], redacted_value(holder.field));
        end if;
    end loop;
    return doc || redacted_values(texts_in(doc, fields)) || jsonb_build_object('redaction', mark);
end $$;

-- Nearly all tell which update they are of; the others, of many at once, are found by what they say.
create function redact_answers(id bigint, fields text[], mark jsonb) returns void language plpgsql as $$
declare
    place text := '/updates/' || id;
begin
    update idempotency i
       set body = answer_redacted(i.body::jsonb, redact_answers.id::text, fields, mark)::text
     where i.location = place
        or starts_with(i.location, place || '?')
        or ((i.location is null or substr(i.location, 1, 9) <> '/updates/' or substr(i.location, 10, 1) not between '0' and '9')
            and i.body ~ format('"id": ?"%1$s"|"location": ?"/updates/%1$s["?]', redact_answers.id));
end $$;

create function redact_audit(id bigint, fields text[]) returns void language plpgsql as $$
begin
    update audit_event e
       set detail = audit_redacted(e.action, e.detail, fields)
     where e.entity in ('update', 'draft') and e.entity_id = redact_audit.id::text
       and audit_redacted(e.action, e.detail, fields) <> e.detail;
end $$;

-- ---- the decision ----

-- What of `asked` is there to be blanked, in the row or in what was before it.
create function redactable_in(content jsonb, id bigint, asked text[]) returns text[] language plpgsql stable as $$
begin
    return array(
        select f from unnest(asked) f
         where says_something(content->f)
            or exists (select from audit_event e
                        where e.entity in ('update', 'draft') and e.entity_id = redactable_in.id::text
                          and audit_redacted(e.action, e.detail, array[f]) <> e.detail)
         order by f);
end $$;

create function redact_published(u published_update, fields text[], reason text, at timestamptz) returns void
language plpgsql as $$
declare
    r published_update := jsonb_populate_record(u, redacted_values(texts_in(to_jsonb(u), fields)));
begin
    update published_update t
       set (summary, details, next_steps, links, service, reason, retraction_reason, redacted_at, redaction_reason,
            redacted_fields, changed_at)
         = row(r.summary, r.details, r.next_steps, r.links, r.service, r.reason, r.retraction_reason, at, redact_published.reason,
               array(select distinct f from unnest(u.redacted_fields || fields) f order by f), at)
     where t.id = u.id;
    perform announce('update', u.id::text, 'redacted', u.plan_id, u.objective_id);
end $$;

create function redact_draft(d draft_update, fields text[], reason text, at timestamptz) returns void language plpgsql as $$
declare
    r draft_update := jsonb_populate_record(d, redacted_values(texts_in(to_jsonb(d), fields)));
begin
    update draft_update t
       set (summary, details, next_steps, links, service, reason, return_comment, redacted_at, redaction_reason,
            redacted_fields, changed_at, revision)
         = row(r.summary, r.details, r.next_steps, r.links, r.service, r.reason, r.return_comment, at, redact_draft.reason,
               array(select distinct f from unnest(d.redacted_fields || fields) f order by f), at, d.revision + 1)
     where t.id = d.id;
end $$;

-- Runs as the owner: nobody else may change a text that was stored. Its author is looked up like that
-- of any other write, and must be an administrator.
create function updates_redaction(q jsonb, body jsonb) returns written language plpgsql security definer
set plan_cache_mode = force_generic_plan as $$
declare
    a       author  := authorise(q, 'admin');
    w       written := replay(q, a);
    c       context;
    d       draft_update;
    u       published_update;
    content jsonb;
    asked   text[];
    fields  text[];
    at      timestamptz;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    d := hold_draft(q, a, c, is_open => false);
    if d.id is null then
        -- Nobody may report under its natural key meanwhile: what is blank now would look like news.
        perform hold_natural(t.plan_id, t.source, t.external_id) from published_update t
          where t.id = (q->'args'->>'id')::bigint and t.plan_id = c.plan_id;
        u := hold_published(q, a, c);
    end if;
    at      := clock_timestamp();
    content := case when d.id is null then to_jsonb(u) else to_jsonb(d) end;
    asked   := array(select distinct jsonb_array_elements_text(body->'fields'));
    fields  := redactable_in(content, coalesce(d.id, u.id), asked);

    if fields <> '{}' and d.id is not null then
        perform redact_draft(d, fields, body->>'reason', at);
    elsif fields <> '{}' then
        perform redact_published(u, fields, body->>'reason', at);
    elsif not coalesce(asked && coalesce(d.redacted_fields, u.redacted_fields), false) then
        perform problem(422, 'none of these fields says anything: nothing to redact', '#/fields');
    end if;
    if fields <> '{}' then
        perform redact_audit(coalesce(d.id, u.id), fields);
        perform redact_answers(coalesce(d.id, u.id), fields, redaction_mark(coalesce(d.id, u.id), c));
        perform audit(a, 'redact', case when d.id is null then 'update' else 'draft' end, coalesce(d.id, u.id)::text,
                      coalesce(d.plan_id, u.plan_id), coalesce(d.objective_id, u.objective_id),
                      jsonb_build_object('fields', to_jsonb(fields), 'reason', body->>'reason'));
    end if;
    return case when d.id is null then answer_published(q, a, c, 200, u.id) else answer_draft(q, a, c, 200, d.id) end;
end $$;

-- As the documents show it.
create function redaction_mark(id bigint, c context) returns jsonb language plpgsql stable as $$
begin
    return (select update_doc(r, c)::jsonb->'redaction'
              from (select u from update_rows(c) u where u.id = redaction_mark.id
                     union all
                    select d from draft_rows(c) d where d.id = redaction_mark.id) t (r));
end $$;

-- Nothing that a caller brings along is looked at in its stead.
do $$
begin
    execute format('alter function updates_redaction(jsonb, jsonb) set search_path = %I, progress, pg_temp', current_schema());
end $$;
