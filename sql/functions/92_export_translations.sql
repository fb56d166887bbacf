-- Export of translations, each with the words that it was made from.

create function export_translations(of_plan bigint) returns json language sql stable as $$
    select in_lines(array_agg(x.doc order by x.lang, x.code, x.entity, x."position", x.field))
      from (select t.lang collate "C" as lang, t.code collate "C" as code, t.entity collate "C" as entity, t."position",
                   t.field collate "C" as field, row_to_json(d) as doc
              from translation t
             cross join lateral (
                   select t.lang, t.entity, t.code || case when t."position" > 0 then '/' || t."position" else '' end as code,
                          t.field, t.source, t.text, t.reviewed, t.shipped, t.revision, precisely(t.changed_at) as changed_at,
                          t.key_id, t.client, t.holder, t.request_id, t.reviewed_by) d
             where t.plan_id = of_plan) x
$$;
