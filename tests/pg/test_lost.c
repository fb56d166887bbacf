#include <stdio.h>

#include "base/clock.h"
#include "pools.h"

/* Connections that die, transactions that the server rolls back, plans that go stale, and the
 * breaker. */

START_TEST(a_connection_cut_while_idle_is_replaced_unseen) {
    struct pool_config config = pool_plain(&home, 1);
    config.checkout_ms = 10000;
    struct pool *p = pool_open(&config);
    for (int i = 0; i < 5; i++) {
        char sql[100];
        int64_t pid = pool_number(p, &PID);
        snprintf(sql, sizeof(sql), "select pg_terminate_backend(%lld, 10000)", (long long)pid);
        database_run(&home, sql);
        ck_assert_int_ne(pool_number(p, &PID), pid);
    }
    ck_assert(pool_is_up(p));
    pool_free(p);
}
END_TEST

START_TEST(a_read_whose_connection_dies_is_repeated) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    static const struct stmt s = {"s", "select fails_first(1, 'die')"};
    ck_assert_int_eq(pool_number(p, &s), 2);
    pool_free(p);
}
END_TEST

START_TEST(a_read_that_always_dies_ends_unavailable) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    pool_fails(pool_read, p, "select fails_first(100, 'die')", 5000, ERR_UNAVAILABLE, 5500);
    ck_assert_int_le(pool_tries(&d), 3);
    pool_free(p);
}
END_TEST

START_TEST(a_write_whose_connection_dies_is_applied_once) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    static const struct stmt s = {"s", "select fails_first_after(2, 'die', 'x')"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 20000);
    ck_assert_msg(pool_write(&c, p, &s, NULL, 0, &rows), "%s", c.detail);
    ck_assert_int_eq(rows_int(rows, 0, 0), 3);
    ck_assert_int_eq(c.err, ERR_NONE);
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 1);
    pool_free(p);
}
END_TEST

START_TEST(a_write_that_was_recorded_unheard_is_replayed_not_repeated) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    static const struct stmt s = {"s", "select commits_and_dies($1)"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 20000);
    const char *url = d.url;
    ck_assert_msg(pool_write(&c, p, &s, &url, 1, &rows), "%s", c.detail);
    ck_assert_str_eq(rows_text(rows, 0, 0), "replayed");
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 1);
    pool_free(p);
}
END_TEST

START_TEST(a_write_that_always_dies_has_an_unknown_outcome) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    pool_fails(pool_write, p, "select fails_first_after(1000, 'die', 'x')", 1500,
               ERR_OUTCOME_UNKNOWN, 4000);
    ck_assert_int_ge(pool_tries(&d), 2);
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 0);
    pool_free(p);
}
END_TEST

START_TEST(what_the_server_rolled_back_is_tried_again) {
    static const char *const states[] = {"40001", "40P01"};
    for (size_t i = 0; i < COUNT(states); i++) {
        struct database d;
        struct pool *p = pool_of_killers(&d);
        int64_t pid = pool_number(p, &PID);
        char sql[100];
        AUTO(call) struct call c;
        AUTO(rows) struct rows *rows = NULL;
        call_init(&c, 10000);
        snprintf(sql, sizeof(sql), "select fails_first(2, '%s')", states[i]);
        const struct stmt read = {"read", sql};
        ck_assert_int_eq(pool_number(p, &read), 3);
        database_run(&d, "select setval('tries', 1, false)");
        snprintf(sql, sizeof(sql), "select fails_first_after(20, '%s', 'x')", states[i]);
        const struct stmt write = {"write", sql};
        ck_assert_msg(pool_write(&c, p, &write, NULL, 0, &rows), "%s", c.detail);
        ck_assert_int_eq(rows_int(rows, 0, 0), 21);
        ck_assert_int_eq(pool_number(p, &PID), pid); /* the connection was never in doubt */
        pool_free(p);
    }
}
END_TEST

START_TEST(what_never_stops_being_rolled_back_records_nothing) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    pool_fails(pool_read, p, "select fails_first(100000000, '40001')", 2000, ERR_UNAVAILABLE, 3000);
    static const struct stmt s = {"s", "select fails_first_after(100000000, '40001', 'x')"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 500);
    ck_assert(!pool_write(&c, p, &s, NULL, 0, &rows));
    ck_assert(c.err == ERR_UNAVAILABLE ||
              c.err == ERR_OUTCOME_UNKNOWN); /* cut between two tries, or in one */
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 0);
    pool_free(p);
}
END_TEST

START_TEST(a_forgotten_prepared_statement_is_prepared_anew) {
    static const struct stmt forget = {"forget", "deallocate all"};
    static const struct stmt *const statements[] = {&ONE, &PID, &forget};
    struct pool_config config = pool_plain(&home, 1);
    config.prepare = true;
    config.statements = statements;
    config.statement_count = COUNT(statements);
    config.checkout_ms = 10000;
    struct pool *p = pool_open(&config);
    int64_t pid = pool_number(p, &PID);
    AUTO(call) struct call c;
    AUTO(rows) struct rows *none = NULL;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 10000);
    ck_assert_msg(pool_read(&c, p, &forget, NULL, 0, &none), "%s", c.detail);
    ck_assert_msg(pool_write(&c, p, &ONE, NULL, 0, &rows), "%s", c.detail);
    ck_assert_int_eq(rows_int(rows, 0, 0), 1);
    ck_assert_int_ne(pool_number(p, &PID), pid);
    pool_free(p);
}
END_TEST

START_TEST(a_plan_whose_result_type_moved_is_prepared_anew) {
    static const struct stmt all = {"all", "select * from shape"};
    static const struct stmt *const statements[] = {&all};
    struct database d;
    database_copy(&d, &home);
    database_run(&d, "create table public.shape (a int); insert into public.shape values (1)");
    struct pool_config config = pool_plain(&d, 1);
    config.prepare = true;
    config.statements = statements;
    config.statement_count = COUNT(statements);
    config.checkout_ms = 10000;
    struct pool *p = pool_open(&config);
    ck_assert_int_eq(pool_number(p, &all), 1);
    database_run(&d, "alter table public.shape add column b int default 7");
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 10000);
    ck_assert_msg(pool_read(&c, p, &all, NULL, 0, &rows), "%s", c.detail);
    ck_assert_int_eq(rows_int(rows, 0, 1), 7);
    pool_free(p);
}
END_TEST

/* ---- the breaker ---- */

START_TEST(the_breaker_opens_answers_at_once_and_heals) {
    enum { CALLS = 50 };
    struct database d;
    database_copy(&d, &home);
    struct pool_config config = pool_plain(&d, 2);
    struct pool *p = pool_open(&config);
    ck_assert(pool_is_up(p));
    database_shut(&d);
    int64_t began = clock_mono_us();
    while (pool_is_up(p) && pool_since_ms(began) < 5000)
        pool_fails(pool_read, p, "select 1", 2000, ERR_UNAVAILABLE, 2500);
    ck_assert(!pool_is_up(p));

    int64_t fastest = INT64_MAX;
    for (int i = 0; i < CALLS; i++) {
        began = clock_mono_us();
        pool_fails(i % 2 ? pool_read : pool_write, p, "select 1", 2000, ERR_UNAVAILABLE, 500);
        int64_t took = clock_mono_us() - began;
        fastest = took < fastest ? took : fastest;
    }
    ck_assert_msg(fastest < 1000, "%lld us", (long long)fastest);

    database_reopen(&d);
    AUTO(call) struct call c;
    call_init(&c, 2500);
    ck_assert_msg(pool_wait(&c, p), "%s", c.detail);
    ck_assert(pool_is_up(p));
    ck_assert_int_eq(pool_number(p, &ONE), 1);
    pool_free(p);
}
END_TEST

START_TEST(connections_cut_one_after_another_do_not_open_the_breaker) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    for (int i = 0; i < 6; i++) {
        database_run(&d, "select setval('tries', 1, false)");
        static const struct stmt s = {"s", "select fails_first(1, 'die')"};
        ck_assert_int_eq(pool_number(p, &s), 2);
    }
    ck_assert(pool_is_up(p));
    pool_free(p);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_connection_cut_while_idle_is_replaced_unseen,
        a_read_whose_connection_dies_is_repeated,
        a_read_that_always_dies_ends_unavailable,
        a_write_whose_connection_dies_is_applied_once,
        a_write_that_was_recorded_unheard_is_replayed_not_repeated,
        a_write_that_always_dies_has_an_unknown_outcome,
        what_the_server_rolled_back_is_tried_again,
        what_never_stops_being_rolled_back_records_nothing,
        a_forgotten_prepared_statement_is_prepared_anew,
        a_plan_whose_result_type_moved_is_prepared_anew,
        the_breaker_opens_answers_at_once_and_heals,
        connections_cut_one_after_another_do_not_open_the_breaker,
    };
    return pools_run("pg/lost", tests, COUNT(tests));
}
