-- What every document is seen through: a plan, a day, what was known, a language. Made once for each statement.
-- `now` comes from the caller's clock, so that a document never depends on the database's.

create type context as (
    plan_id       bigint,
    plan          text,
    title         text,
    time_zone     text,
    demo          boolean,
    today         date,           -- in the plan's time zone
    as_of         date,           -- as asked for; null: today's state
    upto          date,           -- as_of, or for ever: a bound that an index can use
    edited_before timestamptz,    -- the end of as_of in the plan's time zone; null: current revisions
    known_at      timestamptz,    -- as asked for; null: all that is recorded
    known_upto    timestamptz,    -- the last moment that counts as recorded by then, or for ever
    day           date,           -- as_of, or the day of `known_at` or now: what dates are held against
    funds_shown   boolean,        -- the plan's funding_is_public
    lang          text,           -- a translation's, as asked for; null: the city's own words alone
    include       text[],
    suffix        text            -- what links carry to stay with a plan that was asked for by name
);

-- A problem document for the caller: the status is the SQLSTATE's number. pointer '#/…' names a
-- place in the body, '?…' a query parameter; several faults come one a line, as place, tab, sentence.
create function problem(status int, message text, pointer text default '', code text default '', location text default '')
returns void language plpgsql as $$
begin
    raise exception using errcode = 'CP' || status, message = message, detail = pointer,
                          hint = code, column = location;
end $$;

create function context(plan text, as_of text, now text, lang text, include text, known_at text default null)
returns context language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare
    c context;
begin
    select p.id, p.slug, p.title, p.time_zone, p.demo, (context.now::timestamptz at time zone p.time_zone)::date,
           p.funding_is_public
      into c.plan_id, c.plan, c.title, c.time_zone, c.demo, c.today, c.funds_shown
      from plan p
     where case when context.plan is null then p.state = 'active' else p.slug = context.plan end;
    if not found and context.plan is null then
        perform problem(404, 'no plan is active', code => 'no-active-plan');
    elsif not found then
        perform problem(404, format('no plan %s', context.plan));
    end if;

    c.as_of := context.as_of;
    if c.as_of > c.today then
        perform problem(400, format('as_of is in the future: today is %s', c.today), '?as_of');
    end if;
    c.upto          := coalesce(c.as_of, 'infinity');
    c.edited_before := (c.as_of + 1)::timestamp at time zone c.time_zone;
    c.known_at      := context.known_at;
    if c.known_at > context.now::timestamptz then
        perform problem(400, format('known_at is in the future: it is %s', context.now), '?known_at');
    end if;
    -- Documents show times to the millisecond: what was recorded in the one that is named counts.
    c.known_upto    := coalesce(date_trunc('milliseconds', c.known_at) + interval '999 microseconds', 'infinity');
    c.day           := coalesce(c.as_of, (c.known_at at time zone c.time_zone)::date, c.today);
    c.lang          := lang;
    c.include       := string_to_array(coalesce(include, ''), ',');
    c.suffix        := case when context.plan is null then '' else '?plan=' || c.plan end;
    return c;
end $$;

-- RFC 3339 in UTC, to the millisecond, as documents show it.
create function rfc3339(t timestamptz) returns text language sql stable as $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- The document with one more member; as it is where the value is null.
create function json_with(doc json, name text, value json) returns json language plpgsql immutable as $$
begin
    if value is null then
        return doc;
    end if;
    return (left(doc::text, -1) || ',"' || name || '":' || value || '}')::json;
end $$;

-- Stored links as the contract orders them: jsonb keeps neither order nor compact text.
create type link_doc as (label text, url text);

create function links_doc(links jsonb) returns json language plpgsql immutable as $$
begin
    if links = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(row(l->>'label', l->>'url')::link_doc order by n))
              from jsonb_array_elements(links) with ordinality as t (l, n));
end $$;

-- The same of stored measurements.
create type measurement_doc as (measure text, as_of date, actual numeric, target numeric);

create function measurements_doc(measurements jsonb) returns json language plpgsql immutable as $$
begin
    if measurements = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(jsonb_populate_record(null::measurement_doc, m) order by n))
              from jsonb_array_elements(measurements) with ordinality as t (m, n));
end $$;

-- What a service_status says of its service.
create type service_period_doc as ("from" date, "to" date);
create type service_doc as (
    name                 text,
    case_id              text,
    state                text,
    raw_state            text,
    open                 bigint,
    closed               bigint,
    overdue              bigint,
    median_days_to_close numeric,
    period               service_period_doc
);

create function service_doc(service jsonb) returns json language plpgsql immutable as $$
begin
    return row_to_json(jsonb_populate_record(null::service_doc, service));
end $$;

-- Identities by the names that the public uses; a name that is not there is a 404.
create function goal_named(c context, number text) returns bigint language plpgsql stable as $$
declare
    found_id bigint;
begin
    if number is null then
        return null;
    end if;
    select g.id into found_id from goal g where g.plan_id = c.plan_id and g.number::text = goal_named.number;
    if found_id is null then
        perform problem(404, format('no goal %s', number));
    end if;
    return found_id;
end $$;

create function objective_named(c context, code text) returns bigint language plpgsql stable as $$
declare
    found_id bigint;
begin
    if code is null then
        return null;
    end if;
    select o.id into found_id from objective o where o.plan_id = c.plan_id and o.code = objective_named.code;
    if found_id is null then
        perform problem(404, format('no objective %s', code));
    end if;
    return found_id;
end $$;

-- One path segment, percent-encoded (RFC 3986): all but unreserved bytes.
create function uri_segment(value text) returns text language sql immutable as $$
    select string_agg(case when chr(b) ~ '[A-Za-z0-9._~-]' and b < 128 then chr(b) else '%' || upper(lpad(to_hex(b), 2, '0')) end,
                      '' order by n)
      from (select n, get_byte(convert_to(value, 'UTF8'), n) as b
              from generate_series(0, octet_length(value) - 1) n) bytes
$$;
