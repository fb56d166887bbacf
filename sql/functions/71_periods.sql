-- Periods are edited while they are open (how long reports may still come in) and closed once.

create function hold_to_plan(a author) returns void language plpgsql stable as $$
begin
    if a.objective_ids is not null then
        perform problem(403, 'the key covers objectives, not the plan');
    end if;
end $$;

-- The period's row, made where there was none, locked: whoever closes it second waits and finds it closed.
create function hold_period(p period_row, c context) returns reporting_period language plpgsql as $$
declare
    r reporting_period;
begin
    insert into reporting_period (plan_id, period, starts_on, ends_on, grace_days)
    values (c.plan_id, p.id, p.starts_on, p.ends_on, p.grace_days)
    on conflict on constraint reporting_period_pkey do nothing;
    select * into r from reporting_period t where t.plan_id = c.plan_id and t.period = p.id for no key update;
    return r;
end $$;

create function answer_period(q jsonb, a author, c context, id text) returns written language plpgsql as $$
declare
    p period_row := period_named(c, id);
begin
    return answer(q, a, 200, null, p.revision, period_doc(p, c));
end $$;

create function periods_patch(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise(q, 'edit');
    w written := replay(q, a);
    c context;
    p period_row;
    r reporting_period;
begin
    if w.replayed then
        return w;
    end if;
    c := context_of(q);
    perform hold_to_plan(a);
    p := period_named(c, q->'args'->>'period');
    r := hold_period(p, c);
    perform hold_to_revision(q, r.revision);
    perform refuse_if(unknown_fields(body, 'grace_days'));
    if r.closed_at is not null then
        perform problem(409, format('period %s is closed', p.id));
    elsif (body->>'grace_days')::integer <> r.grace_days then
        update reporting_period t
           set grace_days = (body->>'grace_days')::integer, revision = r.revision + 1
         where t.plan_id = c.plan_id and t.period = p.id;
        perform audit(a, 'edit', 'period', p.id, c.plan_id, null,
                      jsonb_build_object('grace_days', jsonb_build_array(r.grace_days, body->'grace_days')));
        perform announce('period', p.id, 'changed', c.plan_id, null);
    end if;
    return answer_period(q, a, c, p.id);
end $$;

-- The report as of the quarter's last day, by all that is recorded at this moment. The moment's
-- millisecond, which is how links name it, is over before anybody can record the next thing.
create function close_period(p period_row, c context, a author) returns void language plpgsql as $$
declare
    at timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('knowledge', 0));
    at          := date_trunc('milliseconds', clock_timestamp());
    p.state     := 'closed';
    p.closed_at := at;
    update reporting_period t
       set closed_at = at, revision = t.revision + 1, report = report_doc(p, c, at)::text
     where t.plan_id = c.plan_id and t.period = p.id;
    perform audit(a, 'close', 'period', p.id, c.plan_id, null);
    perform announce('period', p.id, 'changed', c.plan_id, null);
    perform pg_sleep(0.001);
end $$;

create function periods_closing(q jsonb, body jsonb) returns written language plpgsql as $$
declare
    a author  := authorise(q, 'admin');
    w written := replay(q, a);
    c context;
    p period_row;
begin
    if w.replayed then
        return w;
    end if;
    c := context(q->>'plan', null, q->>'now', null, null); -- not context_of: it would wait for itself
    perform hold_to_plan(a);
    p := period_named(c, q->'args'->>'period');
    if (hold_period(p, c)).closed_at is null then
        p := period_named(c, p.id); -- its grace may have been another before it was held
        if p.state <> 'due' then
            perform problem(409, format('period %s can be closed from %s on: its reports may come in until then',
                                        p.id, p.closes_on));
        end if;
        perform close_period(p, c, a);
    end if;
    return answer_period(q, a, c, p.id);
end $$;
