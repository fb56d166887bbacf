-- Lists that belong to an objective's edit fields: its milestones, what it has to do with other
-- objectives, where its money is booked, and its names in other systems. They stand in the revision,
-- so that history, as_of, If-Match, audit and export hold for them as for every edit field.
-- These checks keep the shape; what the words mean is checked before a row is made (sql/functions/69_lists.sql).

alter table plan
    add column funding_is_public boolean not null default false;
comment on column plan.funding_is_public is 'whether the amounts of funding are shown; its codes always are';

-- lax jsonpath: what an element lacks is an empty sequence, which equals nothing.
alter table objective_revision
    add column milestones    jsonb not null default '[]',
    add column relationships jsonb not null default '[]',
    add column funding       jsonb not null default '[]',
    add column external_refs jsonb not null default '[]',

    add constraint objective_lists_are_lists check (
        jsonb_typeof(milestones) = 'array' and jsonb_typeof(relationships) = 'array'
        and jsonb_typeof(funding) = 'array' and jsonb_typeof(external_refs) = 'array'),
    add constraint objective_lists_are_short check (
        jsonb_array_length(milestones) <= 50 and jsonb_array_length(relationships) <= 50
        and jsonb_array_length(funding) <= 50 and jsonb_array_length(external_refs) <= 50),
    add constraint objective_milestones_are_whole check (not jsonb_path_exists(milestones,
        '$[*] ? (!(@.title.type() == "string" && @.title like_regex "\\S")
                 || !(@.due_on == null || @.due_on.type() == "string" && @.due_on like_regex "^[0-9-]{10}$")
                 || !(@.achieved_on == null || @.achieved_on.type() == "string" && @.achieved_on like_regex "^[0-9-]{10}$"))')),
    add constraint objective_relationships_are_whole check (not jsonb_path_exists(relationships,
        '$[*] ? (!(@.type == "related" || @.type == "completes" || @.type == "depends_on" || @.type == "supports")
                 || !(@.objective.type() == "string" && @.objective like_regex "^[1-9][0-9]*\\.[1-9][0-9]*$"))')),
    add constraint objective_funding_is_whole check (not jsonb_path_exists(funding,
        '$[*] ? (!(@.fiscal_year.type() == "string" && @.fiscal_year like_regex "^[0-9]{4}-[0-9]{2}$")
                 || !(@.gl_account.type() == "string" && @.gl_account like_regex "\\S")
                 || !(@.project_string == null || @.project_string.type() == "string")
                 || !(@.budgeted == null || @.budgeted.type() == "number")
                 || !(@.spent == null || @.spent.type() == "number"))')),
    add constraint objective_external_refs_are_whole check (not jsonb_path_exists(external_refs,
        '$[*] ? (!(@.system.type() == "string" && @.system like_regex "\\S")
                 || !(@.type.type() == "string" && @.type like_regex "\\S")
                 || !(@.id.type() == "string" && @.id != ""))'));
