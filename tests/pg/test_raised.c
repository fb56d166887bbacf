#include <stdio.h>
#include <string.h>

#include "pools.h"

/* What a statement raises, and what becomes of it. */

START_TEST(a_commit_that_fails_after_its_rows_is_a_failure) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    database_run(
        &d,
        "create function public.late() returns trigger language plpgsql as $$"
        "begin raise exception using errcode = 'CP422', message = 'too late', detail = '#/summary'; end $$;"
        "create constraint trigger late after insert on public.done deferrable initially deferred"
        "  for each row when (new.mark = 'bad') execute function public.late()");
    static const struct stmt bad = {"bad", "insert into done values ('b', 'bad') returning key"};
    static const struct stmt good = {"good", "insert into done values ('g', 'good') returning key"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 5000);
    ck_assert(!pool_write(&c, p, &bad, NULL, 0, &rows));
    ck_assert_int_eq(c.err, ERR_INVALID);
    ck_assert_str_eq(c.detail, "too late");
    ck_assert_str_eq(c.faults->where, "#/summary");
    ck_assert_ptr_null(rows);
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 0);

    AUTO(call) struct call next;
    call_init(&next, 5000);
    ck_assert(pool_write(&next, p, &good, NULL, 0, &rows));
    ck_assert_str_eq(rows_text(rows, 0, 0), "g");
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 1);
    pool_free(p);
}
END_TEST

START_TEST(trying_gives_the_answer_and_records_nothing) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    static const struct stmt insert = {"insert",
                                       "insert into done values ('g', 'x') returning key"};
    for (int i = 0; i < 3; i++) {
        AUTO(call) struct call c;
        AUTO(rows) struct rows *rows = NULL;
        call_init(&c, 5000);
        ck_assert_msg(pool_try(&c, p, &insert, NULL, 0, &rows), "%s", c.detail);
        ck_assert_str_eq(rows_text(rows, 0, 0), "g");
    }
    ck_assert_int_eq(database_number(&d, "select count(*) from done"), 0);
    pool_fails(pool_try, p, "insert into done values (null)", 5000, ERR_INVALID, 5000);
    pool_fails(pool_try, p, "select fails_first(100, 'die')", 5000, ERR_UNAVAILABLE, 5000);
    ck_assert_int_eq(pool_number(p, &ONE), 1); /* no transaction was left open on any connection */
    ck_assert_int_eq(
        database_number(&d, "select count(*) from pg_stat_activity where state like 'idle in%'"),
        0);
    pool_free(p);
}
END_TEST

START_TEST(what_is_raised_becomes_the_error_it_means) {
    static const struct {
        const char *state, *hint;
        enum err err;
    } cases[] = {
        {"CP400", "", ERR_MALFORMED},
        {"CP401", "invalid-key", ERR_UNAUTHENTICATED},
        {"CP403", "missing-scope", ERR_FORBIDDEN},
        {"CP404", "", ERR_NOT_FOUND},
        {"CP404", "unknown-plan", ERR_NOT_FOUND},
        {"CP404", "no-active-plan", ERR_NO_ACTIVE_PLAN},
        {"CP409", "", ERR_CONFLICT},
        {"CP409", "discarded", ERR_CONFLICT},
        {"CP409", "idempotency-in-flight", ERR_IN_FLIGHT},
        {"CP409", "external-id-known", ERR_KNOWN},
        {"CP409", "redacted", ERR_REDACTED},
        {"CP409", "superseded", ERR_SUPERSEDED},
        {"CP412", "stale-revision", ERR_STALE},
        {"CP422", "", ERR_INVALID},
        {"CP422", "idempotency-key-reused", ERR_KEY_REUSED},
        {"CP428", "if-match-required", ERR_PRECONDITION_REQUIRED},
        {"22P02", "", ERR_INVALID},
        {"23514", "", ERR_INVALID},
        {"23505", "", ERR_INVALID},
        {"53100", "", ERR_UNAVAILABLE},
        {"58030", "", ERR_UNAVAILABLE},
        {"55P03", "", ERR_UNAVAILABLE},
        {"57014", "", ERR_UNAVAILABLE},
        {"42501", "", ERR_INTERNAL},
        {"42P01", "", ERR_INTERNAL},
        {"P0001", "", ERR_INTERNAL},
        {"XX000", "", ERR_INTERNAL},
    };
    struct database d;
    struct pool *p = pool_of_killers(&d);
    database_run(
        &d,
        "create function public.raise(state text, hint text) returns void language plpgsql as $$"
        "begin raise exception using errcode = state, message = 'the words of the server', hint = hint; end $$");
    static const struct stmt s = {"s", "select raise($1, $2)"};
    int64_t pid = pool_number(p, &PID);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(rows) struct rows *rows = NULL;
        call_init(&c, 5000);
        const char *params[] = {cases[i].state, cases[i].hint};
        ck_assert(!pool_write(&c, p, &s, params, 2, &rows));
        ck_assert_msg(c.err == cases[i].err, "%s %s: %d", cases[i].state, cases[i].hint,
                      (int)c.err);
        bool ours = cases[i].state[0] == 'C';
        ck_assert_msg((strstr(c.detail, "the words of the server") != NULL) == ours, "%s: %s",
                      cases[i].state, c.detail);
    }
    ck_assert_int_eq(pool_number(p, &PID), pid);
    pool_free(p);
}
END_TEST

START_TEST(a_full_disk_is_known_until_a_write_works) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    static const struct stmt full = {
        "full",
        "do $$ begin raise exception using errcode = '53100', message = 'no space'; end $$"};
    static const struct stmt good = {"good", "insert into done values ('g', 'good') returning key"};
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 5000);
    ck_assert(!pool_is_full(p));
    ck_assert(!pool_write(&c, p, &full, NULL, 0, &rows));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(c.detail, "disk is full"));
    ck_assert_int_gt(c.retry_after_s, 0);
    ck_assert_int_eq(pool_number(p, &ONE), 1);
    ck_assert_msg(pool_is_full(p), "a read does not make room");

    AUTO(call) struct call next;
    call_init(&next, 5000);
    ck_assert(pool_write(&next, p, &good, NULL, 0, &rows));
    ck_assert(!pool_is_full(p));
    pool_free(p);
}
END_TEST

START_TEST(faults_and_locations_come_with_what_is_raised) {
    struct database d;
    struct pool *p = pool_of_killers(&d);
    char functions[FUNCTIONS_SCHEMA_SIZE + 40];
    struct pool_config config = database_pool(&d, 1);
    snprintf(functions, sizeof(functions), "%s, public", config.search_path);
    config = pool_plain(&d, 1);
    config.search_path = functions;
    struct pool *with_functions = pool_open(&config);
    static const struct stmt one = {"one",
                                    "select problem(422, 'no objective 9.9', '#/objective')"};
    static const struct stmt parameter = {"parameter",
                                          "select problem(400, 'in the future', '?as_of')"};
    static const struct stmt known = {
        "known",
        "select problem(409, 'known', '#/external_id', 'external-id-known', '/updates/gogov/x%20y')"};
    static const struct stmt several = {
        "several",
        "select refuse_if('[]' || fault('#/as_of', 'is late') || (fault('#/links/0/url', E'has \\ta tab,\\na break')))"};
    const struct {
        const struct stmt *stmt;
        enum err err;
        const char *where, *second, *location;
    } cases[] = {
        {&one, ERR_INVALID, "#/objective", NULL, NULL},
        {&parameter, ERR_MALFORMED, "as_of", NULL, NULL},
        {&known, ERR_KNOWN, "#/external_id", NULL, "/updates/gogov/x%20y"},
        {&several, ERR_INVALID, "#/as_of", "#/links/0/url", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(rows) struct rows *rows = NULL;
        call_init(&c, 5000);
        ck_assert(!pool_write(&c, with_functions, cases[i].stmt, NULL, 0, &rows));
        ck_assert_msg(c.err == cases[i].err, "%s: %d: %s", cases[i].stmt->name, (int)c.err,
                      c.detail);
        ck_assert_msg(c.faults != NULL, "%s: no fault", cases[i].stmt->name);
        ck_assert_str_eq(c.faults->where, cases[i].where);
        ck_assert_int_eq(c.faults->next != NULL, cases[i].second != NULL);
        if (cases[i].second)
            ck_assert_str_eq(c.faults->next->where, cases[i].second);
        ck_assert_str_eq(c.location ? c.location : "", cases[i].location ? cases[i].location : "");
    }
    pool_free(with_functions);
    pool_free(p);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_commit_that_fails_after_its_rows_is_a_failure,
        trying_gives_the_answer_and_records_nothing,
        what_is_raised_becomes_the_error_it_means,
        a_full_disk_is_known_until_a_write_works,
        faults_and_locations_come_with_what_is_raised,
    };
    return pools_run("pg/raised", tests, COUNT(tests));
}
