-- Translations come in by the sheet: many texts of any languages, all or none. Each names the words that it was
-- made from; where those are not today's it is taken all the same, and is outdated. An empty text says nothing:
-- what is stored stays.

create type translation_item as (
    n         integer,
    place     text,    -- in the body, or in the table that it came from
    lang      text,
    entity    text,
    code      text,    -- of the goal or objective
    "position" integer,
    field     text,
    source    text,
    text      text,
    reviewed  boolean, -- null: as it is, and no longer where the text is another
    outdated  boolean,
    revision  integer  -- that it was taken from; null: not said
);

-- Tables and mail turn line ends about; nothing else of a text is touched.
create function one_line_end(value text) returns text language sql immutable as $$
    select replace(value, chr(13) || chr(10), chr(10))
$$;

create function translation_items(body jsonb) returns setof translation_item language sql immutable as $$
    select t.n - 1, coalesce('#/rows/' || (body->'rows'->>(t.n - 1)::integer), '#/items/' || t.n - 1), i->>'lang', i->>'entity', split_part(coalesce(i->>'code', ''), '/', 1),
           case when i->>'code' ~ '^[^/]+/[1-9][0-9]{0,4}$' then split_part(i->>'code', '/', 2)::integer
                when i->>'code' ~ '/' then -1 else 0 end,
           i->>'field', one_line_end(i->>'source'), one_line_end(i->>'text'), (i->>'reviewed')::boolean,
           (i->>'outdated')::boolean, nullif((i->>'revision')::integer, 0)
      from jsonb_array_elements(body->'items') with ordinality as t (i, n)
     where i->>'text' ~ '\S'
$$;

create type translation_step as (item translation_item, today source_text, old translation);

-- Each item beside the text of the plan that it names, and what is stored for it.
create function translation_steps(c context, body jsonb) returns setof translation_step language plpgsql stable as $$
begin
    return query
    select i::translation_item, s::source_text, t::translation
      from translation_items(body) i
      left join source_texts(c) s
        on s.entity = i.entity and s.code = i.code and s."position" = i."position" and s.field = i.field
      left join translation t
        on t.plan_id = c.plan_id and t.lang = i.lang and t.code = i.code and t.entity = i.entity
       and t."position" = i."position" and t.field = i.field
     order by i.n;
end $$;

-- What only the plan itself can say of the items. Whoever was handed a sheet may have been overtaken:
-- what it says anew of a text that has moved on since is refused, unless it says the same.
create function translation_faults(steps translation_step[]) returns jsonb language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(fault((f.item).place || '/' || f.field, f.detail) order by (f.item).n, f.nth), '[]')
              from (select s.item, p.*
                      from unnest(steps) s
                     cross join lateral (values
                           (1, 'code', case when (s.today).entity is null then 'the plan has no such text' end),
                           (2, 'source', case when (s.item).source is null then 'is required: the words that it was made from' end),
                           (3, 'revision', case when (s.item).revision <> (s.old).revision and (s.item).text <> (s.old).text then
                                                format('was changed since: it is at revision %s', (s.old).revision) end)
                           ) p (nth, field, detail)
                    union all
                    select d.item, 4, 'code', 'the same text as before'
                      from (select s.item, row_number() over (partition by (s.item).lang, (s.item).entity, (s.item).code,
                                                              (s.item)."position", (s.item).field order by (s.item).n) as times
                              from unnest(steps) s) d
                     where d.times > 1) f
             where f.detail is not null);
end $$;

-- What is to be stored. Who has only read a sheet, and sends a row as it came, does not vouch for it
-- anew: what was outdated stays so until somebody says that it is not.
create function translation_made(s translation_step, c context, a author, shipped boolean) returns translation
language plpgsql stable as $$
declare
    i    translation_item := s.item;
    old  translation      := s.old;
    new  translation      := old;
    same boolean          := coalesce(old.text = i.text, false);
begin
    new.plan_id    := c.plan_id;
    new.lang       := i.lang;
    new.entity     := i.entity;
    new.code       := i.code;
    new."position" := i."position";
    new.field      := i.field;
    new.text       := i.text;
    if not (same and coalesce(i.outdated, false)) then
        new.source := i.source;
    end if;
    new.reviewed := coalesce(i.reviewed, same and old.reviewed);
    if row(new.text, new.source, new.reviewed) is not distinct from row(old.text, old.source, old.reviewed) then
        return old;
    end if;
    new.shipped     := shipped and not new.reviewed;
    new.revision    := coalesce(old.revision, 0) + 1;
    new.changed_at  := clock_timestamp();
    new.key_id      := a.key_id;
    new.client      := a.client;
    new.holder      := a.holder;
    new.request_id  := a.request_id;
    new.reviewed_by := case when new.reviewed then coalesce(case when same and old.reviewed then old.reviewed_by end, a.holder) end;
    return new;
end $$;

create function keep_translation(new translation, old translation) returns void language plpgsql as $$
begin
    insert into translation select new.*
        on conflict on constraint translation_pkey do update
       set (text, source, reviewed, shipped, revision, changed_at, key_id, client, holder, request_id, reviewed_by)
         = row(new.text, new.source, new.reviewed, new.shipped, new.revision, new.changed_at, new.key_id, new.client,
               new.holder, new.request_id, new.reviewed_by)
     where translation.revision = old.revision;
    if not found then
        perform problem(409, 'a translation was changed meanwhile; repeat');
    end if;
end $$;

create function audit_translation(new translation, old translation, a author, c context) returns void language plpgsql as $$
begin
    perform audit(a, case when old.revision is null then 'create' else 'edit' end, 'translation',
                  concat_ws('/', new.lang, new.entity, nullif(new.code, ''), nullif(new."position", 0), new.field), c.plan_id,
                  (select o.id from objective o where o.plan_id = c.plan_id and o.code = new.code),
                  differences(picked(to_jsonb(old), 'text', 'source', 'reviewed'), picked(to_jsonb(new), 'text', 'source', 'reviewed')));
end $$;

-- Whose documents show something else now.
create function announce_translated(c context, changed translation[]) returns void language plpgsql as $$
begin
    perform announce(t.entity, t.id, 'changed', c.plan_id, t.objective_id)
       from (select distinct case x.entity when 'action' then 'objective' else x.entity end as entity,
                             case x.entity when 'plan' then c.plan else x.code end as id, o.id as objective_id
               from unnest(changed) x
               left join objective o on o.plan_id = c.plan_id and o.code = x.code
              order by 1, 2) t;
end $$;

create type translations_done as (created integer, changed integer, unchanged integer, kept integer);

-- The items, stored. What came with the service never takes the place of what a person has edited or reviewed.
create function keep_translations(c context, a author, steps translation_step[], shipped boolean) returns translations_done
language plpgsql as $$
declare
    done    translations_done := row(0, 0, 0, 0);
    changed translation[]     := '{}';
    s       translation_step;
    new     translation;
begin
    foreach s in array steps loop
        new := translation_made(s, c, a, shipped);
        if new is not distinct from s.old then
            done.unchanged := done.unchanged + 1;
        elsif shipped and not coalesce((s.old).shipped, true) then
            done.kept := done.kept + 1;
        else
            perform keep_translation(new, s.old);
            if not shipped then
                perform audit_translation(new, s.old, a, c);
            end if;
            changed := changed || new;
            if (s.old).revision is null then
                done.created := done.created + 1;
            else
                done.changed := done.changed + 1;
            end if;
        end if;
    end loop;
    perform announce_translated(c, changed);
    return done;
end $$;

-- Of the items that were made from other words than today's, and say so nowhere.
create function translation_warnings(steps translation_step[]) returns jsonb language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(fault((s.item).place || '/source', 'differs from today''s words: it is taken, and outdated')
                                      order by (s.item).n), '[]')
              from unnest(steps) s
             where (s.item).source <> (s.today).source);
end $$;

create type translation_warning as (pointer text, detail text);
create type translations_doc as (
    items        integer,
    created      integer,
    changed      integer,
    unchanged    integer,
    untranslated integer,
    warnings     translation_warning[]
);

create function hold_to_translations(a author) returns void language plpgsql stable as $$
begin
    if a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not translations');
    end if;
end $$;

create function translations_post(q jsonb, body jsonb) returns written language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    a     author  := authorise(q, 'edit');
    w     written := replay(q, a);
    c     context;
    steps translation_step[];
    done  translations_done;
    n     integer := jsonb_array_length(body->'items');
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    perform hold_to_translations(a);
    steps := array(select s from translation_steps(c, body) s);
    perform refuse_if(translation_faults(steps));
    done := keep_translations(c, a, steps, false);
    return answer(q, a, 200, null, 0, row_to_json(row(
        n, done.created, done.changed, done.unchanged, n - cardinality(steps),
        array(select row(f->>'pointer', f->>'detail')::translation_warning
                from jsonb_array_elements(translation_warnings(steps)) with ordinality t (f, nth) order by nth))::translations_doc));
end $$;
