-- The lists among an objective's edit fields as documents show them: jsonb keeps neither order nor
-- compact text. Dates are kept as the text that was checked when it came.

create type milestone_doc    as (title text, due_on text, achieved_on text);
create type relationship_doc as ("type" text, objective text, note text);
create type funding_doc      as (fiscal_year text, gl_account text, project_string text, budgeted numeric, spent numeric);
create type external_ref_doc as (system text, "type" text, id text, url text);

create function milestones_doc(list jsonb) returns json language plpgsql immutable as $$
begin
    if list = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(row(i->>'title', i->>'due_on', i->>'achieved_on')::milestone_doc order by n))
              from jsonb_array_elements(list) with ordinality as t (i, n));
end $$;

create function relationships_doc(list jsonb) returns json language plpgsql immutable as $$
begin
    if list = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(row(i->>'type', i->>'objective', i->>'note')::relationship_doc order by n))
              from jsonb_array_elements(list) with ordinality as t (i, n));
end $$;

-- The amounts stay away from everybody where the plan keeps them: these documents are shared.
create function funding_doc(list jsonb, amounts boolean) returns json language plpgsql immutable as $$
begin
    if list = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(row(i->>'fiscal_year', i->>'gl_account', i->>'project_string',
                                               case when amounts then trim_scale((i->>'budgeted')::numeric) end,
                                               case when amounts then trim_scale((i->>'spent')::numeric) end)::funding_doc
                                           order by n))
              from jsonb_array_elements(list) with ordinality as t (i, n));
end $$;

create function external_refs_doc(list jsonb) returns json language plpgsql immutable as $$
begin
    if list = '[]' then
        return '[]';
    end if;
    return (select array_to_json(array_agg(row(i->>'system', i->>'type', i->>'id', i->>'url')::external_ref_doc order by n))
              from jsonb_array_elements(list) with ordinality as t (i, n));
end $$;

-- What a link of funding must hold, from a list's filters; null where none of them is given.
create function funding_wanted(filters jsonb) returns jsonb language sql immutable as $$
    select jsonb_build_array(jsonb_object_agg(key, value))
      from jsonb_each(filters) as f (key, value)
     where key in ('fiscal_year', 'gl_account', 'project_string')
    having count(*) > 0
$$;
