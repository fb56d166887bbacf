#include "pg/pool.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "generated/queries.h"
#include "pools.h"

/* Bounds of time leave room for an instrumented build on a busy machine; what must not happen takes
 * seconds. */

static const struct stmt SLEEP = {"sleep", "select pg_sleep($1::float8)"};

/* ---- statements and sessions ---- */

START_TEST(every_statement_of_the_program_prepares) {
    struct pool_config config = database_pool(&home, 1);
    ck_assert_uint_gt(config.statement_count, 25);
    struct pool *p = pool_open(&config);
    ck_assert_int_eq(pool_number(p, &SQL_ready), 0);
    pool_free(p);
}
END_TEST

START_TEST(a_database_that_is_not_migrated_is_told_from_one_that_is_away) {
    struct database d;
    database_make(&d);
    database_run(&d, "create schema progress; grant usage on schema progress to progress_app");
    struct pool_config config = database_pool(&d, 1);
    AUTO(call) struct call c;
    call_init(&c, 3000);
    struct pool *p = pool_new(&c, &config);
    ck_assert(!pool_wait(&c, p));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    ck_assert_msg(strstr(c.detail, "is the database migrated?") != NULL, "%s", c.detail);
    pool_free(p);
}
END_TEST

START_TEST(waiting_in_vain_says_why_the_login_failed) {
    struct pool_config config = pool_plain(&home, 1);
    config.url = "dbname=no_such_database_at_all";
    AUTO(call) struct call c;
    call_init(&c, 1000);
    struct pool *p = pool_new(&c, &config);
    ck_assert(!pool_wait(&c, p));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    ck_assert_msg(strncmp(c.detail, "database login: ", 16) == 0 && !strchr(c.detail, '\n'), "%s",
                  c.detail);
    pool_free(p);
}
END_TEST

START_TEST(a_session_has_its_role_path_and_timeouts) {
    static const struct {
        const char *setting, *value;
    } cases[] = {
        {"role", "progress_app"},
        {"statement_timeout", "3s"},
        {"lock_timeout", "1s"},
        {"idle_in_transaction_session_timeout", "5s"},
        {"client_connection_check_interval", "1s"},
        {"plan_cache_mode", "force_custom_plan"},
        {"TimeZone", "UTC"},
        {"client_encoding", "UTF8"},
        {"application_name", "progressd"},
    };
    static const struct stmt setting = {"setting", "select current_setting($1), current_schema()"};
    struct pool_config config = database_pool(&home, 1);
    config.prepare = false;
    struct pool *p = pool_open(&config);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(rows) struct rows *rows = NULL;
        call_init(&c, 5000);
        ck_assert_msg(pool_read(&c, p, &setting, &cases[i].setting, 1, &rows), "%s", c.detail);
        ck_assert_str_eq(rows_text(rows, 0, 0), cases[i].value);
        ck_assert_int_eq(strncmp(config.search_path, rows_text(rows, 0, 1),
                                 strlen(rows_text(rows, 0, 1))),
                         0);
    }
    pool_free(p);
}
END_TEST

START_TEST(nulls_and_columns_that_are_not_there_read_as_nothing) {
    static const struct stmt values = {"values", "select $1::text, 7, 'four'"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    struct pool_config config = pool_plain(&home, 1);
    struct pool *p = pool_open(&config);
    call_init(&c, 5000);
    ck_assert(pool_read(&c, p, &values, (const char *const[]){NULL}, 1, &rows));
    ck_assert_uint_eq(rows_count(rows), 1);
    ck_assert_ptr_null(rows_text(rows, 0, 0));
    ck_assert_uint_eq(rows_len(rows, 0, 0), 0);
    ck_assert_int_eq(rows_int(rows, 0, 0), 0);
    ck_assert_int_eq(rows_int(rows, 0, 1), 7);
    ck_assert_uint_eq(rows_len(rows, 0, 2), 4);
    ck_assert_ptr_null(rows_text(rows, 0, 3));
    pool_free(p);
}
END_TEST

/* ---- leases and time ---- */

struct sleeper {
    struct pool *pool;
    const char *seconds;
    enum err err;
};

static void *run_sleeper(void *arg) {
    struct sleeper *s = arg;
    struct call c;
    struct rows *rows = NULL;
    call_init(&c, 10000);
    if (!pool_read(&c, s->pool, &SLEEP, &s->seconds, 1, &rows))
        s->err = c.err;
    rows_free(rows);
    call_drop(&c);
    return NULL;
}

static void await_lent(struct pool *p, size_t wanted) {
    size_t idle;
    size_t lent;
    do {
        sched_yield();
        pool_usage(p, &idle, &lent);
    } while (lent != wanted);
}

START_TEST(waiting_for_a_connection_ends_after_the_checkout_time) {
    struct pool_config config = pool_plain(&home, 1);
    struct pool *p = pool_open(&config);
    struct sleeper sleeper = {p, "2.5", ERR_NONE};
    pthread_t thread;
    pthread_create(&thread, NULL, run_sleeper, &sleeper);
    await_lent(p, 1);
    int64_t began = clock_mono_us();
    pool_fails(pool_read, p, "select 1", 5000, ERR_UNAVAILABLE, 1000);
    ck_assert_int_ge(pool_since_ms(began), 240);
    pool_fails(pool_write, p, "select 1", 5000, ERR_UNAVAILABLE, 1000);
    ck_assert(pool_is_up(p)); /* busy is not away */
    pthread_join(thread, NULL);
    ck_assert_int_eq(sleeper.err, ERR_NONE);
    ck_assert_int_eq(pool_number(p, &ONE), 1);
    pool_free(p);
}
END_TEST

START_TEST(a_connection_given_back_goes_to_who_waits) {
    struct pool_config config = pool_plain(&home, 1);
    config.checkout_ms = 5000;
    struct pool *p = pool_open(&config);
    struct sleeper sleeper = {p, "0.2", ERR_NONE};
    pthread_t thread;
    pthread_create(&thread, NULL, run_sleeper, &sleeper);
    await_lent(p, 1);
    ck_assert_int_eq(pool_number(p, &ONE), 1);
    pthread_join(thread, NULL);
    pool_free(p);
}
END_TEST

START_TEST(a_statement_ends_at_the_calls_deadline) {
    struct pool_config config = pool_plain(&home, 1);
    struct pool *p = pool_open(&config);
    pool_fails(pool_read, p, "select pg_sleep(8)", 200, ERR_UNAVAILABLE, 1500);
    AUTO(call) struct call c;
    call_init(&c, 5000);
    ck_assert_msg(pool_wait(&c, p), "%s", c.detail);
    ck_assert_int_eq(pool_number(p, &ONE), 1);
    pool_free(p);
}
END_TEST

START_TEST(a_statement_over_the_servers_time_is_refused_and_the_connection_kept) {
    struct pool_config config = pool_plain(&home, 1);
    config.statement_ms = 100;
    struct pool *p = pool_open(&config);
    int64_t pid = pool_number(p, &PID);
    pool_fails(pool_read, p, "select pg_sleep(8)", 5000, ERR_UNAVAILABLE, 2500);
    pool_fails(pool_write, p, "select pg_sleep(8)", 5000, ERR_UNAVAILABLE, 2500);
    ck_assert_int_eq(pool_number(p, &PID), pid);
    pool_free(p);
}
END_TEST

START_TEST(a_frozen_backend_hangs_nobody) {
    struct pool_config config = pool_plain(&home, 1);
    struct pool *p = pool_open(&config);
    pid_t pid = (pid_t)pool_number(p, &PID);
    ck_assert_int_eq(kill(pid, SIGSTOP), 0);
    pool_fails(pool_read, p, "select 1", 300, ERR_UNAVAILABLE, 1500);
    AUTO(call) struct call c;
    call_init(&c, 5000);
    bool again = pool_wait(&c, p); /* on a new connection */
    kill(pid, SIGCONT);
    ck_assert_msg(again, "%s", c.detail);
    pool_free(p);
}
END_TEST

START_TEST(a_server_that_never_answers_hangs_nobody) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    char url[200];
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&at, &len), 0);
    snprintf(url, sizeof(url), "host=127.0.0.1 port=%d user=x dbname=x", ntohs(at.sin_port));

    struct pool_config config = pool_plain(&home, 2);
    config.url = url;
    AUTO(call) struct call c;
    call_init(&c, 5000);
    struct pool *p = pool_new(&c, &config);
    pool_fails(pool_read, p, "select 1", 2000, ERR_UNAVAILABLE, 1500);
    pool_fails(pool_write, p, "select 1", 2000, ERR_UNAVAILABLE, 1500);
    int64_t began = clock_mono_us();
    pool_free(p);
    ck_assert_int_lt(pool_since_ms(began), 4000);
    close(listener);
}
END_TEST

START_TEST(many_threads_share_few_connections) {
    enum { THREADS = 16 };
    struct pool_config config = pool_plain(&home, 3);
    config.checkout_ms = 20000;
    struct pool *p = pool_open(&config);
    struct sleeper sleepers[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        sleepers[i] = (struct sleeper){p, "0.01", ERR_NONE};
        pthread_create(&threads[i], NULL, run_sleeper, &sleepers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(sleepers[i].err, ERR_NONE);
    }
    size_t idle;
    size_t lent;
    pool_usage(p, &idle, &lent);
    ck_assert_uint_eq(lent, 0);
    ck_assert_uint_ge(idle, 1);
    pool_free(p);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_statement_of_the_program_prepares,
        a_database_that_is_not_migrated_is_told_from_one_that_is_away,
        waiting_in_vain_says_why_the_login_failed,
        a_session_has_its_role_path_and_timeouts,
        nulls_and_columns_that_are_not_there_read_as_nothing,
        waiting_for_a_connection_ends_after_the_checkout_time,
        a_connection_given_back_goes_to_who_waits,
        a_statement_ends_at_the_calls_deadline,
        a_statement_over_the_servers_time_is_refused_and_the_connection_kept,
        a_frozen_backend_hangs_nobody,
        a_server_that_never_answers_hangs_nobody,
        many_threads_share_few_connections,
    };
    return pools_run("pg/pool", tests, COUNT(tests));
}
