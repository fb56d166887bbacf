-- What a report of kind service_status says of a service in figures, kept as one object with all its members
-- (sql/functions/63_service.sql). These checks keep the shape; what the members mean is checked before a row is made.

-- lax jsonpath: what is lacking is an empty sequence, which equals nothing.
alter table published_update
    add column service jsonb,
    add constraint update_service_is_of_its_kind check (service is null or kind = 'service_status'),
    add constraint update_service_is_whole check (service is null or jsonb_typeof(service) = 'object' and not jsonb_path_exists(service,
        '$ ? (!(@.name.type() == "string" || @.case_id.type() == "string")
              || !(@.state == null || @.state == "open" || @.state == "closed")
              || !(@.open == null || @.open >= 0) || !(@.closed == null || @.closed >= 0)
              || !(@.overdue == null || @.overdue >= 0)
              || !(@.median_days_to_close == null || @.median_days_to_close >= 0))'));
alter table draft_update
    add column service jsonb,
    add constraint draft_service_is_of_its_kind check (service is null or kind = 'service_status'),
    add constraint draft_service_is_whole check (service is null or jsonb_typeof(service) = 'object' and not jsonb_path_exists(service,
        '$ ? (!(@.name.type() == "string" || @.case_id.type() == "string")
              || !(@.state == null || @.state == "open" || @.state == "closed")
              || !(@.open == null || @.open >= 0) || !(@.closed == null || @.closed >= 0)
              || !(@.overdue == null || @.overdue >= 0)
              || !(@.median_days_to_close == null || @.median_days_to_close >= 0))'));

-- The newest moment at which a source has said what stands already: nothing of it is in an update, and a report that
-- is older all the same comes late. Not part of any document; an export goes without it.
create table source_seen (
    plan_id           bigint      not null,
    source            text        not null,
    external_id       text        not null,
    source_updated_at timestamptz not null,

    primary key (plan_id, source, external_id)
);

grant select, insert                     on source_seen to progress_app;
grant update (source_updated_at)         on source_seen to progress_app;
grant select                             on source_seen to progress_read;
