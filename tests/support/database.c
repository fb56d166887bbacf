#include "support/database.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "generated/functions.h"
#include "generated/migrations.h"
#include "generated/queries.h"
#include "support/suite.h"

/* Made once, in main, before any test: the children of check share it. */
static char prefix[40];
static char search_path[FUNCTIONS_SCHEMA_SIZE + 16];
static pid_t maker;

void must(bool good, const char *format, ...) {
    char why[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    if (good)
        return;
    if (getpid() != maker)
        ck_abort_msg("%s", why);
    printf("not ok - the databases for a suite cannot be prepared\n# %s\n", why);
    database_drop_all();
    exit(EXIT_FAILURE);
}

/* The server's address with another database: key=value words for libpq. */
static void address(const char *database, char *out, size_t size) {
    AUTO(buf) struct buf b = {0};
    const char *url = getenv("TEST_DATABASE_URL");
    PQconninfoOption *options = url ? PQconninfoParse(url, NULL) : NULL;
    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") != 0)
            buf_addf(&b, "%s='%s' ", o->keyword, o->val);
    PQconninfoFree(options);
    buf_addf(&b, "dbname='%s'", database);
    snprintf(out, size, "%s", b.data);
}

static PGconn *open_at(const char *url) {
    PGconn *pg = PQconnectdb(url);
    must(PQstatus(pg) == CONNECTION_OK, "%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "set client_min_messages = warning"));
    return pg;
}

/* Reads to the end of all statements; the last result is the caller's. */
static PGresult *run_at(const char *url, const char *sql) {
    PGconn *pg = open_at(url);
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    must(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s\n%s",
         PQresultErrorMessage(result), sql);
    PQfinish(pg);
    return result;
}

static void administer(const char *sql) {
    char url[512];
    address("postgres", url, sizeof(url));
    PQclear(run_at(url, sql));
}

void database_need(const char *suite) {
    char url[512];
    char functions[FUNCTIONS_SCHEMA_SIZE];
    address("postgres", url, sizeof(url));
    bool named = getenv("TEST_DATABASE_URL") || getenv("PGHOST");
    PGconn *pg = named ? PQconnectdb(url) : NULL;
    if (!pg || PQstatus(pg) != CONNECTION_OK) {
        printf(
            "not ok - %s: needs a PostgreSQL that it may make databases on: set TEST_DATABASE_URL "
            "(tests/support/cluster.sh starts one)\n",
            suite);
        printf("# %s\n", pg ? PQerrorMessage(pg) : "neither TEST_DATABASE_URL nor PGHOST is set");
        exit(EXIT_FAILURE);
    }
    PQfinish(pg);
    maker = getpid();
    snprintf(prefix, sizeof(prefix), "check_%ld_", (long)maker);
    functions_schema(SQL_FUNCTIONS, SQL_FUNCTIONS_COUNT, functions);
    snprintf(search_path, sizeof(search_path), "%s, progress", functions);
}

void database_drop_all(void) {
    char url[512];
    address("postgres", url, sizeof(url));
    PGconn *pg = PQconnectdb(url);
    char sql[200];
    snprintf(sql, sizeof(sql), "select datname from pg_database where starts_with(datname, '%s')",
             prefix);
    PGresult *names = PQexec(pg, sql);
    for (int i = 0; i < PQntuples(names); i++) {
        snprintf(sql, sizeof(sql), "drop database %s with (force)", PQgetvalue(names, i, 0));
        PQclear(PQexec(pg, sql));
    }
    PQclear(names);
    PQfinish(pg);
}

static void create(struct database *d, const char *template) {
    static int count;
    char sql[200];
    snprintf(d->name, sizeof(d->name), "%s%ld_%d", prefix, (long)getpid(), count++);
    address(d->name, d->url, sizeof(d->url));
    snprintf(sql, sizeof(sql), "create database %s template %s", d->name, template);
    administer(sql);
}

void database_make(struct database *d) {
    create(d, "template0");
}

void database_copy(struct database *d, const struct database *from) {
    create(d, from->name);
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

struct migrate_config database_migrations(const struct database *d) {
    return (struct migrate_config){
        .url = d->url,
        .migrations = SQL_MIGRATIONS,
        .migration_count = SQL_MIGRATIONS_COUNT,
        .functions = SQL_FUNCTIONS,
        .function_count = SQL_FUNCTIONS_COUNT,
        .say = say_nothing,
    };
}

void database_migrate(const struct database *d) {
    AUTO(call) struct call c;
    call_init(&c, 30000);
    struct migrate_config config = database_migrations(d);
    must(migrate(&c, &config), "%s", c.detail);
}

void database_ask(const struct database *d, const char *sql, char *out, size_t size) {
    PGresult *result = run_at(d->url, sql);
    snprintf(out, size, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
}

void database_run(const struct database *d, const char *sql) {
    PQclear(run_at(d->url, sql));
}

void database_run_held(void *held, const char *sql) {
    PGconn *pg = held;
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    must(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%s\n%s",
         PQresultErrorMessage(result), sql);
    PQclear(result);
}

void *database_hold(const struct database *d, const char *sql) {
    PGconn *pg = open_at(d->url);
    database_run_held(pg, sql);
    return pg;
}

void database_let_go(void *held) {
    PQfinish(held);
}

int64_t database_number(const struct database *d, const char *sql) {
    char text[64];
    database_ask(d, sql, text, sizeof(text));
    return strtoll(text, NULL, 10);
}

void database_digest(const struct database *d, char out[33]) {
    AUTO(buf) struct buf sql = {0};
    PGresult *tables =
        run_at(d->url, "select tablename from pg_tables where schemaname = 'progress' order by 1");
    buf_adds(&sql, "select md5(concat(''");
    for (int i = 0; i < PQntuples(tables); i++)
        buf_addf(&sql, ", (select string_agg(t::text, '|' order by t::text) from progress.%s t)",
                 PQgetvalue(tables, i, 0));
    buf_adds(&sql, "))");
    PQclear(tables);
    database_ask(d, sql.data, out, 33);
}

struct pool_config database_pool(const struct database *d, size_t size) {
    return (struct pool_config){
        .url = d->url,
        .role = "progress_app",
        .search_path = search_path,
        .size = size,
        .checkout_ms = 250,
        .statement_ms = 3000,
        .prepare = true,
        .statements = SQL_ALL,
        .statement_count = SQL_ALL_COUNT,
    };
}

struct pool_config database_owner_pool(const struct database *d) {
    return (struct pool_config){
        .url = d->url,
        .role = "progress_owner",
        .search_path = search_path,
        .size = 1,
        .checkout_ms = 20000,
        .statement_ms = 20000,
    };
}

void database_shut(const struct database *d) {
    char sql[300];
    snprintf(sql, sizeof(sql), "alter database %s allow_connections false", d->name);
    administer(sql);
    snprintf(sql, sizeof(sql),
             "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '%s'",
             d->name);
    administer(sql);
}

void database_reopen(const struct database *d) {
    char sql[200];
    snprintf(sql, sizeof(sql), "alter database %s allow_connections true", d->name);
    administer(sql);
}
