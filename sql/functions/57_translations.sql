-- Every text of the plan in every language: what translators work from, and what waits for them.

create type source_text as (
    entity      text,
    code        text,
    goal_number integer, -- 0: of the plan itself
    number      integer, -- 0: of no objective
    "position"  integer, -- 0: no action
    field       text,
    source      text,
    archived    boolean
);

-- As they are on the day that is asked for; actions have no history.
create function source_texts(c context) returns setof source_text language sql stable as $$
    select 'plan', '', 0, 0, 0, t.field, t.source, false
      from plan p
     cross join lateral (values ('title', p.title), ('overview', p.overview)) t (field, source)
     where p.id = c.plan_id and t.source is not null
    union all
    select 'goal', g.number::text, g.number, 0, 0, 'statement', g.statement, false
      from goal_rows(c) g
    union all
    select t.entity, o.code, o.goal_number, o.number, t."position", t.field, t.source, o.archived_at is not null
      from objective_rows(c) o
     cross join lateral (
           select 'objective', 0, 'statement', o.statement
            union all
           select 'objective', 0, 'description', o.description where o.description is not null
            union all
           select 'action', a."position", 'text', a.text from unnest(o.actions) a) t (entity, "position", field, source)
$$;

create type translation_row as (
    lang        text,
    entity      text,
    code        text,
    goal_number integer,
    number      integer,
    "position"  integer,
    field       text,
    source      text,
    text        text,    -- null: nobody has translated it
    made_from   text,    -- where it is outdated
    reviewed    boolean,
    outdated    boolean,
    revision    integer, -- 0: nobody has translated it
    archived    boolean,
    nth         integer, -- the language's place
    place       text     -- the text's, within the language
);

create function translation_rows(c context, lang text) returns setof translation_row language sql stable as $$
    select l.lang, s.entity, s.code, s.goal_number, s.number, s."position", s.field, s.source,
           t.text, nullif(t.source, s.source), t.reviewed, t.source <> s.source, coalesce(t.revision, 0), s.archived, l.nth::integer,
           format('%s.%s.%s.%s', lpad(s.goal_number::text, 5, '0'), lpad(s.number::text, 5, '0'),
                  lpad(s."position"::text, 5, '0'),
                  array_position(array['title', 'overview', 'statement', 'description', 'text'], s.field))
      from unnest(languages()) with ordinality l (lang, nth)
     cross join source_texts(c) s
      left join translation t
        on t.plan_id = c.plan_id and t.lang = l.lang and t.code = s.code and t.entity = s.entity
       and t."position" = s."position" and t.field = s.field
     where translation_rows.lang is null or l.lang = translation_rows.lang
$$;

-- "7", "7.1"; the second action of 3.3 is "3.3/2". The plan has none.
create function text_code(r translation_row) returns text language sql immutable as $$
    select r.code || case when r."position" > 0 then '/' || r."position" else '' end
$$;

create type translation_links as (source text);

create type translation_doc as (
    lang      text,
    entity    text,
    code      text,
    field     text,
    goal      integer,
    source    text,
    text      text,
    reviewed  boolean,
    outdated  boolean,
    made_from text,
    revision  integer,
    demo      boolean,
    links     translation_links
);

create function translation_doc(r translation_row, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return row_to_json(row(
        r.lang, r.entity, nullif(text_code(r), ''), r.field, nullif(r.goal_number, 0), r.source, r.text, r.reviewed, r.outdated,
        r.made_from, r.revision, c.demo,
        row(case r.entity when 'plan' then '/plan' when 'goal' then '/goals/' || r.code else '/objectives/' || r.code end
            || '?lang=' || r.lang || replace(c.suffix, '?', '&'))::translation_links)::translation_doc);
end $$;

-- What a list's filters leave.
create function translations_found(c context, filters jsonb) returns setof translation_row language plpgsql stable
set plan_cache_mode = force_custom_plan as $$
declare
    of_goal bigint := goal_named(c, filters->>'goal');
begin
    return query
    select r.* from translation_rows(c, filters->>'lang') r
     where (of_goal is null or r.goal_number::text = filters->>'goal')
       and (filters->>'entity' is null or r.entity = filters->>'entity')
       -- It may be both outdated and unreviewed.
       and case filters->>'reason' when 'untranslated' then r.text is null
                                   when 'outdated'     then r.outdated
                                   when 'unreviewed'   then not r.reviewed
                                   else true end
     order by r.nth, r.place collate "C";
end $$;

create function translations_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                                  k1 text, k2 text, size integer, known_at text)
returns setof page_row language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context := context(plan, as_of, now, lang, include, known_at);
begin
    return query
    select translation_doc(r, c)::text, r.revision, r.nth::text, r.place
      from translations_found(c, filters) r
     where k1 is null or (r.nth, r.place collate "C") > (k1::integer, k2)
     order by r.nth, r.place collate "C"
     limit size;
end $$;
