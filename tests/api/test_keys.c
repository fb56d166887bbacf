#include <stdio.h>
#include <string.h>

#include "reports.h"

/* Who may write what. */
static struct service s;

START_TEST(without_a_live_key_nothing_is_read_of_a_body) {
    service_open(&s);
    const char *key = reports_key(&s);
    char other[KEY_TEXT_SIZE];
    char scheme[KEY_TEXT_SIZE + 20];
    struct call c;
    call_init(&c, 5000);
    struct key_request past = {
        .name = "past", .scopes = "report", .source = "gogov", .holder = "H", .expires_us = 1};
    ck_assert_msg(key_create(&c, s.owner_pool, &past, other), "%s", c.detail);
    call_drop(&c);
    snprintf(scheme, sizeof(scheme), "Basic %s", key);
    const struct {
        const char *key, *authorization;
    } cases[] = {
        {NULL, NULL},
        {"", NULL},
        {"nonsense", NULL},
        {"cip_aaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbcccccc", NULL},
        {other, NULL},
        {NULL, key},
        {NULL, scheme},
        {NULL, "Bearer"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = EXPECT(&s, 401, .method = "POST", .target = "/updates",
                                        .key = cases[i].key, .idempotency_key = "k",
                                        .headers = {{"Authorization", cases[i].authorization}},
                                        .body = NOTE("7.1", "2026-10-31"));
        REFUSES(a, "unauthenticated");
        ck_assert_ptr_nonnull(answer_header(a, "WWW-Authenticate"));
        ck_assert_int_eq(a->body_reads, 0);
        ck_assert_ptr_null(strstr(a->body, "cip_aaaa"));
    }
    snprintf(scheme, sizeof(scheme), "bearer   %s", key);
    EXPECT(&s, 201, .method = "POST", .target = "/updates", .idempotency_key = "k",
           .headers = {{"Authorization", scheme}}, .body = NOTE("7.1", "2026-10-31"));
    service_close(&s);
}
END_TEST

START_TEST(a_key_whose_secret_is_another_is_unknown) {
    service_open(&s);
    const char *key = reports_key(&s);
    reports_post(&s, key, 201, NOTE("7.1", "2026-10-31"));
    database_run(&s.database, "update progress.api_key set sha256 = repeat('0', 64)");
    keyring_free(s.api.keyring);
    struct call c;
    call_init(&c, 1000);
    s.api.keyring = keyring_new(&c);
    call_drop(&c);
    REFUSES(reports_post(&s, key, 401, NOTE("7.1", "2026-10-31")), "unauthenticated");
    service_close(&s);
}
END_TEST

START_TEST(a_revoked_key_writes_no_more_at_once) {
    service_open(&s);
    const char *key = reports_key(&s);
    char id[KEY_ID_LEN + 1];
    reports_post(&s, key, 201, NOTE("7.1", "2026-10-31"));
    ck_assert(key_parse(key, id));
    struct call c;
    call_init(&c, 5000);
    ck_assert(key_revoke(&c, s.owner_pool, id));
    ck_assert(key_revoke(&c, s.owner_pool, id)); /* twice is no error */
    REFUSES(reports_post(&s, key, 401, NOTE("7.1", "2026-10-31")), "unauthenticated");
    ck_assert(!key_revoke(&c, s.owner_pool, "0000000000"));
    ck_assert_int_eq(c.err, ERR_NOT_FOUND);
    call_drop(&c);
    ck_assert_int_eq(reports_published(&s), 1);
    service_close(&s);
}
END_TEST

START_TEST(a_key_stays_within_its_scope_source_and_objectives) {
    char before[33];
    char after[33];
    service_open(&s);
    const struct {
        const char *key, *body;
    } refused[] = {
        {service_key(&s, "edit", "gogov", NULL), NOTE("7.1", "2026-10-31")},
        {service_key(&s, "publish", "gogov", NULL), NOTE("7.1", "2026-10-31")},
        {reports_key(&s),
         "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s','source':'erp'}"},
        {service_key(&s, "report,publish", "gogov", "7.1,7.3"), NOTE("7.2", "2026-10-31")},
        {service_key(&s, "report", "gogov", "7.1"), NOTE("1.1", "2026-10-31")},
    };
    database_digest(&s.database, before);
    for (size_t i = 0; i < COUNT(refused); i++) {
        const struct answer *a = reports_post(&s, refused[i].key, 403, refused[i].body);
        ck_assert_str_eq(doc_get_text(a->doc, "code"), "forbidden");
    }
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    reports_post(&s, service_key(&s, "report,publish", "gogov", "7.1,7.3"), 201,
                 NOTE("7.3", "2026-10-31"));
    const char *admin = service_key(&s, "admin", NULL, NULL);
    REFUSES(reports_post(&s, admin, 422, NOTE("7.1", "2026-10-31")), "invalid #/source");
    HOLDS(
        reports_post(
            &s, admin, 201,
            "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s','source':'clerk'}"),
        "source", "clerk");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        without_a_live_key_nothing_is_read_of_a_body,
        a_key_whose_secret_is_another_is_unknown,
        a_revoked_key_writes_no_more_at_once,
        a_key_stays_within_its_scope_source_and_objectives,
    };
    service_prepare("api/keys", false);
    int status = suite_run("api/keys", tests, COUNT(tests));
    service_clean_up();
    return status;
}
