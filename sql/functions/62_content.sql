-- The content of an update, from a body to a row. draft_update is the working shape: it has all
-- content columns; publishing copies them.

create type update_body as (
    objective         text,
    as_of             date,
    kind              text,
    status            text,
    percent_complete  numeric,
    summary           text,
    details           text,
    next_steps        text,
    links             jsonb,
    measurements      jsonb,
    service           jsonb,
    source            text,
    external_id       text,
    source_updated_at timestamptz,
    supersedes        bigint,
    reason            text
);

-- What the body itself says wrong, whatever the database holds. `at` is where the body lies in
-- what was sent.
create function content_faults(b update_body, today date, at text) returns jsonb language plpgsql immutable as $$
declare
    faults jsonb := '[]';
begin
    if b.as_of > today then
        faults := faults || fault(at || '/as_of', format('%s is in the future: today is %s', b.as_of, today));
    end if;
    if b.kind = 'progress' and b.status is null then
        faults := faults || fault(at || '/status', 'a progress update states a status');
    elsif b.kind <> 'progress' and b.status is not null then
        faults := faults || fault(at || '/status', format('a %s carries no status', b.kind));
    end if;
    if b.kind <> 'progress' and b.percent_complete is not null then
        faults := faults || fault(at || '/percent_complete', format('a %s carries no percent', b.kind));
    elsif b.status in ('ongoing', 'cancelled') and b.percent_complete is not null then
        faults := faults || fault(at || '/percent_complete', format('%s carries no percent', b.status));
    elsif b.status = 'not_started' and b.percent_complete <> 0 then
        faults := faults || fault(at || '/percent_complete', 'not_started means 0');
    elsif b.status = 'completed' and b.percent_complete <> 100 then
        faults := faults || fault(at || '/percent_complete', 'completed means 100');
    elsif b.percent_complete not between 0 and 100 or b.percent_complete <> round(b.percent_complete, 2) then
        faults := faults || fault(at || '/percent_complete', 'a percent is 0 to 100 with at most two decimals');
    end if;
    if b.status = 'cancelled' and b.reason is null then
        faults := faults || fault(at || '/reason', 'cancelled requires a reason');
    end if;
    if b.service is not null and b.kind <> 'service_status' then
        faults := faults || fault(at || '/service', format('a %s says nothing of a service', b.kind));
    elsif b.service is not null then
        faults := faults || service_faults(b.service, at);
    end if;
    return faults;
end $$;

-- The row that the body describes. The percent is stored where the status implies it.
create function content_of(b update_body, o objective, a author) returns draft_update language plpgsql as $$
declare
    d draft_update;
begin
    d.plan_id           := o.plan_id;
    d.goal_id           := o.goal_id;
    d.objective_id      := o.id;
    d.as_of             := b.as_of;
    d.kind              := b.kind;
    d.status            := b.status;
    d.percent_complete  := case b.status when 'not_started' then 0 when 'completed' then 100 else b.percent_complete end;
    d.summary           := b.summary;
    d.details           := b.details;
    d.next_steps        := b.next_steps;
    d.links             := coalesce(nullif(b.links, 'null'), '[]');
    d.measurements      := measurements_of(b.measurements, b.as_of);
    d.service           := service_of(b.service);
    d.source            := b.source;
    d.external_id       := b.external_id;
    d.source_updated_at := b.source_updated_at;
    d.supersedes        := b.supersedes;
    d.reason            := b.reason;
    d.key_id            := a.key_id;
    d.client            := a.client;
    d.holder            := a.holder;
    d.request_id        := a.request_id;
    d.created_at        := clock_timestamp();
    d.changed_at        := d.created_at;
    d.revision          := 1;
    return d;
end $$;

-- Whether a repeated report says anything new.
create function says_the_same(a draft_update, b draft_update) returns boolean language sql immutable as $$
    select row(a.objective_id, a.as_of, a.kind, a.status, a.percent_complete, a.summary, a.details, a.next_steps,
               a.links, a.measurements, a.service, a.reason)
        is not distinct from
           row(b.objective_id, b.as_of, b.kind, b.status, b.percent_complete, b.summary, b.details, b.next_steps,
               b.links, b.measurements, b.service, b.reason)
$$;

create function content_of_published(id bigint) returns draft_update language plpgsql stable as $$
begin
    return (select jsonb_populate_record(null::draft_update, to_jsonb(u))
              from published_update u where u.id = content_of_published.id);
end $$;

-- A body checked against what the database holds: the objective, its reach, the source.
create function check_body(b update_body, c context, a author, out o objective, out faults jsonb) language plpgsql stable as $$
begin
    select * into o from objective x where x.plan_id = c.plan_id and x.code = b.objective;
    faults := content_faults(b, c.today, '#');
    if o.id is null then
        faults := faults || fault('#/objective', format('no objective %s', b.objective));
        return;
    end if;
    perform hold_to_reach(a, o.id, o.code);
    if exists (select from objective_revision r
                where r.objective_id = o.id and r.revision = o.revision and r.archived_at is not null) then
        faults := faults || fault('#/objective', format('objective %s is archived', o.code));
    end if;
    if b.measurements <> '[]' then
        faults := faults || measurement_faults(measurements_of(b.measurements, b.as_of), measures_known(o.plan_id), o.code,
                                               c.today, '#');
    end if;
end $$;

-- The source a body speaks for: the key's own. Only an administrator's key may have none and name one.
create function source_for(a author, stated text) returns text language plpgsql stable as $$
begin
    if stated is not null and a.source is not null and stated <> a.source then
        perform problem(403, format('the key speaks for the source %s', a.source), '#/source');
    elsif stated is null and a.source is null then
        perform problem(422, 'the key has no source of its own: name one', '#/source');
    end if;
    return coalesce(a.source, stated);
end $$;

-- A body may correct an update that exists, is of the same objective, and still heads its chain.
create function check_supersedes(b update_body, o objective) returns jsonb language plpgsql stable as $$
declare
    u published_update;
begin
    select * into u from published_update p where p.id = b.supersedes and p.plan_id = o.plan_id;
    if not found then
        return fault('#/supersedes', format('no published update %s', b.supersedes));
    elsif u.objective_id <> o.id then
        return fault('#/supersedes', format('update %s is of another objective', b.supersedes));
    elsif b.reason is null then
        return fault('#/reason', 'a correction states its reason');
    end if;
    return '[]';
end $$;
