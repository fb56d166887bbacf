#include "pg/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "conn.h"

/* Any number will do, as long as it is always this one: "CiP" and a 1. */
#define MIGRATION_LOCK "4411728129"

enum {
    SCHEMAS_KEPT = 3
}; /* of functions: this program's, and those that older instances may still call */

void functions_schema(const struct embedded_file *functions, size_t count,
                      char out[FUNCTIONS_SCHEMA_SIZE]) {
    AUTO(buf) struct buf all = {0};
    for (size_t i = 0; i < count; i++)
        buf_add(&all, functions[i].bytes, functions[i].len);
    char hex[SHA256_HEX];
    sha256_hex(all.data ? all.data : "", all.len, hex);
    snprintf(out, FUNCTIONS_SCHEMA_SIZE, "progress_%.12s", hex);
}

/* One step = one transaction under the lock; a process killed in it leaves nothing behind. */
static bool in_transaction(struct call *c, struct conn *k, const char *sql) {
    AUTO(buf) struct buf all = {0};
    buf_adds(&all, "begin; set local lock_timeout = 0; select pg_advisory_xact_lock(" MIGRATION_LOCK
                   ");\n");
    buf_adds(&all, sql);
    buf_adds(&all, "\n;commit");
    return buf_ok(c, &all) && conn_script(c, k, all.data, NULL);
}

/* One row of text from a query; NULL where there is none. */
static bool ask(struct call *c, struct conn *k, const char *sql, const char **answer) {
    AUTO(rows) struct rows *rows = NULL;
    if (!conn_script(c, k, sql, &rows))
        return false;
    const char *text = rows_count(rows) ? rows_text(rows, 0, 0) : NULL;
    *answer = text ? call_strdup(c, text) : NULL;
    return !text || *answer;
}

/*
 * Roles belong to the whole cluster: another database may make them at the same moment. Whoever
 * migrates must be able to become the owner, and whoever serves the app.
 */
static const char ROLES[] =
    "do $$\n"
    "declare wanted text;\n"
    "begin\n"
    "  foreach wanted in array array['progress_owner', 'progress_app', 'progress_read'] loop\n"
    "    if not exists (select from pg_roles where rolname = wanted) then\n"
    "      begin\n"
    "        execute format('create role %I nologin', wanted);\n"
    "      exception when duplicate_object or unique_violation then null;\n"
    "      end;\n"
    "    end if;\n"
    "    if not pg_has_role(current_user, wanted, 'member') then\n"
    "      execute format('grant %I to %I', wanted, current_user);\n"
    "    end if;\n"
    "  end loop;\n"
    "end $$";

static bool ensure_roles(struct call *c, struct conn *k) {
    for (int tries = 0; tries < 3; tries++) { /* another database may be granting the same roles */
        AUTO(call) struct call attempt;
        call_init(&attempt, call_left_ms(c));
        if (in_transaction(&attempt, k, ROLES))
            return true;
        if (!conn_script(c, k, "rollback", NULL))
            return false;
    }
    return fail(
        c, ERR_FORBIDDEN,
        "the roles progress_owner, progress_app and progress_read are missing and this user may "
        "not make them. As a superuser:\n"
        "  create role progress_owner nologin; create role progress_app nologin; create role "
        "progress_read nologin;\n"
        "  grant progress_owner, progress_app, progress_read to \"<this user>\"");
}

static bool ensure_ledger(struct call *c, struct conn *k) {
    AUTO(buf) struct buf sql = {0};
    const char *database = PQdb(k->pg);
    char *name = PQescapeIdentifier(k->pg, database, strlen(database));
    if (!name)
        return fail(c, ERR_NO_MEMORY, "no room for a name");
    buf_addf(&sql, "grant create on database %s to progress_owner; set local role progress_owner;",
             name);
    PQfreemem(name);
    buf_adds(&sql,
             "create schema if not exists progress;"
             "create table if not exists progress.schema_migration ("
             "  number integer primary key, name text not null, checksum text not null,"
             "  applied_at timestamptz not null default clock_timestamp());"
             "create table if not exists progress.schema_function ("
             "  name text primary key, made_at timestamptz not null default clock_timestamp());"
             "grant usage on schema progress to progress_app, progress_read;"
             "grant select on progress.schema_migration, progress.schema_function"
             "  to progress_app, progress_read");
    return buf_ok(c, &sql) && in_transaction(c, k, sql.data);
}

static void say(const struct migrate_config *config, const char *what, const char *name,
                int64_t since_us) {
    char sentence[160];
    snprintf(sentence, sizeof sentence, "%s %s (%lld ms)", what, name,
             (long long)(clock_mono_us() - since_us) / 1000);
    config->say(sentence);
}

/* The checksum under which a migration was applied, or NULL. */
static bool applied_checksum(struct call *c, struct conn *k, int number, const char **checksum) {
    const char *sql =
        call_printf(c, "select checksum from progress.schema_migration where number = %d", number);
    return sql && ask(c, k, sql, checksum);
}

static bool fail_changed(struct call *c, const char *name) {
    return fail(
        c, ERR_CONFLICT,
        "migration %s is not the one that was applied here: an applied migration is never edited; "
        "restore the file and put the change into a new one",
        name);
}

/*
 * Asked again inside the lock by the primary key: of two instances one inserts the row first, the
 * other fails on it and sees on its next look that the work is done.
 */
static bool apply(struct call *c, struct conn *k, const struct migrate_config *config,
                  const struct embedded_file *file, int number, const char *checksum) {
    AUTO(buf) struct buf sql = {0};
    int64_t since = clock_mono_us();
    buf_addf(&sql,
             "set local role progress_owner; set local search_path = progress;"
             "insert into schema_migration (number, name, checksum) values (%d, '%s', '%s');\n",
             number, file->name, checksum);
    buf_add(&sql, file->bytes, file->len);
    AUTO(call) struct call attempt;
    call_init(&attempt, call_left_ms(c));
    if (!buf_ok(c, &sql))
        return false;
    if (in_transaction(&attempt, k, sql.data)) {
        say(config, "applied", file->name, since);
        return true;
    }
    const char *by_other = NULL;
    if (!conn_script(c, k, "rollback", NULL) || !applied_checksum(c, k, number, &by_other))
        return false;
    if (by_other)
        return strcmp(by_other, checksum) == 0 || fail_changed(c, file->name);
    return fail(c, ERR_INTERNAL, "migration %s: %s", file->name, attempt.detail);
}

static bool migrate_one(struct call *c, struct conn *k, const struct migrate_config *config,
                        const struct embedded_file *file) {
    char checksum[SHA256_HEX];
    const char *applied = NULL;
    int number = (int)strtol(file->name, NULL, 10);
    sha256_hex(file->bytes, file->len, checksum);
    if (!applied_checksum(c, k, number, &applied))
        return false;
    if (!applied)
        return apply(c, k, config, file, number, checksum);
    return strcmp(applied, checksum) == 0 || fail_changed(c, file->name);
}

/* Drops what no instance of the last versions calls any more. */
static void add_sweep(struct buf *sql) {
    buf_addf(
        sql,
        "do $$ declare old text; begin"
        "  for old in select name from progress.schema_function order by made_at desc offset %d loop"
        "    execute format('drop schema if exists %%I cascade', old);"
        "    delete from progress.schema_function where name = old;"
        "  end loop; end $$;",
        SCHEMAS_KEPT);
}

static bool make_functions(struct call *c, struct conn *k, const struct migrate_config *config) {
    char schema[FUNCTIONS_SCHEMA_SIZE];
    functions_schema(config->functions, config->function_count, schema);
    const char *known = NULL;
    const char *question =
        call_printf(c, "select name from progress.schema_function where name = '%s'", schema);
    if (!question || !ask(c, k, question, &known) || known)
        return known != NULL;
    AUTO(buf) struct buf sql = {0};
    int64_t since = clock_mono_us();
    buf_addf(
        &sql,
        "set local role progress_owner; create schema %s; set local search_path = %s, progress;\n",
        schema, schema);
    for (size_t i = 0; i < config->function_count; i++)
        buf_add(&sql, config->functions[i].bytes, config->functions[i].len);
    buf_addf(&sql,
             "\n;grant usage on schema %s to progress_app, progress_read;"
             "insert into progress.schema_function (name) values ('%s');",
             schema, schema);
    add_sweep(&sql);
    AUTO(call) struct call attempt;
    call_init(&attempt, call_left_ms(c));
    if (!buf_ok(c, &sql))
        return false;
    if (in_transaction(&attempt, k, sql.data)) {
        say(config, "made the functions in", schema, since);
        return true;
    }
    if (!conn_script(c, k, "rollback", NULL) || !ask(c, k, question, &known))
        return false;
    return known || fail(c, ERR_INTERNAL, "functions: %s", attempt.detail);
}

static bool run_all(struct call *c, struct conn *k, const struct migrate_config *config) {
    if (!ensure_roles(c, k) || !ensure_ledger(c, k))
        return false;
    for (size_t i = 0; i < config->migration_count; i++)
        if (!migrate_one(c, k, config, &config->migrations[i]))
            return false;
    return make_functions(c, k, config);
}

bool migrate(struct call *c, const struct migrate_config *config) {
    struct conn k = {0};
    struct pool_config login = {.url = config->url, .verbatim = true};
    if (!conn_open(c, &k, &login))
        return false;
    bool done = run_all(c, &k, config);
    conn_close(&k);
    return done;
}
