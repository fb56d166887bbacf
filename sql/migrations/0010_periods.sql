-- Reporting periods: a row once somebody has edited or closed one; the others follow from the plan's
-- fiscal year. A closed period keeps its report as it was said, and nothing moves it again.

create table reporting_period (
    plan_id    bigint      not null references plan,
    period     text        not null,
    starts_on  date        not null,
    ends_on    date        not null,
    grace_days integer     not null,
    revision   integer     not null default 1,
    closed_at  timestamptz,
    report     text, -- the bytes of a JSON document, its members in their order

    primary key (plan_id, period),
    constraint period_is_named            check (period ~ '^[0-9]{4}-[0-9]{2}-Q[1-4]$'),
    constraint period_ends_after_start    check (ends_on > starts_on),
    constraint period_grace_is_short      check (grace_days between 1 and 180),
    constraint period_revision_is_positive check (revision >= 1),
    constraint period_closes_with_report  check ((closed_at is null) = (report is null))
);

create trigger closed_for_good before update or delete on reporting_period
    for each row when (old.closed_at is not null) execute function refuse_change();
create trigger never_emptied before truncate on reporting_period
    for each statement execute function refuse_change();

alter table audit_event
    drop constraint audit_entity_is_known, -- destroys: it comes back with one more word
    add constraint audit_entity_is_known check (entity in ('plan', 'goal', 'objective', 'update', 'draft', 'key', 'measure',
                                                           'department', 'webhook', 'period'));
alter table change
    drop constraint change_entity_is_known, -- destroys: it comes back with one more word
    add constraint change_entity_is_known check (entity in ('plan', 'goal', 'objective', 'update', 'measure', 'department',
                                                            'period'));

grant select on reporting_period to progress_app, progress_read;
grant insert on reporting_period to progress_app;
grant update (grace_days, revision, closed_at, report) on reporting_period to progress_app;
