-- Tables that were brought in whole, and what became of each. What is large waits here until the service has
-- done it: the file's rows, and what is said of them afterwards, so that neither is lost with a process.

create table import_job (
    id          bigint      generated always as identity primary key,
    plan_id     bigint      not null references plan,
    name        text        not null,
    key_id      text,
    client_id   bigint,
    request_id  text,
    state       text        not null,
    tries       integer     not null default 0,
    rows        integer     not null,
    content     jsonb,
    report      text, -- the bytes of a JSON object
    created_at  timestamptz not null default clock_timestamp(),
    finished_at timestamptz,

    constraint import_state_is_known       check (state in ('queued', 'running', 'done', 'failed')),
    constraint import_waits_with_its_rows  check ((state in ('queued', 'running')) = (content is not null)),
    constraint import_ends_with_its_report check ((state in ('done', 'failed')) = (report is not null)
                                                  and (report is null) = (finished_at is null)),
    constraint import_rows_are_counted     check (rows >= 0)
);
comment on column import_job.key_id is 'null: by whoever runs the service, with no key';

-- As good as empty: what waits is looked for every few seconds.
create index import_waiting on import_job (id) where state in ('queued', 'running');

create index import_of_plan on import_job (plan_id);

-- How far the one that is under way has come: its id, and in the last 20 bits its rows. A sequence moves outside
-- of transactions, and this is to be seen before the rows are.
create sequence import_progress as bigint minvalue 0 start 0;

grant select, insert                                              on import_job      to progress_app;
grant update (state, tries, content, report, finished_at)         on import_job      to progress_app;
grant select, update                                              on import_progress to progress_app;
