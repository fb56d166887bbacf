#include "pg/migrate.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generated/functions.h"
#include "generated/migrations.h"
#include "support/database.h"
#include "support/suite.h"

enum { MOST = 120 };

/* The program's own files with changes: room for a few more. */
struct set {
    struct embedded_file migrations[MOST];
    struct embedded_file functions[MOST];
    struct migrate_config config;
};

static struct embedded_file file(const char *name, const char *bytes) {
    return (struct embedded_file){name, bytes, strlen(bytes)};
}

static void set_init(struct set *s, const struct database *d) {
    s->config = database_migrations(d);
    ck_assert_uint_lt(s->config.migration_count + s->config.function_count, MOST - 4);
    memcpy(s->migrations, SQL_MIGRATIONS, sizeof(struct embedded_file) * s->config.migration_count);
    memcpy(s->functions, SQL_FUNCTIONS, sizeof(struct embedded_file) * s->config.function_count);
    s->config.migrations = s->migrations;
    s->config.functions = s->functions;
}

static void add_migration(struct set *s, const char *name, const char *sql) {
    s->migrations[s->config.migration_count++] = file(name, sql);
}

static void add_function(struct set *s, const char *sql) {
    s->functions[s->config.function_count++] = file("99_more.sql", sql);
}

/* NULL when it went well, else what was wrong, in static memory; err too. */
static const char *run(const struct migrate_config *config, enum err *err) {
    static _Thread_local char why[500];
    AUTO(call) struct call c;
    call_init(&c, 30000);
    bool done = migrate(&c, config);
    if (err)
        *err = c.err;
    snprintf(why, sizeof(why), "%s", done ? "" : c.detail);
    return done ? NULL : why;
}

static void must_run(const struct migrate_config *config) {
    const char *why = run(config, NULL);
    ck_assert_msg(!why, "%s", why);
}

static int steps;

static void count_step(const char *sentence) {
    ck_assert(sentence && *sentence);
    steps++;
}

/* Everything that a migration makes, with when: the same before and after means that nothing was
 * done. */
static void look(const struct database *d, char out[33]) {
    database_ask(
        d,
        "select md5(string_agg(x, ' ' order by x)) from ("
        "  select oid::text || relname from pg_class where relnamespace::regnamespace::text like 'progress%'"
        "  union all select oid::text || proname from pg_proc where pronamespace::regnamespace::text like 'progress%'"
        "  union all select m::text from progress.schema_migration m"
        "  union all select f::text from progress.schema_function f) t (x)",
        out, 33);
}

static int64_t applied(const struct database *d) {
    return database_number(d, "select count(*) from progress.schema_migration");
}

static int64_t schemas(const struct database *d) {
    return database_number(
        d, "select count(*) from pg_namespace where nspname ~ '^progress_[0-9a-f]{12}$'");
}

START_TEST(an_empty_database_gets_all_of_it) {
    struct database d;
    struct set s;
    char schema[FUNCTIONS_SCHEMA_SIZE];
    char sql[200];
    database_make(&d);
    set_init(&s, &d);
    s.config.say = count_step;
    must_run(&s.config);
    ck_assert_int_eq(steps, (int)SQL_MIGRATIONS_COUNT + 1);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT);
    functions_schema(SQL_FUNCTIONS, SQL_FUNCTIONS_COUNT, schema);
    snprintf(sql, sizeof(sql),
             "set role progress_app; set search_path = %s, progress; select ready()::int", schema);
    database_number(&d, sql);
    ck_assert_int_eq(database_number(&d, "select count(*) from pg_class where relkind = 'r'"
                                         " and relnamespace = 'progress'::regnamespace"
                                         " and relowner <> 'progress_owner'::regrole"),
                     0);
}
END_TEST

START_TEST(a_second_time_changes_nothing) {
    struct database d;
    char before[33];
    char after[33];
    database_make(&d);
    struct migrate_config config = database_migrations(&d);
    must_run(&config);
    look(&d, before);
    config.say = count_step;
    must_run(&config);
    look(&d, after);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(steps, 0);
}
END_TEST

static void *run_thread(void *arg) {
    enum err err;
    const char *why = run(arg, &err);
    return why ? strdup(why) : NULL;
}

START_TEST(several_at_once_do_it_once) {
    enum { AT_ONCE = 4, ROUNDS = 3 };
    for (int round = 0; round < ROUNDS; round++) {
        struct database d;
        pthread_t threads[AT_ONCE];
        database_make(&d);
        struct migrate_config config = database_migrations(&d);
        for (int i = 0; i < AT_ONCE; i++)
            pthread_create(&threads[i], NULL, run_thread, &config);
        for (int i = 0; i < AT_ONCE; i++) {
            void *why;
            pthread_join(threads[i], &why);
            ck_assert_msg(!why, "%s", (char *)why);
        }
        ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT);
        ck_assert_int_eq(schemas(&d), 1);
    }
}
END_TEST

START_TEST(an_applied_migration_that_was_edited_is_refused_by_name) {
    struct database d;
    struct set s;
    enum err err;
    char before[33];
    char after[33];
    database_make(&d);
    set_init(&s, &d);
    must_run(&s.config);
    look(&d, before);
    s.migrations[1].bytes = "select 1;";
    s.migrations[1].len = strlen("select 1;");
    add_migration(&s, "0099_next.sql", "create table next ();");
    const char *why = run(&s.config, &err);
    ck_assert_ptr_nonnull(why);
    ck_assert_int_eq(err, ERR_CONFLICT);
    ck_assert_msg(strstr(why, s.migrations[1].name) != NULL, "%s", why);
    look(&d, after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(a_migration_that_fails_is_named_and_leaves_nothing) {
    struct database d;
    struct set s;
    enum err err;
    database_make(&d);
    set_init(&s, &d);
    add_migration(&s, "0099_bad.sql", "create table half_done (); select 1/0;");
    const char *why = run(&s.config, &err);
    ck_assert_ptr_nonnull(why);
    ck_assert_msg(strstr(why, "0099_bad.sql") != NULL, "%s", why);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT);
    ck_assert_int_eq(database_number(&d,
                                     "select count(*) from pg_class where relname = 'half_done'"),
                     0);
    ck_assert_int_eq(schemas(&d), 0);
    s.migrations[s.config.migration_count - 1] = file("0099_bad.sql", "create table whole ();");
    must_run(&s.config);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT + 1);
    ck_assert_int_eq(schemas(&d), 1);
}
END_TEST

START_TEST(killed_midway_it_completes_the_next_time) {
    struct database d;
    struct set s;
    pthread_t thread;
    void *why;
    database_make(&d);
    database_run(&d, "create table public.slowly ()");
    set_init(&s, &d);
    add_migration(
        &s, "0098_slow.sql",
        "create table half_done ();"
        "select pg_sleep(case when to_regclass('public.slowly') is null then 0 else 60 end);");
    add_migration(&s, "0099_last.sql", "create table last_one ();");
    pthread_create(&thread, NULL, run_thread, &s.config);
    while (!database_number(&d, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
                                " and datname = current_database()"))
        continue;
    database_run(
        &d,
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where wait_event = 'PgSleep'"
        " and datname = current_database()");
    pthread_join(thread, &why);
    ck_assert_ptr_nonnull(why);
    free(why);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT);
    ck_assert_int_eq(database_number(&d,
                                     "select count(*) from pg_class where relname = 'half_done'"),
                     0);

    database_run(&d, "drop table public.slowly");
    must_run(&s.config);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT + 2);
    ck_assert_int_eq(
        database_number(&d,
                        "select count(*) from pg_class where relname in ('half_done', 'last_one')"),
        2);
}
END_TEST

START_TEST(a_second_one_waits_for_the_first) {
    struct database d;
    struct set s;
    pthread_t first;
    pthread_t second;
    void *why;
    database_make(&d);
    set_init(&s, &d);
    add_migration(&s, "0098_slow.sql",
                  "select pg_sleep(1.5);"); /* longer than the sessions' lock_timeout */
    pthread_create(&first, NULL, run_thread, &s.config);
    pthread_create(&second, NULL, run_thread, &s.config);
    pthread_join(first, &why);
    ck_assert_msg(!why, "%s", (char *)why);
    pthread_join(second, &why);
    ck_assert_msg(!why, "%s", (char *)why);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT + 1);
}
END_TEST

START_TEST(an_older_program_leaves_newer_migrations_alone) {
    struct database d;
    struct set s;
    database_make(&d);
    set_init(&s, &d);
    add_migration(&s, "0099_newer.sql", "create table newer ();");
    must_run(&s.config);
    s.config.migration_count--;
    must_run(&s.config);
    ck_assert_int_eq(applied(&d), (int64_t)SQL_MIGRATIONS_COUNT + 1);
}
END_TEST

/* What the function "generation" says in the schema of these functions, or 0. */
static int64_t generation(const struct database *d, const struct set *s) {
    char schema[FUNCTIONS_SCHEMA_SIZE];
    char sql[200];
    functions_schema(s->functions, s->config.function_count, schema);
    snprintf(sql, sizeof(sql), "select count(*) from pg_namespace where nspname = '%s'", schema);
    if (!database_number(d, sql))
        return 0;
    snprintf(sql, sizeof(sql),
             "set role progress_app; set search_path = %s, progress; select generation()", schema);
    return database_number(d, sql);
}

START_TEST(old_and_new_functions_live_side_by_side) {
    static const char *const bodies[] = {
        "create function generation() returns int language sql as 'select 1';"
        "grant execute on function generation() to progress_app;",
        "create function generation() returns int language sql as 'select 2';"
        "grant execute on function generation() to progress_app;",
        "create function generation() returns int language sql as 'select 3';"
        "grant execute on function generation() to progress_app;",
        "create function generation() returns int language sql as 'select 4';"
        "grant execute on function generation() to progress_app;",
    };
    struct database d;
    struct set sets[COUNT(bodies)];
    database_make(&d);
    for (size_t i = 0; i < COUNT(bodies); i++) {
        set_init(&sets[i], &d);
        add_function(&sets[i], bodies[i]);
        must_run(&sets[i].config);
        for (size_t j = 0; j <= i;
             j++) /* what an older instance calls stays, for two generations */
            ck_assert_int_eq(generation(&d, &sets[j]), i - j < 3 ? (int64_t)j + 1 : 0);
    }
    ck_assert_int_eq(schemas(&d), 3);
    must_run(&sets[2].config); /* an older one starts again */
    ck_assert_int_eq(generation(&d, &sets[3]), 4);
    must_run(&sets[0].config); /* one that was swept is made again */
    ck_assert_int_eq(generation(&d, &sets[0]), 1);
}
END_TEST

START_TEST(the_functions_schema_is_named_by_their_bytes) {
    const struct embedded_file a[] = {file("1.sql", "abc")};
    const struct embedded_file b[] = {file("x.sql", "a"), file("y.sql", "bc")};
    const struct embedded_file other[] = {file("1.sql", "abd")};
    char name[FUNCTIONS_SCHEMA_SIZE];
    functions_schema(a, 1, name);
    ck_assert_str_eq(name, "progress_ba7816bf8f01"); /* SHA-256 of "abc" */
    functions_schema(b, 2, name);
    ck_assert_str_eq(name, "progress_ba7816bf8f01");
    functions_schema(other, 1, name);
    ck_assert_str_ne(name, "progress_ba7816bf8f01");
}
END_TEST

START_TEST(functions_that_fail_are_named_and_leave_nothing) {
    struct database d;
    struct set s;
    enum err err;
    database_make(&d);
    set_init(&s, &d);
    add_function(&s,
                 "create function broken() returns int language sql as 'select no_such_thing()';");
    const char *why = run(&s.config, &err);
    ck_assert_ptr_nonnull(why);
    ck_assert_msg(strncmp(why, "functions", 9) == 0, "%s", why);
    ck_assert_int_eq(schemas(&d), 0);
}
END_TEST

START_TEST(a_user_who_may_not_is_told_what_a_superuser_must_do) {
    struct database d;
    enum err err;
    char user[100];
    char sql[300];
    char url[700];
    database_make(&d);
    snprintf(user, sizeof(user), "%s_plain", d.name);
    snprintf(sql, sizeof(sql), "create role %s login", user);
    database_run(&d, sql);
    snprintf(url, sizeof(url), "%s user=%s", d.url, user);
    struct migrate_config config = database_migrations(&d);
    config.url = url;
    const char *why = run(&config, &err);
    snprintf(sql, sizeof(sql), "drop role %s", user);
    database_run(&d, sql);
    ck_assert_ptr_nonnull(why);
    ck_assert_int_eq(err, ERR_FORBIDDEN);
    ck_assert_msg(strstr(why, "grant progress_owner") != NULL, "%s", why);
    ck_assert_int_eq(
        database_number(&d, "select count(*) from pg_namespace where nspname = 'progress'"), 0);
}
END_TEST

START_TEST(a_database_that_is_away_is_unavailable) {
    enum err err;
    struct database d = {.url = "dbname=no_such_database_at_all"};
    struct migrate_config config = database_migrations(&d);
    ck_assert_ptr_nonnull(run(&config, &err));
    ck_assert_int_eq(err, ERR_UNAVAILABLE);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_empty_database_gets_all_of_it,
        a_second_time_changes_nothing,
        several_at_once_do_it_once,
        an_applied_migration_that_was_edited_is_refused_by_name,
        a_migration_that_fails_is_named_and_leaves_nothing,
        killed_midway_it_completes_the_next_time,
        a_second_one_waits_for_the_first,
        an_older_program_leaves_newer_migrations_alone,
        old_and_new_functions_live_side_by_side,
        the_functions_schema_is_named_by_their_bytes,
        functions_that_fail_are_named_and_leave_nothing,
        a_user_who_may_not_is_told_what_a_superuser_must_do,
        a_database_that_is_away_is_unavailable,
    };
    database_need("pg/migrate");
    int status = suite_run("pg/migrate", tests, COUNT(tests));
    database_drop_all();
    return status;
}
