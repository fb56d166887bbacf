-- What is wrong with the translations of a file. That the plan has the thing is enough: a text that was
-- taken back since keeps its translation.

create function file_translation_faults(known plan, parts file_part[], sound file_part[]) returns setof file_fault
language sql stable as $$
    with thing as (
        select p.what as entity, coalesce(p.value->>'code', p.value->>'number') as code
          from unnest(parts) p where p.what in ('goal', 'objective') and jsonb_typeof(p.value) = 'object'
        union select 'goal', g.number::text from goal g where g.plan_id = known.id
        union select 'objective', o.code from objective o where o.plan_id = known.id
        union select 'plan', ''
    ), translated as (
        select p.at, p.value->>'lang' as lang, p.value->>'entity' as entity, coalesce(p.value->>'code', '') as code,
               p.value->>'field' as field, row_number() over () as n
          from unnest(sound) p where p.what = 'translation'
    )
    select t.at || '/code', format('no %s %s', t.entity, t.code)
      from translated t
     where (t.entity = 'action') <> (t.code ~ '/')
        or not exists (select from thing x where x.entity = case t.entity when 'action' then 'objective' else t.entity end
                                             and x.code = split_part(t.code, '/', 1))
    union all
    select t.at || '/field', format('no text of a %s', t.entity)
      from translated t
     where (t.entity, t.field) not in (('plan', 'title'), ('plan', 'overview'), ('goal', 'statement'), ('objective', 'statement'),
                                       ('objective', 'description'), ('action', 'text'))
    union all
    select d.at || '/code', 'the same text twice in the file'
      from (select t.at, row_number() over (partition by t.lang, t.entity, t.code, t.field order by t.n) as times
              from translated t) d
     where d.times > 1
$$;
