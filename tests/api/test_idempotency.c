#include <string.h>

#include "reports.h"

static struct service s;

START_TEST(a_repeat_is_answered_byte_by_byte_and_applied_once) {
    static const char body[] = PROGRESS("7.1", "2026-10-31", "'status':'on_track'");
    service_open(&s);
    const char *key = reports_key(&s);
    const struct answer *first = EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key,
                                        .idempotency_key = "\"k-1\"", .body = body);
    for (int i = 0; i < 3; i++) {
        const struct answer *again = EXPECT(&s, 201, .method = "POST", .target = "/updates",
                                            .key = key, .idempotency_key = i ? "k-1" : "\"k-1\"",
                                            .body = body);
        ck_assert_str_eq(again->body, first->body);
        ck_assert_str_eq(again->etag, first->etag);
        ck_assert_str_eq(answer_header(again, "Location"), answer_header(first, "Location"));
        ck_assert_str_eq(answer_header(again, "Idempotent-Replayed"), "true");
    }
    ck_assert_int_eq(reports_published(&s), 1);
    ck_assert_int_eq(
        database_number(&s.database,
                        "select count(*) from progress.audit_event where action = 'publish'"),
        1);
    service_close(&s);
}
END_TEST

START_TEST(a_key_used_for_another_request_is_refused) {
    service_open(&s);
    const char *key = reports_key(&s);
    EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
           .body = NOTE("7.1", "2026-10-31"));
    const struct answer *others[] = {
        EXPECT(&s, 422, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
               .body = NOTE("7.1", "2026-10-30")),
        EXPECT(&s, 422, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
               .body = " " NOTE("7.1", "2026-10-31")),
        EXPECT(&s, 422, .method = "POST", .target = "/updates?dry_run=false", .key = key,
               .idempotency_key = "k", .body = NOTE("7.1", "2026-10-31")),
        EXPECT(&s, 422, .method = "PUT", .target = "/updates/gogov/x", .key = key,
               .idempotency_key = "k", .body = NOTE("7.1", "2026-10-31")),
    };
    for (size_t i = 0; i < COUNT(others); i++)
        REFUSES(others[i], "idempotency-key-reused");
    ck_assert_int_eq(reports_published(&s), 1);
    service_close(&s);
}
END_TEST

START_TEST(an_idempotency_key_belongs_to_the_client) {
    service_open(&s);
    const char *mine = reports_key(&s);
    const char *body = NOTE("7.1", "2026-10-31");
    const struct answer *first = EXPECT(&s, 201, .method = "POST", .target = "/updates",
                                        .key = mine, .idempotency_key = "k", .body = body);
    EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = reports_key(&s),
           .idempotency_key = "k", .body = body);
    ck_assert_int_eq(reports_published(&s), 2);

    s.keys = 0; /* the first client's second key, as in a rotation */
    const char *next = reports_key(&s);
    ck_assert_str_ne(next, mine);
    const struct answer *again = EXPECT(&s, 201, .method = "POST", .target = "/updates",
                                        .key = next, .idempotency_key = "k", .body = body);
    ck_assert_str_eq(again->body, first->body);
    ck_assert_int_eq(reports_published(&s), 2);
    service_close(&s);
}
END_TEST

START_TEST(a_post_without_an_idempotency_key_is_malformed_before_its_body_is_read) {
    service_open(&s);
    const struct answer *a = EXPECT(&s, 400, .method = "POST", .target = "/updates",
                                    .key = reports_key(&s), .body = NOTE("7.1", "2026-10-31"));
    REFUSES(a, "malformed Idempotency-Key");
    ck_assert_int_eq(a->body_reads, 0);
    a = EXPECT(&s, 400, .method = "POST", .target = "/updates", .key = reports_key(&s),
               .idempotency_key = "two words", .body = NOTE("7.1", "2026-10-31"));
    REFUSES(a, "malformed Idempotency-Key");
    service_close(&s);
}
END_TEST

START_TEST(a_refusal_is_not_remembered) {
    service_open(&s);
    const char *key = reports_key(&s);
    EXPECT(&s, 422, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
           .body = NOTE("9.9", "2026-10-31"));
    EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
           .body = NOTE("7.1", "2026-10-31"));
    service_close(&s);
}
END_TEST

START_TEST(a_request_under_way_is_not_waited_for) {
    service_open(&s);
    const char *key = reports_key(&s);
    void *held = database_hold(
        &s.database,
        "select pg_advisory_lock(hashtextextended(concat_ws(':', 'idempotency', id, 'k'), 0))"
        "  from progress.api_client");
    const struct answer *a = EXPECT(&s, 409, .method = "POST", .target = "/updates", .key = key,
                                    .idempotency_key = "k", .body = NOTE("7.1", "2026-10-31"));
    REFUSES(a, "idempotency-in-flight");
    ck_assert_ptr_nonnull(answer_header(a, "Retry-After"));
    database_let_go(held);
    for (int status = 0;
         status != 201;) { /* the server notices in its own time that the lock is free */
        status = service_ask(&s, (struct ask){.method = "POST",
                                              .target = "/updates",
                                              .key = key,
                                              .idempotency_key = "k",
                                              .body = NOTE("7.1", "2026-10-31")})
                     ->status;
        ck_assert(status == 201 || status == 409);
    }
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_repeat_is_answered_byte_by_byte_and_applied_once,
        a_key_used_for_another_request_is_refused,
        an_idempotency_key_belongs_to_the_client,
        a_post_without_an_idempotency_key_is_malformed_before_its_body_is_read,
        a_refusal_is_not_remembered,
        a_request_under_way_is_not_waited_for,
    };
    service_prepare("api/idempotency", false);
    int status = suite_run("api/idempotency", tests, COUNT(tests));
    service_clean_up();
    return status;
}
