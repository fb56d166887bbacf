-- All plans that the council has taken up. A draft is not listed, but no secret either: whoever knows
-- its name reads it, as with ?plan=.

-- `plan` is not asked: the path names one, the list is of all.
create function plans_get(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable as $$
begin
    return query select d.* from plan_get(args->>'slug', as_of, now, lang, include, known_at) d;
end $$;

create function plans_list(plan text, as_of text, now text, lang text, include text, filters jsonb,
                           k1 text, k2 text, size integer, known_at text)
returns setof page_row language plpgsql stable as $$
begin
    return query
    select d.doc, d.revision, p.slug, null::text
      from plan p
     cross join lateral plan_get(p.slug, as_of, now, lang, include, known_at) d
     where p.state in ('approved', 'active', 'archived')
       and (k1 is null or p.slug collate "C" > k1)
     order by p.slug collate "C"
     limit size;
end $$;
