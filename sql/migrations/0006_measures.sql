-- Measures: what is counted beside status and percent. Their values come from updates alone, and
-- stand and fall with the update that said them. Departments may be edited from now on.

alter table department
    add column revision integer not null default 1,
    add constraint department_revision_is_positive check (revision >= 1);

create table measure (
    id       bigint  generated always as identity primary key,
    plan_id  bigint  not null references plan,
    slug     text    not null,
    revision integer not null default 1,

    constraint measure_slug_is_unique unique (plan_id, slug),
    constraint measure_slug_is_a_slug check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64)
);

-- Numbers are numeric as they were sent, trailing zeros included. Objectives are named by their
-- codes, which are permanent.
create table measure_revision (
    measure_id   bigint      not null references measure,
    revision     integer     not null,
    recorded_at  timestamptz not null default clock_timestamp(),
    key_id       text,
    client       text,
    holder       text,
    request_id   text,
    name         text        not null,
    unit         text        not null,
    direction    text        not null,
    baseline     numeric,
    baseline_on  date,
    target       numeric,
    target_on    date,
    lower_limit  numeric,
    upper_limit  numeric,
    data_source  text,
    description  text,
    objectives   text[]      not null,
    archived_at  timestamptz,

    primary key (measure_id, revision),
    constraint measure_revision_is_positive    check (revision >= 1),
    constraint measure_name_is_stated          check (name ~ '\S'),
    constraint measure_unit_is_stated          check (unit ~ '\S'),
    constraint measure_direction_is_known      check (direction in ('increase', 'decrease', 'maintain')),
    constraint measure_target_after_baseline   check (target_on >= baseline_on),
    constraint measure_limits_are_in_order     check (upper_limit >= lower_limit),
    constraint measure_numbers_are_finite      check (coalesce(abs(baseline), 0) < 1e15 and coalesce(abs(target), 0) < 1e15
                                                  and coalesce(abs(lower_limit), 0) < 1e15
                                                  and coalesce(abs(upper_limit), 0) < 1e15),
    constraint measure_data_source_is_stated   check (data_source ~ '\S'),
    constraint measure_description_is_stated   check (description ~ '\S'),
    constraint measure_is_of_an_objective      check (cardinality(objectives) >= 1
                                                  and array_position(objectives, null) is null)
);

alter table measure add constraint measure_has_its_revision
    foreign key (id, revision) references measure_revision (measure_id, revision) deferrable initially deferred;

-- The key, read backwards, is the order of a page: newest first by day, then by update.
create table measure_value (
    measure_id bigint  not null references measure,
    as_of      date    not null,
    update_id  bigint  not null references published_update,
    actual     numeric not null,
    target     numeric,

    primary key (measure_id, as_of, update_id),
    constraint measure_value_is_finite check (abs(actual) < 1e15 and coalesce(abs(target), 0) < 1e15)
);
create index measure_value_of_update on measure_value (update_id);

create trigger append_only before update or delete or truncate on measure_revision
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on measure_value
    for each statement execute function refuse_change();

-- The one way in, whoever publishes: by the owner's right, since nobody else may insert a value.
create function published_update_is_measured() returns trigger language plpgsql security definer
set search_path = progress, pg_temp as $$
declare
    n integer;
begin
    insert into measure_value (measure_id, as_of, update_id, actual, target)
    select m.id, (v->>'as_of')::date, new.id, (v->>'actual')::numeric, (v->>'target')::numeric
      from jsonb_array_elements(new.measurements) v
      join measure m on m.plan_id = new.plan_id and m.slug = v->>'measure';
    get diagnostics n = row_count;
    if n <> jsonb_array_length(new.measurements) then
        raise exception 'update %: a measurement names no measure', new.id using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
revoke execute on function published_update_is_measured() from public;

create trigger is_measured after insert on published_update
    for each row when (new.measurements <> '[]') execute function published_update_is_measured();

alter table audit_event
    drop constraint audit_entity_is_known, -- destroys: it comes back with two more words
    add constraint audit_entity_is_known check (entity in ('plan', 'goal', 'objective', 'update', 'draft', 'key', 'measure',
                                                           'department'));
alter table change
    drop constraint change_entity_is_known, -- destroys: it comes back with two more words
    add constraint change_entity_is_known check (entity in ('plan', 'goal', 'objective', 'update', 'measure', 'department'));

grant select            on measure, measure_revision, measure_value to progress_app, progress_read;
grant insert            on measure, measure_revision                to progress_app;
grant update (revision) on measure                                  to progress_app;

grant insert                                                         on department to progress_app;
grant update (name, public_contact, reporting_contact, revision)     on department to progress_app;
grant select (revision)                                              on department to progress_read;
