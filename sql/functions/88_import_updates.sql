-- Import of updates: reports by their natural key, history under its own ids.

-- A report from a file, as PUT by its natural key would take it. A report that was discarded,
-- retracted, redacted or corrected by hand does not come back by importing the same file again.
create function import_report(c context, v jsonb, publish boolean) returns text language plpgsql as $$
declare
    a     author := importer();
    b     update_body := jsonb_populate_record(null::update_body, v);
    o     objective;
    d     draft_update;
    known draft_update;
    head  bigint;
begin
    select * into o from objective t where t.plan_id = c.plan_id and t.code = b.objective;
    d            := content_of(b, o, a);
    head         := natural_head(c.plan_id, b.source, b.external_id);
    d.supersedes := head;
    if restated(b, redacted_under(c.plan_id, b.source, b.external_id)) <> '{}' then
        return 'unchanged';
    end if;

    select * into known from draft_update t
     where t.plan_id = c.plan_id and t.source = b.source and t.external_id = b.external_id
     order by t.discarded_at is null desc, t.id desc limit 1;
    if known.id is not null and known.discarded_at is null then
        return import_open_draft(known, d, publish, a);
    elsif known.id is not null and says_the_same(known, d) then
        return 'unchanged';
    elsif head is not null then
        known := content_of_published(natural_last(c.plan_id, b.source, b.external_id));
        if says_the_same(known, d) or comes_late(d, known) then
            return 'unchanged';
        end if;
    end if;

    d.id := nextval('update_id');
    if publish then
        perform publish(d, a, d.created_at);
    else
        perform store_draft(d, a);
    end if;
    return case when head is null then 'created' else 'changed' end;
end $$;

create function import_open_draft(known draft_update, d draft_update, publish boolean, a author) returns text
language plpgsql as $$
begin
    if not says_the_same(known, d) and not comes_late(d, known) then
        perform revise_draft(known, d, a);
        select * into known from draft_update t where t.id = known.id;
    elsif not publish then
        return 'unchanged';
    end if;
    if publish then
        known.supersedes := d.supersedes;
        delete from draft_update t where t.id = known.id;
        perform publish(known, a);
    end if;
    return 'changed';
end $$;

-- What is kept in another shape than it is written in.
create function restored_shapes(v jsonb) returns jsonb language sql stable as $$
    select jsonb_build_object('measurements', measurements_of(v->'measurements', (v->>'as_of')::date),
                              'service', service_of(v->'service'))
$$;

-- History as it was: rows come with their state, so that nothing has to be changed afterwards. In
-- one statement, as a correction and what it corrects name each other.
create function restore_published(of_plan bigint, parts file_part[]) returns bigint language plpgsql as $$
declare
    n bigint;
begin
    with restored as (
        select (jsonb_populate_record(null::published_update, '{"links": []}' || p.value || restored_shapes(p.value)
                || jsonb_build_object('plan_id', of_plan, 'goal_id', o.goal_id, 'objective_id', o.id))).*
          from unnest(parts) p
          join objective o on o.plan_id = of_plan and o.code = p.value->>'objective'
         where p.what = 'update' and p.value->>'state' in ('published', 'superseded', 'retracted')
           and not exists (select from published_update u where u.id = (p.value->>'id')::bigint)
    ), announced as (
        insert into change (entity, entity_id, op, plan_id, objective_id)
        select 'update', r.id, 'published', r.plan_id, r.objective_id from restored r order by r.id
    ), inserted as (
        insert into published_update (
            id, plan_id, goal_id, objective_id, as_of, kind, status, percent_complete,
            summary, details, next_steps, links, measurements, service, source, external_id, source_updated_at, supersedes,
            reason, key_id, client, holder, request_id, created_at, published_at, superseded_at, superseded_by,
            retracted_at, retraction_reason, redacted_at, redaction_reason, redacted_fields, changed_at)
        select
            id, plan_id, goal_id, objective_id, as_of, kind, status,
            case status when 'not_started' then 0 when 'completed' then 100 else percent_complete end,
            summary, details, next_steps, links, measurements, service, source, external_id, source_updated_at, supersedes,
            reason, key_id, client, holder, request_id, created_at, published_at, superseded_at, superseded_by,
            retracted_at, retraction_reason, redacted_at, redaction_reason, redacted_fields, changed_at
          from restored
        returning 1)
    select count(*) into n from inserted;
    return n;
end $$;

create function restore_drafts(of_plan bigint, parts file_part[]) returns bigint language plpgsql as $$
declare
    n bigint;
begin
    insert into draft_update
    select (jsonb_populate_record(null::draft_update, '{"links": []}' || p.value || restored_shapes(p.value)
            || jsonb_build_object('plan_id', of_plan, 'goal_id', o.goal_id, 'objective_id', o.id))).*
      from unnest(parts) p
      join objective o on o.plan_id = of_plan and o.code = p.value->>'objective'
     where p.what = 'update' and p.value->>'state' in ('draft', 'returned', 'discarded')
       and not exists (select from published_update u where u.id = (p.value->>'id')::bigint)
       and not exists (select from draft_update d where d.id = (p.value->>'id')::bigint);
    get diagnostics n = row_count;
    return n;
end $$;

-- What the file brought back, and a sequence that stands past it.
create function restore_updates(of_plan bigint, parts file_part[]) returns table (kind text, n bigint) language plpgsql as $$
declare
    stated   bigint;
    restored bigint := restore_published(of_plan, parts) + restore_drafts(of_plan, parts);
    highest  bigint;
begin
    select count(*), max((p.value->>'id')::bigint) into stated, highest
      from unnest(parts) p where p.what = 'update' and p.value ? 'state';
    if highest >= (select last_value from update_id) then
        perform setval('update_id', highest);
    end if;
    return query values ('created', restored), ('unchanged', stated - restored);
end $$;

-- All reports of a file. A first import fills tables that have no statistics: without those of its
-- first rows the planner takes a page index for the natural key's, and each report reads all before.
create function import_reports(c context, parts file_part[], publish boolean) returns table (kind text, n bigint)
language plpgsql as $$
declare
    p     file_part;
    kinds text[] := '{}';
begin
    foreach p in array array(select u from unnest(parts) u where u.what = 'update' and not u.value ? 'state') loop
        kinds := kinds || import_report(c, p.value, publish);
        if cardinality(kinds) = 500 then
            analyze published_update, draft_update;
        end if;
    end loop;
    return query select k, count(*) from unnest(kinds) k group by k;
end $$;

-- Applies a sound file, subject by subject in the order that references need; counts what it did.
create function apply_file(doc jsonb, now timestamptz, publish boolean) returns setof import_row language plpgsql as $$
declare
    parts file_part[] := array(select p from file_parts(doc) p);
    c     context;
begin
    if jsonb_typeof(doc->'plan') = 'object' then
        return query select import_plan(doc), 'plan', 1::bigint, null::text;
    end if;
    c := context(coalesce(doc->'plan'->>'slug', doc->>'plan'), null, now::text, null, null);

    return query select t.kind, 'departments', count(*), null::text
                   from (select import_department(c.plan_id, p.value) as kind from unnest(parts) p
                          where p.what = 'department') t group by t.kind order by t.kind;
    if doc ? 'events' then
        return query select import_events(c.plan_id, doc->'events'), 'events', 1::bigint, null::text;
    end if;
    return query select t.kind, 'goals', count(*), null::text
                   from (select import_goal(c.plan_id, p.value) as kind from unnest(parts) p
                          where p.what = 'goal') t group by t.kind order by t.kind;
    return query select t.kind, 'objectives', count(*), null::text
                   from (select import_objective(c.plan_id, p.value) as kind from unnest(parts) p
                          where p.what = 'objective') t group by t.kind order by t.kind;
    return query select t.kind, 'measures', count(*), null::text
                   from (select import_measure(c.plan_id, p.value) as kind from unnest(parts) p
                          where p.what = 'measure') t group by t.kind order by t.kind;
    return query select t.kind, 'translations', count(*), null::text
                   from (select import_translation(c, p.value) as kind from unnest(parts) p
                          where p.what = 'translation') t group by t.kind order by t.kind;
    return query select t.kind, 'updates', sum(t.n)::bigint, null::text
                   from (select * from import_reports(c, parts, publish)
                          union all
                         select * from restore_updates(c.plan_id, parts)) t
                  where t.n > 0 group by t.kind order by t.kind;
    return query select t.kind, 'periods', count(*), null::text
                   from (select import_period(c.plan_id, p.value) as kind from unnest(parts) p
                          where p.what = 'reporting_period') t group by t.kind order by t.kind;
end $$;

-- The whole import, one at a time. A dry run applies everything and takes it back.
create function import_file(doc jsonb, now timestamptz, publish boolean, dry_run boolean) returns setof import_row
language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    known  plan;
    faults file_fault[];
    done   import_row[];
begin
    perform pg_advisory_xact_lock(hashtextextended('import', 0));
    perform hold_knowledge();
    select * into known from plan p where p.slug = coalesce(doc->'plan'->>'slug', doc->>'plan');
    faults := array(select f from file_faults(doc, known, now) f);
    if faults <> '{}' then
        return query select 'fault', f.at, null::bigint, f.detail from unnest(faults) f;
        return;
    end if;

    begin
        done := array(select r from apply_file(doc, now, coalesce(publish, false)) r);
        set constraints all immediate;
        set constraints all deferred;
        if not coalesce(dry_run, false) and exists (select from unnest(done) d where d.kind <> 'unchanged') then
            select * into known from plan p where p.slug = coalesce(doc->'plan'->>'slug', doc->>'plan');
            perform audit(importer(), 'import', 'plan', known.slug, known.id, null, jsonb_build_object('done', to_jsonb(done)));
            perform announce('plan', known.slug, 'changed', known.id, null);
        elsif dry_run then
            raise exception using errcode = 'CP000', message = 'dry run';
        end if;
    exception when sqlstate 'CP000' then
        null;
    end;
    return query select * from unnest(done);
end $$;
