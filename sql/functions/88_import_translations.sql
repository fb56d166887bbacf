-- Import of translations: a translators' sheet, or what came with the service. Into the plan that is
-- named, else the active one. What came with the service is taken where the plan says those very words,
-- and is nobody's fault elsewhere: the plan may have moved on, or be another.

create function import_translations(body jsonb, plan text, now timestamptz, shipped boolean) returns setof import_row
language plpgsql as $$
declare
    a      author := importer();
    c      context;
    steps  translation_step[];
    faults jsonb;
    done   translations_done;
begin
    perform pg_advisory_xact_lock(hashtextextended('import', 0));
    perform hold_knowledge();
    if shipped and plan is null and not exists (select from plan p where p.state = 'active') then
        return;
    end if;
    c      := context(plan, null, now::text, null, null);
    steps  := array(select s from translation_steps(c, body) s
                     where not shipped or (s.item).source = (s.today).source);
    faults := translation_faults(steps);
    if faults <> '[]' then
        return query select 'fault', f->>'pointer', null::bigint, f->>'detail'
                       from jsonb_array_elements(faults) with ordinality t (f, n) order by n;
        return;
    end if;
    done := keep_translations(c, a, steps, shipped);
    if done.created + done.changed > 0 then
        perform audit(a, 'import', 'plan', c.plan, c.plan_id, null, jsonb_build_object('translations', to_jsonb(done)));
    end if;
    return query
    select t.kind, 'translations', t.n, null::text
      from (values ('created', done.created::bigint), ('changed', done.changed), ('unchanged', done.unchanged),
                   ('kept as a person has edited or reviewed them', done.kept),
                   ('left out, since the plan says something else', jsonb_array_length(body->'items') - cardinality(steps))) t (kind, n)
     where t.n > 0;
    return query select 'warning', f->>'pointer', null::bigint, f->>'detail'
                   from jsonb_array_elements(translation_warnings(steps)) with ordinality t (f, n) order by n;
end $$;

-- One of a plan's file, which may restore it with its revision.
create function import_translation(c context, v jsonb) returns text language plpgsql as $$
declare
    a      author  := importer();
    fields jsonb   := picked(v, 'lang', 'entity', 'field', 'text', 'source', 'reviewed', 'shipped');
    old    translation;
    new    translation;
begin
    fields := fields || jsonb_build_object('plan_id', c.plan_id, 'code', split_part(coalesce(v->>'code', ''), '/', 1),
                                           'position', coalesce(nullif(split_part(coalesce(v->>'code', ''), '/', 2), ''), '0'));
    new    := jsonb_populate_record(null::translation, '{"reviewed": false, "shipped": false}' || fields);
    select * into old from translation t
     where t.plan_id = c.plan_id and t.lang = new.lang and t.code = new.code and t.entity = new.entity
       and t."position" = new."position" and t.field = new.field;
    if row(new.text, new.source, new.reviewed) is not distinct from row(old.text, old.source, old.reviewed) then
        return 'unchanged';
    elsif old.revision is null then
        new := jsonb_populate_record(new, '{"revision": 1}'
               || picked(v, 'revision', 'changed_at', 'key_id', 'client', 'holder', 'request_id', 'reviewed_by'));
        new.changed_at := coalesce(new.changed_at, clock_timestamp());
        insert into translation select new.*;
        return 'created';
    end if;
    new := jsonb_populate_record(new, jsonb_build_object(
               'revision', old.revision + 1, 'changed_at', clock_timestamp(), 'client', a.client, 'holder', a.holder,
               'reviewed_by', case when new.reviewed then a.holder end));
    perform keep_translation(new, old);
    perform audit_translation(new, old, a, c);
    perform announce_translated(c, array[new]);
    return 'changed';
end $$;
