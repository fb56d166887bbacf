-- Run once, by the image of PostgreSQL, when it makes the database: the three roles of the schema,
-- and the two users, each with no right but its roles. docs/operations.md says what each may do.
\set migrate_password `cat /secrets/migrate`
\set service_password `cat /secrets/service`
create role progress_owner nologin;
create role progress_app nologin;
create role progress_read nologin;
create role progress_migrate login password :'migrate_password' in role progress_owner, progress_app, progress_read;
create role progress_service login password :'service_password' in role progress_app;
grant create on database progress to progress_owner;
revoke all on database progress from public;
grant connect on database progress to progress_migrate, progress_service;
