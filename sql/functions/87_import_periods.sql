-- Import of periods: what is closed comes closed, with its report. A file never opens one again: what it
-- says of a period that was closed here since is of before.

create function import_period(of_plan bigint, v jsonb) returns text language plpgsql as $$
declare
    old reporting_period;
    new reporting_period;
begin
    select * into old from reporting_period r where r.plan_id = of_plan and r.period = v->>'period' for no key update;
    if old.closed_at is not null then
        return 'unchanged';
    elsif old.period is null then
        new := jsonb_populate_record(null::reporting_period, '{"revision": 1}' || v || jsonb_build_object('plan_id', of_plan));
        insert into reporting_period select new.*;
        perform announce('period', new.period, 'changed', of_plan, null);
        return 'created';
    end if;
    new := jsonb_populate_record(old, v - 'revision');
    if new is not distinct from old then
        return 'unchanged';
    end if;
    update reporting_period r
       set (starts_on, ends_on, grace_days, closed_at, report, revision)
         = row(new.starts_on, new.ends_on, new.grace_days, new.closed_at, new.report, old.revision + 1)
     where r.plan_id = of_plan and r.period = old.period;
    perform audit(importer(), case when new.closed_at is null then 'edit' else 'close' end, 'period', old.period, of_plan, null,
                  differences(to_jsonb(old) - 'report', to_jsonb(new) - 'report'));
    perform announce('period', old.period, 'changed', of_plan, null);
    return 'changed';
end $$;
