-- A table that is brought in, row by row: what each part of an import shares. What a cell may hold was checked
-- before (src/model/import.c); here rows are held against what stands.

create type import_item as (
    "row" integer, -- as the file counts them
    body  jsonb,   -- of the columns that are taken
    seen  jsonb    -- of the others: an export shows them, no import takes them
);
create type import_fault  as ("row" integer, "column" text, detail text);
create type import_result as (created integer, changed integer, unchanged integer, errors import_fault[], warnings import_fault[]);

create function import_nothing() returns import_result language sql immutable as $$
    select row(0, 0, 0, '{}', '{}')::import_result
$$;

create function import_sum(a import_result, b import_result) returns import_result language sql immutable as $$
    select row(a.created + b.created, a.changed + b.changed, a.unchanged + b.unchanged, a.errors || b.errors,
               a.warnings || b.warnings)::import_result
$$;

create function import_error(r import_result, at integer, "column" text, detail text) returns import_result
language plpgsql immutable as $$
begin
    r.errors := r.errors || row(at, "column", detail)::import_fault;
    return r;
end $$;

-- Places in a body are columns of a row.
create function import_faults(at integer, faults jsonb) returns import_fault[] language sql immutable as $$
    select array(select row(at, split_part(f->>'pointer', '/', 2), f->>'detail')::import_fault
                   from jsonb_array_elements(faults) with ordinality as t (f, n) order by n)
$$;

-- One row's part of the result: at fault, the same as before, new, or another than before. What it did was done.
create function import_count(r import_result, at integer, faults jsonb, outcome text) returns import_result
language plpgsql immutable as $$
begin
    if faults <> '[]' then
        r.errors := r.errors || import_faults(at, faults);
    elsif outcome = 'created' then
        r.created := r.created + 1;
    elsif outcome = 'changed' then
        r.changed := r.changed + 1;
    else
        r.unchanged := r.unchanged + 1;
    end if;
    return r;
end $$;

-- Who has edited what is only shown is told so; `now` has the columns that can be compared.
create function import_warnings(i import_item, now jsonb) returns import_fault[] language sql immutable as $$
    select array(select row(i."row", s.key, format('is not taken: %s stands', coalesce(now->>s.key, 'nothing')))::import_fault
                   from jsonb_each(i.seen) s
                  where now ? s.key
                    and case when jsonb_typeof(now->s.key) in ('array', 'object') then now->s.key <> s.value
                             else now->>s.key is distinct from s.value #>> '{}' end
                  order by s.key)
$$;

-- A row that changes something says what it was read at: somebody may have edited since.
create function import_revision_faults(i import_item, revision integer) returns jsonb language sql immutable as $$
    select case when i.body->>'revision' is null then fault('#/revision', 'is needed for a change: that of the export')
                when i.body->>'revision' <> revision::text then
                     fault('#/revision', format('stands at %s by now: export the table again', revision))
                else '[]' end
$$;

-- The rows of what was given, without those that C has found bad; head is all of it but the data, which is large and
-- must not be unpacked for each row. An update is its key's source's where it names none.
create function import_items(head jsonb, data jsonb, source text) returns setof import_item language sql immutable as $$
    with names as materialized (
        select array(select jsonb_array_elements_text(head->'taken')) as taken,
               array(select jsonb_array_elements_text(head->'shown')) as shown
    ), rows as materialized (
        select (t.n - 1 + (head->>'first')::integer)::integer as "row", t.i, t.n
          from jsonb_array_elements(case jsonb_typeof(data) when 'object' then data->'data' else data end)
               with ordinality as t (i, n)
         where jsonb_typeof(t.i) = 'object'
    )
    select r."row",
           case when head->>'table' = 'updates' and source is not null and r.i->>'source' is null
                then (r.i - n.shown) || jsonb_build_object('source', source) else r.i - n.shown end,
           r.i - n.taken
      from rows r, names n
     where r."row" not in (select b::integer from jsonb_array_elements_text(head->'bad') b)
     order by r.n
$$;

-- What an export shows of an update that was corrected or withdrawn is its history, which no table rewrites.
create function is_history(i import_item) returns boolean language sql immutable as $$
    select coalesce(i.seen->>'state' in ('superseded', 'retracted'), false)
$$;

-- What names one thing twice: the second is at fault. What has no name of its own stands apart.
create function import_doubles(head jsonb, items import_item[]) returns import_fault[] language sql immutable as $$
    with named as (
        select i."row", array(select i.body->>k from jsonb_array_elements_text(head->'key') with ordinality as t (k, n) order by n) as name
          from unnest(items) i
         where not is_history(i)
    )
    select coalesce(array_agg(row(d."row", head->'key'->>0, format('names the same as row %s', d.first))::import_fault
                              order by d."row"), '{}')
      from (select n."row", min(n."row") over (partition by n.name) as first
              from named n
             where head->>'table' <> 'updates' or n.name[2] is not null) d
     where d."row" <> d.first
$$;
