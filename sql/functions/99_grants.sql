-- Least privilege: the service calls these and nobody else; a reader reads. What reads files or makes
-- keys stays with the owner, who runs `import` and `key`; the tables' grants say the same.
do $$
declare
    here text := quote_ident(current_schema());
    f    regprocedure;
begin
    execute format('revoke execute on all functions in schema %s from public', here);
    execute format('grant usage on schema %s to progress_app, progress_read', here);
    execute format('grant execute on all functions in schema %s to progress_app, progress_read', here);
    for f in select p.oid from pg_proc p
              where p.pronamespace = current_schema()::regnamespace
                and p.proname in ('import_file', 'import_translations', 'apply_file', 'imports_operate', 'key_create', 'key_revoke')
    loop
        execute format('revoke execute on function %s from progress_app, progress_read', f);
    end loop;
    -- The service founds no plan but by these, which write the audit too: they have the owner's right. The last counts
    -- what a table holds, for the planner.
    for f in select p.oid from pg_proc p
              where p.pronamespace = current_schema()::regnamespace
                and p.proname in ('found_plan', 'copy_plan', 'edit_plan', 'import_recount')
    loop
        execute format('alter function %s security definer set search_path = %s, progress, pg_temp', f, here);
        execute format('revoke execute on function %s from progress_read', f);
    end loop;
    for f in select p.oid from pg_proc p
              where p.pronamespace = current_schema()::regnamespace
                and p.proname in ('updates_post', 'updates_put_natural', 'drafts_put', 'updates_publication',
                                  'updates_retraction', 'updates_discard', 'goals_patch', 'objectives_patch',
                                  'updates_batch', 'open311_post',
                                  'measures_post', 'measures_patch', 'departments_post', 'departments_patch',
                                  'periods_patch', 'periods_closing', 'close_period', 'plans_post', 'plans_patch',
                                  'translations_post',
                                  'key_lookup', 'key_self', 'export_file', 'updates_redaction', 'audit_list',
                                  'webhooks_post', 'webhooks_patch', 'webhooks_rotate',
                                  'webhooks_remove', 'webhooks_test', 'deliveries_replay', 'delivery_lease',
                                  'delivery_settle', 'new_secret', 'imports_post', 'imports_get', 'import_begin',
                                  'import_run', 'import_release')
    loop
        execute format('revoke execute on function %s from progress_read', f);
    end loop;
end $$;
