-- The plan as a file: its objects taken apart, each with the JSON pointer of its place, and the
-- table of the fields that each may have.

create type file_part as (what text, at text, value jsonb);

create function items(list jsonb) returns table (n bigint, item jsonb) language sql immutable as $$
    select t.ordinality - 1, t.value
      from jsonb_array_elements(case when jsonb_typeof(list) = 'array' then list else '[]' end) with ordinality as t
$$;

create function file_parts(doc jsonb) returns setof file_part language sql immutable as $$
    with goal as (
        select '#/goals/' || n as at, item as value from items(doc->'goals')
    ), objective as (
        select g.at || '/objectives/' || i.n as at, i.item as value from goal g, items(g.value->'objectives') i
    ), event as (
        select '#/events/' || n as at, item as value from items(doc->'events')
    ), edition as (
        -- What has edit fields: an objective as it is, and each of its revisions.
        select at, value from objective
        union all select o.at || '/history/' || i.n, i.item from objective o, items(o.value->'history') i
    ), report as (
        select '#/updates/' || n as at, item as value from items(doc->'updates')
    )
    select 'file', '#', doc
    union all select 'plan', '#/plan', doc->'plan' where jsonb_typeof(doc->'plan') = 'object'
    union all select 'department', '#/departments/' || n, item from items(doc->'departments')
    union all select 'event', at, value from event
    union all select 'document', e.at || '/documents/' || i.n, i.item from event e, items(e.value->'documents') i
    union all select 'goal', at, value from goal
    union all select 'goal_history', g.at || '/history/' || i.n, i.item from goal g, items(g.value->'history') i
    union all select 'objective', at, value from objective
    union all select 'action', o.at || '/actions/' || i.n, i.item from objective o, items(o.value->'actions') i
    union all select 'objective_history', o.at || '/history/' || i.n, i.item from objective o, items(o.value->'history') i
    union all select l.what, e.at || '/' || l.name || '/' || i.n, i.item
                from edition e,
                     (values ('milestone', 'milestones'), ('relationship', 'relationships'), ('funding', 'funding'),
                             ('external_ref', 'external_refs')) l (what, name),
                     items(e.value->l.name) i
    union all select 'update', at, value from report
    union all select 'service', r.at || '/service', r.value->'service' from report r where jsonb_typeof(r.value->'service') = 'object'
    union all select 'period', r.at || '/service/period', r.value->'service'->'period'
                from report r where jsonb_typeof(r.value->'service'->'period') = 'object'
    union all select 'measurement', r.at || '/measurements/' || i.n, i.item from report r, items(r.value->'measurements') i
    union all select 'measure', '#/measures/' || n, item from items(doc->'measures')
    union all select 'translation', '#/translations/' || n, item from items(doc->'translations')
    union all select 'measure_history', '#/measures/' || m.n || '/history/' || i.n, i.item
                from items(doc->'measures') m, items(m.item->'history') i
    union all select 'reporting_period', '#/periods/' || n, item from items(doc->'periods')
    union all select 'link', r.at || '/links/' || i.n, i.item from report r, items(r.value->'links') i
$$;

-- One row a field. need: required, optional (may be absent), nullable (may be absent or null).
-- rule: for a string a pattern, what it must read as (date, time, zone), its greatest length (a
-- number), or `stated` with that length where blank is no answer; for numbers integer; for arrays
-- strings.
create function file_fields() returns table (what text, name text, need text, type text, rule text) language sql immutable as $$
values
    ('file', 'format',      'required', 'string',  '^cerritos-in-progress/1$'),
    ('file', 'demo',        'optional', 'boolean', null),
    ('file', 'plan',        'required', 'object|string', null),
    ('file', 'departments', 'optional', 'array',   null),
    ('file', 'events',      'optional', 'array',   null),
    ('file', 'goals',       'optional', 'array',   null),
    ('file', 'measures',    'optional', 'array',   null),
    ('file', 'periods',     'optional', 'array',   null),
    ('file', 'translations', 'optional', 'array',  null),
    ('file', 'updates',     'optional', 'array',   null),

    ('plan', 'slug',              'required', 'string', '^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$'),
    ('plan', 'title',             'required', 'string', '\S'),
    ('plan', 'organization',      'required', 'string', '\S'),
    ('plan', 'overview',          'nullable', 'string', null),
    ('plan', 'time_zone',         'optional', 'string', 'zone'),
    ('plan', 'fiscal_year_start', 'optional', 'number', 'integer'),
    ('plan', 'state',             'optional', 'string', '^(draft|under_review|approved|active|archived)$'),
    ('plan', 'starts_on',         'nullable', 'string', 'date'),
    ('plan', 'ends_on',           'nullable', 'string', 'date'),
    ('plan', 'funding_is_public', 'optional', 'boolean', null),
    ('plan', 'revision',          'optional', 'number', 'integer'),
    ('plan', 'created_at',        'optional', 'string', 'time'),
    ('plan', 'changed_at',        'optional', 'string', 'time'),

    ('department', 'slug',              'required', 'string', '^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$'),
    ('department', 'name',              'required', 'string', '\S'),
    ('department', 'public_contact',    'nullable', 'string', null),
    ('department', 'reporting_contact', 'nullable', 'string', null),
    ('department', 'revision',          'optional', 'number', 'integer'),

    ('event', 'position',  'required', 'number', 'integer'),
    ('event', 'text',      'required', 'string', '\S'),
    ('event', 'on',        'nullable', 'string', 'date'),
    ('event', 'documents', 'optional', 'array',  null),
    ('document', 'label',  'required', 'string', '\S'),
    ('document', 'url',    'nullable', 'string', '^https?://\S+$'),

    ('goal', 'number',            'required', 'number', 'integer'),
    ('goal', 'statement',         'required', 'string', '\S'),
    ('goal', 'short_name',        'nullable', 'string', '\S'),
    ('goal', 'short_name_source', 'nullable', 'string', null),
    ('goal', 'weight',            'optional', 'number', null),
    ('goal', 'objectives',        'optional', 'array',  null),
    ('goal', 'revision',          'optional', 'number', 'integer'),
    ('goal', 'history',           'optional', 'array',  null),

    ('objective', 'code',                   'required', 'string', '^[1-9][0-9]{0,4}\.[1-9][0-9]{0,4}$'),
    ('objective', 'statement',              'required', 'string', '\S'),
    ('objective', 'description',            'nullable', 'string', '\S'),
    ('objective', 'description_position',   'nullable', 'string', '^(before|after)$'),
    ('objective', 'actions',                'optional', 'array',  null),
    ('objective', 'lead_department',        'nullable', 'string', null),
    ('objective', 'supporting_departments', 'optional', 'array',  'strings'),
    ('objective', 'owner_role',             'nullable', 'string', null),
    ('objective', 'start_on',               'nullable', 'string', 'date'),
    ('objective', 'due_on',                 'nullable', 'string', 'date'),
    ('objective', 'update_frequency',       'optional', 'string', '^(monthly|quarterly|semiannual|annual|none)$'),
    ('objective', 'weight',                 'optional', 'number', null),
    ('objective', 'tags',                   'optional', 'array',  'strings'),
    ('objective', 'milestones',             'optional', 'array',  null),
    ('objective', 'relationships',          'optional', 'array',  null),
    ('objective', 'funding',                'optional', 'array',  null),
    ('objective', 'external_refs',          'optional', 'array',  null),
    ('objective', 'archived_at',            'nullable', 'string', 'time'),
    ('objective', 'revision',               'optional', 'number', 'integer'),
    ('objective', 'history',                'optional', 'array',  null),
    ('action', 'position', 'required', 'number',  'integer'),
    ('action', 'text',     'required', 'string',  '\S'),
    ('action', 'done',     'nullable', 'boolean', null),
    ('milestone', 'title',       'required', 'string', 'stated 500'),
    ('milestone', 'due_on',      'nullable', 'string', 'date'),
    ('milestone', 'achieved_on', 'nullable', 'string', 'date'),
    ('relationship', 'type',      'required', 'string', '^(related|completes|depends_on|supports)$'),
    ('relationship', 'objective', 'required', 'string', '^[1-9][0-9]{0,4}\.[1-9][0-9]{0,4}$'),
    ('relationship', 'note',      'nullable', 'string', 'stated 500'),
    ('funding', 'fiscal_year',    'required', 'string', '^\d{4}-\d\d$'),
    ('funding', 'gl_account',     'required', 'string', 'stated 100'),
    ('funding', 'project_string', 'nullable', 'string', 'stated 100'),
    ('funding', 'budgeted',       'nullable', 'number', null),
    ('funding', 'spent',          'nullable', 'number', null),
    ('external_ref', 'system', 'required', 'string', '^(?=.{1,64}$)[a-z][a-z0-9._-]*$'),
    ('external_ref', 'type',   'required', 'string', '^(?=.{1,64}$)[a-z][a-z0-9._-]*$'),
    ('external_ref', 'id',     'required', 'string', '^[^[:cntrl:]]{1,200}$'),
    ('external_ref', 'url',    'nullable', 'string', '^https?://\S+$'),

    ('update', 'objective',         'required', 'string', '^[1-9][0-9]{0,4}\.[1-9][0-9]{0,4}$'),
    ('update', 'as_of',             'required', 'string', 'date'),
    ('update', 'kind',              'required', 'string', '^(progress|note|service_status)$'),
    ('update', 'status',            'nullable', 'string',
        '^(not_started|on_track|at_risk|off_track|on_hold|completed|ongoing|cancelled)$'),
    ('update', 'percent_complete',  'nullable', 'number', null),
    ('update', 'summary',           'required', 'string', 'stated 500'),
    ('update', 'details',           'nullable', 'string', '10000'),
    ('update', 'next_steps',        'nullable', 'string', '2000'),
    ('update', 'links',             'optional', 'array',  null),
    ('update', 'measurements',      'optional', 'array',  null),
    ('update', 'service',           'nullable', 'object',  null),
    ('update', 'source',            'required', 'string', '^(?=.{1,64}$)[a-z][a-z0-9._-]*$'),
    ('update', 'external_id',       'nullable', 'string', '^[^[:cntrl:]]{1,200}$'),
    ('update', 'source_updated_at', 'nullable', 'string', 'time'),
    ('update', 'supersedes',        'nullable', 'string', '^[1-9][0-9]{0,17}$'),
    ('update', 'reason',            'nullable', 'string', 'stated 2000'),
    ('update', 'id',                'optional', 'string', '^[1-9][0-9]{0,17}$'),
    ('update', 'state',             'optional', 'string', '^(published|superseded|retracted|draft|returned|discarded)$'),
    ('update', 'created_at',        'optional', 'string', 'time'),
    ('update', 'published_at',      'nullable', 'string', 'time'),
    ('update', 'changed_at',        'optional', 'string', 'time'),
    ('update', 'superseded_at',     'nullable', 'string', 'time'),
    ('update', 'superseded_by',     'nullable', 'string', '^[1-9][0-9]{0,17}$'),
    ('update', 'retracted_at',      'nullable', 'string', 'time'),
    ('update', 'retraction_reason', 'nullable', 'string', '\S'),
    ('update', 'redacted_at',       'nullable', 'string', 'time'),
    ('update', 'redaction_reason',  'nullable', 'string', '\S'),
    ('update', 'redacted_fields',   'nullable', 'array',  'strings'),
    ('update', 'revision',          'nullable', 'number', 'integer'),
    ('update', 'returned_at',       'nullable', 'string', 'time'),
    ('update', 'return_comment',    'nullable', 'string', '\S'),
    ('update', 'discarded_at',      'nullable', 'string', 'time'),
    ('measurement', 'measure', 'required', 'string', '^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$'),
    ('measurement', 'as_of',   'nullable', 'string', 'date'),
    ('measurement', 'actual',  'required', 'number', null),
    ('measurement', 'target',  'nullable', 'number', null),
    ('service', 'name',      'nullable', 'string', 'stated 200'),
    ('service', 'case_id',   'nullable', 'string', '^[^[:cntrl:]]{1,200}$'),
    ('service', 'state',     'nullable', 'string', '^(open|closed)$'),
    ('service', 'raw_state', 'nullable', 'string', 'stated 200'),
    ('service', 'open',      'nullable', 'number', null),
    ('service', 'closed',    'nullable', 'number', null),
    ('service', 'overdue',   'nullable', 'number', null),
    ('service', 'median_days_to_close', 'nullable', 'number', null),
    ('service', 'period',    'nullable', 'object', null),
    ('period', 'from', 'required', 'string', 'date'),
    ('period', 'to',   'required', 'string', 'date'),
    ('measure', 'slug',        'required', 'string', '^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$'),
    ('measure', 'revision',    'optional', 'number', 'integer'),
    ('measure', 'history',     'optional', 'array',  null),
    ('reporting_period', 'period',     'required', 'string', '^[0-9]{4}-[0-9]{2}-Q[1-4]$'),
    ('reporting_period', 'starts_on',  'required', 'string', 'date'),
    ('reporting_period', 'ends_on',    'required', 'string', 'date'),
    ('reporting_period', 'grace_days', 'required', 'number', 'integer'),
    ('reporting_period', 'revision',   'optional', 'number', 'integer'),
    ('reporting_period', 'closed_at',  'nullable', 'string', 'time'),
    ('reporting_period', 'report',     'nullable', 'string', '\S'),
    ('translation', 'lang',        'required', 'string',  '^(ko|zh-Hans|zh-Hant|tl|es)$'),
    ('translation', 'entity',      'required', 'string',  '^(plan|goal|objective|action)$'),
    ('translation', 'code',        'optional', 'string',  '^([1-9][0-9]{0,4}(\.[1-9][0-9]{0,4}(/[1-9][0-9]{0,4})?)?)?$'),
    ('translation', 'field',       'required', 'string',  '^(title|overview|statement|description|text)$'),
    ('translation', 'source',      'required', 'string',  'stated 10000'),
    ('translation', 'text',        'required', 'string',  'stated 10000'),
    ('translation', 'reviewed',    'optional', 'boolean', null),
    ('translation', 'shipped',     'optional', 'boolean', null),
    ('translation', 'revision',    'optional', 'number',  'integer'),
    ('translation', 'changed_at',  'optional', 'string',  'time'),
    ('translation', 'reviewed_by', 'nullable', 'string',  null),
    ('link', 'label', 'required', 'string', 'stated 200'),
    ('link', 'url',   'required', 'string', '^https?://\S+$')
union all
-- Who wrote a revision, a translation or an update, where the file restores one.
select w.what, f.name, f.need, 'string', f.rule
  from (values ('goal_history'), ('objective_history'), ('measure_history'), ('translation'), ('update')) w (what),
       (values ('key_id', 'nullable', null), ('client', 'nullable', null), ('holder', 'nullable', null),
               ('request_id', 'nullable', null)) f (name, need, rule)
union all
select w.what, f.name, 'required', f.type, f.rule
  from (values ('goal_history'), ('objective_history'), ('measure_history')) w (what),
       (values ('revision', 'number', 'integer'), ('recorded_at', 'string', 'time')) f (name, type, rule)
union all
select 'goal_history', f.name, f.need, f.type, f.rule
  from (values ('statement', 'required', 'string', '\S'), ('short_name', 'nullable', 'string', '\S'),
               ('short_name_source', 'nullable', 'string', null), ('weight', 'required', 'number', null))
       f (name, need, type, rule)
union all
select 'objective_history', f.name, f.need, f.type, f.rule
  from (values ('statement', 'required', 'string', '\S'), ('description', 'nullable', 'string', '\S'),
               ('description_position', 'nullable', 'string', '^(before|after)$'),
               ('lead_department', 'nullable', 'string', null),
               ('supporting_departments', 'required', 'array', 'strings'), ('owner_role', 'nullable', 'string', null),
               ('start_on', 'nullable', 'string', 'date'), ('due_on', 'nullable', 'string', 'date'),
               ('update_frequency', 'required', 'string', '^(monthly|quarterly|semiannual|annual|none)$'),
               ('weight', 'required', 'number', null), ('tags', 'required', 'array', 'strings'),
               -- Files of before these lists have none.
               ('milestones', 'optional', 'array', null), ('relationships', 'optional', 'array', null),
               ('funding', 'optional', 'array', null), ('external_refs', 'optional', 'array', null),
               ('archived_at', 'nullable', 'string', 'time')) f (name, need, type, rule)
union all
-- A measure says the same of itself as its history of it.
select w.what, f.name, f.need, f.type, f.rule
  from (values ('measure'), ('measure_history')) w (what),
       (values ('name', 'required', 'string', '\S'), ('unit', 'required', 'string', '\S'),
               ('direction', 'required', 'string', '^(increase|decrease|maintain)$'),
               ('baseline', 'nullable', 'number', null), ('baseline_on', 'nullable', 'string', 'date'),
               ('target', 'nullable', 'number', null), ('target_on', 'nullable', 'string', 'date'),
               ('lower_limit', 'nullable', 'number', null), ('upper_limit', 'nullable', 'number', null),
               ('data_source', 'nullable', 'string', '\S'), ('description', 'nullable', 'string', '\S'),
               ('objectives', 'required', 'array', 'strings'), ('archived_at', 'nullable', 'string', 'time'))
       f (name, need, type, rule)
$$;
