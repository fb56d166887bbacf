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

-- The member "translation" of a document: JSON's null where there is none. Callers ask only where a
-- language is asked for, since what is called for each row costs each row.
--
-- One thing with two texts is reviewed when both are, and outdated when either is. A text that the
-- city has taken back has no translation.
create function objective_translation(list translated_text[], statement text, description text, c context) returns json
language plpgsql stable as $$
declare
    t      translated_text;
    told   objective_translation := row(c.lang, null, null, true, false);
    source text;
begin
    foreach t in array list loop
        source := case when t.entity <> 'objective' then null when t.field = 'statement' then statement else description end;
        continue when source is null;
        if t.field = 'statement' then
            told.statement := t.text;
        else
            told.description := t.text;
        end if;
        told.reviewed := told.reviewed and t.reviewed;
        told.outdated := told.outdated or t.source <> source;
    end loop;
    return case when coalesce(told.statement, told.description) is null then 'null' else row_to_json(told) end;
end $$;

create function goal_translation(list translated_text[], statement text, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return coalesce((select row_to_json(row(c.lang, t.text, t.reviewed, t.source <> statement)::goal_translation)
                       from unnest(list) t where t.entity = 'goal'), 'null');
end $$;

create function plan_translation(list translated_text[], title text, overview text, c context) returns json
language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return coalesce((
        select row_to_json(row(c.lang, max(t.text) filter (where t.field = 'title'),
                               max(t.text) filter (where t.field = 'overview'), bool_and(t.reviewed),
                               bool_or(t.source <> s.source))::plan_translation)
          from unnest(list) t
          join (values ('title', title), ('overview', overview)) s (field, source)
            on s.field = t.field and s.source is not null
        having count(*) > 0), 'null');
end $$;

create function title_translation(list translated_text[], title text, c context) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return coalesce((select row_to_json(row(c.lang, t.text, t.reviewed, t.source <> title)::title_translation)
                       from unnest(list) t where t.field = 'title'), 'null');
end $$;

-- Whether what is looked for stands in the language that is asked for: a statement or a description,
-- as in the city's own words.
create function is_translated_so(list translated_text[], words text) returns boolean language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
begin
    return list is not null
       and exists (select from unnest(list) t where t.entity = 'objective' and position(lower(words) in lower(t.text)) > 0);
end $$;
