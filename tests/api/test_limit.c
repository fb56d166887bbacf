#include "api/limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

static struct service s;

static struct limiter *make(int64_t per_minute) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    struct limiter *l = limiter_new(&c, per_minute);
    ck_assert_ptr_nonnull(l);
    return l;
}

START_TEST(a_window_lasts_a_minute) {
    static const int64_t SECOND = 1000000;
    struct limiter *l = make(3);
    struct allowance a;
    for (int64_t i = 0; i < 3; i++) {
        ck_assert(limiter_take(l, "a", 5 * SECOND + i, &a));
        ck_assert_int_eq(a.quota, 3);
        ck_assert_int_eq(a.left, 2 - i);
        ck_assert_int_eq(a.reset_s, 60);
    }
    ck_assert(!limiter_take(l, "a", 35 * SECOND, &a));
    ck_assert_int_eq(a.left, 0);
    ck_assert_int_eq(a.reset_s, 30);
    ck_assert(limiter_take(l, "b", 35 * SECOND, &a)); /* nobody pays for another */
    ck_assert(!limiter_take(l, "a", 65 * SECOND - 1, &a));
    ck_assert_int_eq(a.reset_s, 1);
    ck_assert(limiter_take(l, "a", 65 * SECOND, &a));
    ck_assert_int_eq(a.left, 2);
    limiter_free(l);
}
END_TEST

START_TEST(what_is_given_back_can_be_taken_again) {
    struct limiter *l = make(1);
    struct allowance a;
    for (int i = 0; i < 5; i++) {
        ck_assert(limiter_take(l, "a", 1, &a));
        limiter_return(l, "a");
    }
    limiter_return(l, "a");
    limiter_return(l, "nobody");
    ck_assert(limiter_take(l, "a", 1, &a));
    ck_assert(!limiter_take(l, "a", 1, &a));
    limiter_free(l);
}
END_TEST

START_TEST(zero_is_no_limit) {
    struct limiter *l = make(0);
    struct allowance a;
    for (int i = 0; i < 10000; i++)
        ck_assert(limiter_take(l, "a", 1, &a));
    ck_assert_int_eq(a.quota, 0);
    limiter_free(l);
}
END_TEST

START_TEST(a_flood_of_names_neither_fills_memory_nor_locks_anybody_out) {
    struct limiter *l = make(1);
    struct allowance a;
    for (int i = 0; i < 50000; i++) {
        char name[20];
        snprintf(name, sizeof(name), "name-%d", i);
        ck_assert(limiter_take(l, name, 1, &a));
    }
    limiter_free(l);
}
END_TEST

static int post(const char *key, const char *idem) {
    return service_ask(
               &s,
               (struct ask){
                   .method = "POST",
                   .target = "/updates",
                   .key = key,
                   .idempotency_key = idem,
                   .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}"})
        ->status;
}

START_TEST(a_key_that_writes_too_much_waits_and_no_other_does) {
    service_open_limited(&s, 0, 3);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const char *other = service_key(&s, "report,publish", "erp", NULL);
    const struct answer *a =
        EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "1",
               .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}");
    ck_assert_str_eq(answer_header(a, "RateLimit-Policy"), "\"default\";q=3;w=60");
    ck_assert_str_eq(answer_header(a, "RateLimit"), "\"default\";r=2;t=60");
    ck_assert_int_eq(post(key, "2"), 201);
    ck_assert_int_eq(post(key, "2"), 201); /* a replay counts too */
    a = EXPECT(&s, 429, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "4",
               .body = "{}");
    REFUSES(a, "too-many-requests");
    ck_assert_str_eq(answer_header(a, "RateLimit-Policy"), "\"default\";q=3;w=60");
    ck_assert_ptr_nonnull(strstr(answer_header(a, "RateLimit"), "\"default\";r=0;t="));
    int wait = atoi(answer_header(a, "Retry-After"));
    ck_assert(wait >= 1 && wait <= 60);
    ck_assert_int_eq(a->body_reads, 0);
    ck_assert_int_eq(post(other, "1"), 201);
    GET(&s, "/goals");
    service_close(&s);
}
END_TEST

START_TEST(an_address_that_guesses_keys_waits_and_a_real_key_does_not) {
    service_open_limited(&s, 3, 0);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(post(key, "1"), 201);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(post("cip_nobody", "1"), 401);
    ck_assert_int_eq(post("cip_nobody", "1"), 429);
    GET(&s, "/goals");
    service_close(&s);
}
END_TEST

START_TEST(an_address_that_reads_too_much_waits_and_no_other_does) {
    service_open_limited(&s, 3, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_null(
            answer_header(GET(&s, "/goals"), "RateLimit")); /* never in shared bytes */
    const struct answer *a = EXPECT(&s, 429, .method = "GET", .target = "/goals");
    ck_assert_str_eq(answer_header(a, "RateLimit-Policy"), "\"default\";q=3;w=60");
    ck_assert_ptr_nonnull(answer_header(a, "Retry-After"));
    EXPECT(&s, 200, .method = "GET", .target = "/goals", .client = "192.0.2.99");
    for (int i = 0; i < 10; i++) { /* probes are free */
        GET(&s, "/livez");
        GET(&s, "/readyz");
        GET(&s, "/metrics");
        GET(&s, "/health");
    }
    service_close(&s);
}
END_TEST

START_TEST(an_unchanged_answer_costs_nothing) {
    service_open_limited(&s, 2, 0);
    const char *etag = GET(&s, "/goals")->etag;
    for (int i = 0; i < 10; i++)
        EXPECT(&s, 200, .method = "GET", .target = "/goals",
               .headers = {{"If-None-Match", etag}}); /* 304 on the wire */
    EXPECT(&s, 200, .method = "GET", .target = "/goals",
           .headers = {{"If-None-Match", "\"r0-0000000000000000\""}});
    EXPECT(&s, 429, .method = "GET", .target = "/goals");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_window_lasts_a_minute,
        what_is_given_back_can_be_taken_again,
        zero_is_no_limit,
        a_flood_of_names_neither_fills_memory_nor_locks_anybody_out,
        a_key_that_writes_too_much_waits_and_no_other_does,
        an_address_that_guesses_keys_waits_and_a_real_key_does_not,
        an_address_that_reads_too_much_waits_and_no_other_does,
        an_unchanged_answer_costs_nothing,
    };
    service_prepare("api/limit", false);
    int status = suite_run("api/limit", tests, COUNT(tests));
    service_clean_up();
    return status;
}
