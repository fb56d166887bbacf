-- What the plan says, in the residents' languages: unofficial, beside the city's own words and never
-- instead of them. A translation keeps the words that it was made from: where the city says something
-- else by now, it is outdated, and whoever renews it sees what has changed.

create table translation (
    plan_id     bigint      not null references plan,
    lang        text        not null,
    entity      text        not null,
    code        text        not null, -- of the goal or objective, for good; the plan itself has none
    position    integer     not null default 0, -- of an action under its objective
    field       text        not null,
    text        text        not null,
    source      text        not null,
    reviewed    boolean     not null default false,
    shipped     boolean     not null default false,
    revision    integer     not null default 1,
    changed_at  timestamptz not null default clock_timestamp(),
    key_id      text,
    client      text,
    holder      text,
    request_id  text,
    reviewed_by text,

    -- The code stands before what it is a code of: one range of the index is all of an objective.
    primary key (plan_id, lang, code, entity, position, field),
    constraint translation_lang_is_a_tag      check (lang ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?$'),
    constraint translation_field_is_known     check ((entity, field) in (('plan', 'title'), ('plan', 'overview'), ('goal', 'statement'),
                                                                         ('objective', 'statement'), ('objective', 'description'),
                                                                         ('action', 'text'))),
    constraint translation_code_is_of_entity  check (case entity when 'plan' then code = ''
                                                                 when 'goal' then code ~ '^[1-9][0-9]*$'
                                                                 else code ~ '^[1-9][0-9]*\.[1-9][0-9]*$' end),
    constraint translation_position_of_action check (case entity when 'action' then position >= 1 else position = 0 end),
    constraint translation_text_is_stated     check (text ~ '\S'),
    constraint translation_source_is_stated   check (source ~ '\S'),
    constraint translation_is_seen_or_shipped check (not (shipped and reviewed)),
    constraint translation_revision_positive  check (revision >= 1)
);
comment on column translation.source is 'the city''s words that it was made from';
comment on column translation.shipped is 'as it came with the service: nobody has edited or reviewed it';
comment on column translation.reviewed_by is 'who says that it is right; for the audit, never public';

-- One word more for the log of who did what, beside those that stand there by now.
do $$
declare
    known text := (select pg_get_constraintdef(c.oid) from pg_constraint c
                    where c.conname = 'audit_entity_is_known' and c.conrelid = 'audit_event'::regclass);
begin
    if known !~ 'ARRAY\[' then
        raise exception 'audit_entity_is_known is not the list that it was';
    end if;
    execute format('alter table audit_event drop constraint audit_entity_is_known, add constraint audit_entity_is_known %s',
                   replace(known, 'ARRAY[', 'ARRAY[''translation''::text, '));
end $$;

grant select, insert on translation to progress_app;
grant update (text, source, reviewed, shipped, revision, changed_at, key_id, client, holder, request_id, reviewed_by)
    on translation to progress_app;
grant select (plan_id, lang, entity, code, position, field, text, source, reviewed, shipped, revision, changed_at)
    on translation to progress_read;
