-- Translations as documents show them, beside the city's own words: as they are now, whatever day is
-- asked for, and outdated where the words that they were made from are not those that are shown.

-- Into which languages, in the order in which they are listed. The source is English.
create function languages() returns text[] language sql immutable as $$
    select array['ko', 'zh-Hans', 'zh-Hant', 'tl', 'es']
$$;

-- One translated text of a thing; "position" is an action's.
create type translated_text as (entity text, "position" integer, field text, text text, source text, reviewed boolean);

create type objective_translation as (lang text, statement text, description text, reviewed boolean, outdated boolean);
create type action_translation as (lang text, text text, reviewed boolean, outdated boolean);
create type goal_translation as (lang text, statement text, reviewed boolean, outdated boolean);
create type plan_translation as (lang text, title text, overview text, reviewed boolean, outdated boolean);
create type title_translation as (lang text, title text, reviewed boolean, outdated boolean);
create type translated_action as ("position" integer, text text, done boolean, translation action_translation);

-- One thing with two texts is reviewed when both are, and outdated when either is. A text that the
-- city has taken back has no translation.
create function objective_translation(list translated_text[], statement text, description text, c context) returns json
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select coalesce(row_to_json(row(c.lang, max(t.text) filter (where t.field = 'statement'),
                                            max(t.text) filter (where t.field = 'description'), bool_and(t.reviewed),
                                            bool_or(t.source <> s.source))::objective_translation), 'null')
              from unnest(list) t
              join (values ('statement', statement), ('description', description)) s (field, source)
                on s.field = t.field and s.source is not null
             where t.entity = 'objective'
            having count(*) > 0);
end $$;

create function goal_translation(list translated_text[], statement text, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select row_to_json(row(c.lang, t.text, t.reviewed, t.source <> statement)::goal_translation)
              from unnest(list) t where t.entity = 'goal');
end $$;

create function plan_translation(list translated_text[], title text, overview text, c context) returns json
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select row_to_json(row(c.lang, max(t.text) filter (where t.field = 'title'),
                                   max(t.text) filter (where t.field = 'overview'), bool_and(t.reviewed),
                                   bool_or(t.source <> s.source))::plan_translation)
              from unnest(list) t
              join (values ('title', title), ('overview', overview)) s (field, source)
                on s.field = t.field and s.source is not null
            having count(*) > 0);
end $$;

create function title_translation(list translated_text[], title text, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return (select row_to_json(row(c.lang, t.text, t.reviewed, t.source <> title)::title_translation)
              from unnest(list) t where t.field = 'title');
end $$;

-- The member "translation": null where there is none, absent where no language is asked for.
create function with_translation(doc json, translation json, c context) returns json language sql immutable as $$
    select case when c.lang is null then doc else json_with(doc, 'translation', coalesce(translation, 'null')) end
$$;

-- Whether what is looked for stands in the language that is asked for: a statement or a description,
-- as in the city's own words.
create function is_translated_so(list translated_text[], words text) returns boolean language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return list is not null
       and exists (select from unnest(list) t where t.entity = 'objective' and position(lower(words) in lower(t.text)) > 0);
end $$;
