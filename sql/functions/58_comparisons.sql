-- Reads of what stands side by side: the difference of two days, by the same knowledge, and a
-- quarter's report.

create type diff_links as (self text, before text, now text, objectives_before text, objectives_now text, updates text);

create type diff_doc as (
    plan       text,
    "from"     date,
    "to"       date,
    known_at   text,
    progress   beside_doc,
    goals      json,
    objectives objective_beside[],
    updates    update_counts,
    demo       boolean,
    links      diff_links
);

create function diff_day(filters jsonb, name text, c context) returns date language plpgsql stable as $$
declare
    day date := filters->>name;
begin
    if day is null then
        perform problem(400, format('%s is required: a day', name), '?' || name);
    elsif day > c.today then
        perform problem(400, format('%s is in the future: today is %s', name, c.today), '?' || name);
    end if;
    return day;
end $$;

create function diff_get(plan text, as_of text, now text, lang text, include text, filters jsonb, known_at text)
returns setof doc_row language plpgsql stable as $$
declare
    c  context := context(plan, null, now, lang, include, known_at);
    b  context := seen_from(c, diff_day(filters, 'from', c), c.known_at);
    n  context := seen_from(c, diff_day(filters, 'to', c), c.known_at);
    gb goal_row[];
    gn goal_row[];
begin
    if b.as_of > n.as_of then
        perform problem(400, 'from comes after to', '?from');
    end if;
    gb := goals_of_plan(b);
    gn := goals_of_plan(n);
    return query
    select row_to_json(row(
               c.plan, b.as_of, n.as_of, rfc3339(c.known_at),
               row(standing_of(plan_progress(gb)), standing_of(plan_progress(gn)))::beside_doc,
               goals_beside(gb, gn),
               array(select o from unnest(objectives_beside(b, n)) o
                      where cardinality(o.changes) > 0 or o.before is null or o.now is null),
               updates_between(n, b.as_of + 1, n.as_of), c.demo,
               row(link_to('/diff', seen_from(c, null, c.known_at), format('from=%s&to=%s', b.as_of, n.as_of)),
                   link_to('/plan', b), link_to('/plan', n),
                   link_to('/objectives', b, 'limit=500'), link_to('/objectives', n, 'limit=500'),
                   link_to('/updates', seen_from(c, null, c.known_at),
                           format('since=%s&until=%s&count=exact', b.as_of + 1, n.as_of)))::diff_links)::diff_doc)::text, 0;
end $$;

create function reports_get(plan text, as_of text, now text, lang text, include text, args jsonb, known_at text)
returns setof doc_row language plpgsql stable as $$
declare
    c context := context(plan, null, now, lang, include, known_at);
begin
    return query select report_of(period_named(c, args->>'period'), c)::text, 0;
end $$;
