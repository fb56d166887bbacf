-- Reports in a table: each is the one under its source and external_id. What stands is looked up for all of them at
-- once, and what is to be published goes out at once; only what meets a draft, or a pair whose chain goes on elsewhere,
-- or what was redacted goes its own way, by the rules of a single report (66_reports.sql).

-- Where a row comes from and what is known under its pair, or under its id where it has none.
create type import_known as (
    item     import_item,
    body     update_body,
    o        objective,
    archived boolean,
    last     bigint,  -- the last that was published under the pair, or the one with the row's id
    other    bigint,  -- the objective of that
    next     bigint,  -- what superseded that
    state    text,    -- of that
    delicate boolean  -- a draft is open under the pair, or something was redacted
);

-- Planned anew each time, which is once in a thousand rows: the table grows by what is brought in.
create function import_known(a author, c context, items import_item[]) returns setof import_known language plpgsql stable
set plan_cache_mode = force_custom_plan as $$
begin -- plpgsql: a server of PostgreSQL 15 falls over when this is checked as an SQL function
    return query
    select i, b, o, v.archived_at is not null, u.id, u.objective_id, u.superseded_by,
           case when u.retracted_at is not null then 'retracted' when u.superseded_at is not null then 'superseded' else 'published' end,
           b.external_id is not null
           and (exists (select from draft_update d
                         where d.plan_id = c.plan_id and d.source = b.source and d.external_id = b.external_id and d.discarded_at is null)
                or exists (select from published_update p
                            where p.plan_id = c.plan_id and p.source = b.source and p.external_id = b.external_id
                              and p.redacted_at is not null)
                or exists (select from draft_update d
                            where d.plan_id = c.plan_id and d.source = b.source and d.external_id = b.external_id
                              and d.redacted_at is not null))
      from unnest(items) i
     cross join lateral jsonb_populate_record(null::update_body, i.body) b
      left join objective o on o.plan_id = c.plan_id and o.code = b.objective
      left join objective_revision v on v.objective_id = o.id and v.revision = o.revision
      left join lateral (
           (select p.* from published_update p
             where p.plan_id = c.plan_id and p.source = b.source and p.external_id = b.external_id
             order by p.published_at desc, p.id desc limit 1)
            union all
           (select p.* from published_update p
             where b.external_id is null and p.plan_id = c.plan_id
               and p.id = case when i.seen->>'id' ~ '^[0-9]{1,18}$' then (i.seen->>'id')::bigint end)) u on true
     order by i."row";
end $$;

-- As check_body, of a row whose objective is known already.
create function import_update_faults(k import_known, c context, a author, known measure_known[]) returns jsonb
language plpgsql stable as $$
declare
    faults jsonb := content_faults(k.body, c.today, '#');
begin
    if (k.o).id is null then
        faults := faults || fault('#/objective', format('no objective %s', (k.body).objective));
    elsif not is_in_reach(a, (k.o).id) then
        faults := faults || fault('#/objective', format('the key does not cover objective %s', (k.o).code));
    elsif k.archived then
        faults := faults || fault('#/objective', format('objective %s is archived', (k.o).code));
    elsif (k.body).measurements <> '[]' then
        faults := faults || measurement_faults(measurements_of((k.body).measurements, (k.body).as_of), known, (k.o).code, c.today, '#');
    end if;
    if (k.body).source is null then
        faults := faults || fault('#/source', 'is needed: the key has no source of its own');
    elsif a.source <> (k.body).source then
        faults := faults || fault('#/source', format('the key speaks for the source %s', a.source));
    end if;
    if (k.body).external_id is null then
        faults := faults || fault('#/external_id', 'is needed: it names the update when the table comes again');
    end if;
    return faults;
end $$;

create type import_step as (faults jsonb, outcome text, d draft_update);

-- One that corrects, or meets a draft, or what was redacted: as if it came alone.
create function import_one_update(a author, c context, b update_body) returns import_step language plpgsql as $$
declare
    s       import_step := row('[]', null, null);
    x       record;
    state   text;
    message text;
    places  text;
begin
    x := report_natural(a, c, b);
    s.outcome := (x.r).outcome;
    if (x.r).is_draft then
        perform put_out(x.d, a);
    else
        s.d := x.d;
    end if;
    return s;
exception when others then
    get stacked diagnostics state = returned_sqlstate, message = message_text, places = pg_exception_detail;
    if state !~ '^CP4' then
        raise;
    end if;
    s.faults := case when places = '' then jsonb_build_array(fault('#/external_id', message))
                     when position(chr(9) in places) = 0 then jsonb_build_array(fault(places, message))
                     else (select jsonb_agg(fault(split_part(l, chr(9), 1), split_part(l, chr(9), 2)))
                             from string_to_table(places, chr(10)) l) end;
    return s;
end $$;

-- A report that corrects the head under its pair, with nothing else in its way; null where it says nothing new.
create function import_correction(k import_known, d draft_update) returns import_step language plpgsql as $$
declare
    s import_step := row('[]', said_before(d, content_of_published(k.last)), null);
begin
    if s.outcome is null and k.other <> d.objective_id then
        s.faults := jsonb_build_array(fault('#/objective', 'an update does not move to another objective: retract it and report anew'));
    elsif s.outcome is null then
        d.id         := nextval('update_id');
        d.supersedes := k.last;
        s.outcome    := 'superseded';
        s.d          := d;
    end if;
    return s;
end $$;

create function import_update(a author, c context, k import_known, known measure_known[]) returns import_step
language plpgsql as $$
declare
    s import_step := row('[]', null, null);
    d draft_update;
begin
    if is_history(k.item) then
        return s;
    end if;
    if (k.o).id is not null then
        d := content_of(k.body, k.o, a);
        if k.last is not null and not k.delicate and says_the_same(content_of_published(k.last), d)
           and ((k.body).external_id is null or (k.body).source_updated_at is null) then
            return s;
        end if;
    end if;
    s.faults := import_update_faults(k, c, a, known);
    if s.faults <> '[]' then
        return s;
    elsif k.delicate or k.next is not null then
        return import_one_update(a, c, k.body);
    elsif k.last is not null then
        return import_correction(k, d);
    end if;
    d.id      := nextval('update_id');
    s.outcome := 'created';
    s.d       := d;
    return s;
end $$;

-- Heads are held before they step back: somebody may have corrected one by its id since it was looked up.
create function import_hold_heads(ds draft_update[]) returns void language plpgsql as $$
begin
    if exists (select from (select u.id, u.superseded_by from published_update u
                             where u.id = any(array(select d.supersedes from unnest(ds) d where d.supersedes is not null))
                             order by u.id for no key update) held
                where held.superseded_by is not null) then
        perform problem(409, 'an update was corrected meanwhile: send the table again');
    end if;
end $$;

create function import_store(ds draft_update[], a author) returns void language plpgsql as $$
begin
    if may(a, 'publish') then
        perform import_hold_heads(ds);
        perform publish_all(ds, a);
        return;
    end if;
    insert into draft_update select (d).* from unnest(ds) d;
    insert into audit_event (key_id, client, holder, request_id, action, entity, entity_id, plan_id, objective_id)
    select a.key_id, a.client, a.holder, a.request_id, 'draft', 'draft', d.id, d.plan_id, d.objective_id from unnest(ds) d;
end $$;

-- What of an update is only shown, as far as a later word cannot have changed it for good reason.
create function import_update_warnings(k import_known) returns import_fault[] language plpgsql immutable as $$
begin
    if is_history(k.item) then
        return case when k.last is null then array[row((k.item)."row", 'state', 'is not taken: history comes by a file of the whole plan')::import_fault]
                    else '{}' end;
    elsif k.last is null then
        return '{}';
    end if;
    return import_warnings(k.item, jsonb_build_object('goal', (k.o).goal_number, 'state', k.state));
end $$;

create function import_updates(a author, c context, items import_item[]) returns import_result language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    r     import_result := import_nothing();
    known measure_known[] := measures_known(c.plan_id);
    fresh draft_update[] := '{}';
    k     import_known;
    s     import_step;
begin
    for k in select * from import_known(a, c, items) loop
        s          := import_update(a, c, k, known);
        r.warnings := r.warnings || import_update_warnings(k);
        r          := import_count(r, (k.item)."row", s.faults, case when s.outcome in ('superseded', 'revised') then 'changed' else s.outcome end);
        if s.outcome = 'stale' then
            r.warnings := r.warnings || row((k.item)."row", 'source_updated_at', 'is not taken: something later is known')::import_fault;
        end if;
        if (s.d).id is not null then
            fresh := fresh || s.d;
        end if;
    end loop;
    if r.errors = '{}' then
        perform import_store(fresh, a);
    end if;
    return r;
end $$;
