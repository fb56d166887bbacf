-- Import of measures: a new one comes with its history where the file has one, else with revision 1.

create function import_measure(of_plan bigint, v jsonb) returns text language plpgsql as $$
declare
    a      author := importer();
    fields jsonb  := picked(v, 'name', 'unit', 'direction', 'baseline', 'baseline_on', 'target', 'target_on', 'lower_limit',
                            'upper_limit', 'data_source', 'description', 'objectives', 'archived_at');
    m      measure;
    old    measure_revision;
    new    measure_revision;
begin
    select * into m from measure t where t.plan_id = of_plan and t.slug = v->>'slug' for no key update;
    if found then
        select * into old from measure_revision r where r.measure_id = m.id and r.revision = m.revision;
        new := patched(old, fields);
        if new is not distinct from old then
            return 'unchanged';
        end if;
        perform edit_measure(m, old, new, a);
        return 'changed';
    end if;

    insert into measure (plan_id, slug, revision)
    values (of_plan, v->>'slug', case when v ? 'history' then (v->>'revision')::integer else 1 end)
    returning * into m;
    insert into measure_revision
    select (patched(null::measure_revision, h.item || jsonb_build_object('measure_id', m.id))).*
      from items(coalesce(v->'history', jsonb_build_array(fields || jsonb_build_object(
                 'revision', 1, 'recorded_at', clock_timestamp(), 'client', a.client, 'holder', a.holder)))) h;
    perform announce('measure', m.slug, 'created', of_plan, null);
    return 'created';
end $$;
