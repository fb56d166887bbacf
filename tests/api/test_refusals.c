#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports.h"

/* What is refused, and that nothing comes of it. */
static struct service s;

START_TEST(bad_bodies_are_refused_whole_and_change_nothing) {
    static const struct {
        const char *body;
        int status;
        const char *faults;
    } cases[] = {
        {"", 400, "malformed"},
        {"{", 400, "malformed"},
        {"null", 422, "invalid #"},
        {"{'a':1,'a':2}", 400, "malformed"},
        {"{'summary':'\xff'}", 400, "malformed"},
        {"{'summary':'\\u0000'}", 400, "malformed"},
        {"{'percent_complete':1e999}", 400, "malformed"},
        {"{}", 422, "invalid #/objective #/as_of #/kind #/summary"},
        {"{'objective':7.1,'as_of':20261031,'kind':1,'summary':[],'links':{},'percent_complete':'40'}",
         422, "invalid #/objective #/as_of #/kind #/summary #/links #/percent_complete"},
        {PROGRESS("7.1", "2026-10-31", "'status':'great','percent_complete':101,'colour':'red'"),
         422, "invalid #/status #/percent_complete #/colour"},
        {PROGRESS("7.1", "2026-10-31", "'status':'no_information'"), 422, "invalid #/status"},
        {PROGRESS("7.1", "2026-10-31", "'status':'ongoing','percent_complete':50"), 422,
         "invalid #/percent_complete"},
        {PROGRESS("7.1", "2026-10-31", "'status':'on_track','percent_complete':33.333"), 422,
         "invalid #/percent_complete"},
        {PROGRESS("7.1", "2026-10-31", "'status':'on_track','percent_complete':99.999999999"), 422,
         "invalid #/percent_complete"},
        {PROGRESS("7.1", "2026-10-31", "'status':'on_track','percent_complete':1e-300"), 422,
         "invalid #/percent_complete"},
        {PROGRESS("7.1", "2026-10-31", "'status':'completed','percent_complete':99"), 422,
         "invalid #/percent_complete"},
        {NOTE("9.9", "2026-10-31"), 422, "invalid #/objective"},
        {NOTE("7.1", "2026-11-03"), 422, "invalid #/as_of"},
        {NOTE("9.9", "2026-11-03"), 422, "invalid #/as_of #/objective"},
        {PROGRESS("7.1", "2026-10-31", "'status':'on_track','supersedes':'999999','reason':'r'"),
         422, "invalid #/supersedes"},
        {PROGRESS("7.1", "2026-10-31",
                  "'status':'on_track','measurements':[{'measure':'x','actual':1}]"),
         422, "invalid #/measurements/0/measure"},
        {PROGRESS("7.1", "2026-10-31",
                  "'status':'on_track','links':[{'label':'l','url':'javascript:1'},{'label':''}]"),
         422, "invalid #/links/0/url #/links/1/label #/links/1/url"},
    };
    char before[33];
    char after[33];
    service_open(&s);
    const char *key = reports_key(&s);
    database_digest(&s.database, before);
    for (size_t i = 0; i < COUNT(cases); i++)
        REFUSES(EXPECT(&s, cases[i].status, .method = "POST", .target = "/updates", .key = key,
                       .idempotency_key = "k", .type = "application/json", .body = cases[i].body),
                cases[i].faults);
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    service_close(&s);
}
END_TEST

START_TEST(a_text_of_strange_white_space_alone_is_refused_at_its_place) {
    service_open(&s);
    const char *key = reports_key(&s);
    REFUSES(
        reports_post(
            &s, key, 422,
            "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'\\u2003\\u3000'}"),
        "invalid #/summary");
    REFUSES(
        reports_post(
            &s, key, 422,
            "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s','external_id':'\\u0085'}"),
        "invalid #/external_id");
    service_close(&s);
}
END_TEST

START_TEST(a_body_over_64_kilobytes_is_too_large_before_it_is_read) {
    char *body = malloc(66000);
    service_open(&s);
    const char *key = reports_key(&s);
    for (size_t len = 65536; len <= 65537; len++) {
        int n = snprintf(
            body, 200,
            "{\"objective\":\"7.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\"}");
        memset(body + n, ' ', len - (size_t)n);
        body[len] = '\0';
        const struct answer *a = EXPECT(&s, len > 65536 ? 413 : 201, .method = "POST",
                                        .target = "/updates", .key = key, .idempotency_key = "k",
                                        .raw = body);
        ck_assert_int_eq(a->body_reads, len > 65536 ? 0 : 1);
    }
    memset(body, '[', 65536);
    body[65536] = '\0';
    REFUSES(EXPECT(&s, 400, .method = "POST", .target = "/updates", .key = key,
                   .idempotency_key = "bomb", .raw = body),
            "malformed");
    free(body);
    service_close(&s);
}
END_TEST

START_TEST(types_of_bodies_are_refused_unread) {
    static const struct {
        const char *type;
        int status;
    } cases[] = {
        {"application/json", 201},
        {"application/json; charset=utf-8", 201},
        {"Application/JSON;charset=utf-8", 201},
        {"application/json ; charset=utf-8", 201},
        {"text/plain", 415},
        {"application/x-www-form-urlencoded", 415},
        {"application/merge-patch+json", 415},
        {"application/jsonx", 415},
        {"application/problem+json", 415},
        {"", 415},
    };
    service_open(&s);
    const char *key = reports_key(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char idem[20];
        snprintf(idem, sizeof(idem), "k-%zu", i);
        const struct answer *a = EXPECT(&s, cases[i].status, .method = "POST", .target = "/updates",
                                        .key = key, .idempotency_key = idem, .type = cases[i].type,
                                        .body = NOTE("7.1", "2026-10-31"));
        ck_assert_int_eq(a->body_reads, cases[i].status == 201);
    }
    REFUSES(EXPECT(&s, 411, .method = "POST", .target = "/updates", .key = key,
                   .idempotency_key = "k", .type = "application/json"),
            "length-required");
    service_close(&s);
}
END_TEST

START_TEST(parameters_of_writes_are_checked) {
    service_open(&s);
    const char *key = reports_key(&s);
    static const struct {
        const char *target, *faults;
    } cases[] = {
        {"/updates?as_of=2026-10-31", "malformed as_of"},
        {"/updates?dryrun=true&limit=5", "malformed dryrun limit"},
        {"/updates?dry_run=true&dry_run=true", "malformed dry_run"},
        {"/updates?plan=No%20slug", "malformed plan"},
        {"/updates?state=published", "malformed state"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        REFUSES(EXPECT(&s, 400, .method = "POST", .target = cases[i].target, .key = key,
                       .idempotency_key = "k", .body = NOTE("7.1", "2026-10-31")),
                cases[i].faults);
    ck_assert_int_eq(reports_published(&s), 0);
    service_close(&s);
}
END_TEST

START_TEST(a_dry_run_checks_everything_and_records_nothing) {
    char before[33];
    char after[33];
    service_open(&s);
    const char *key = reports_key(&s);
    database_digest(&s.database, before);
    const struct answer *a = EXPECT(&s, 200, .method = "POST", .target = "/updates?dry_run=true",
                                    .key = key,
                                    .body = PROGRESS("7.1", "2026-10-31", "'status':'completed'"));
    HOLDS(a, "dry_run", "true");
    HOLDS(a, "id", "null");
    HOLDS(a, "percent_complete", "100");
    ck_assert_ptr_null(answer_header(a, "Location"));
    ck_assert_ptr_null(a->etag);
    a = EXPECT(&s, 200, .method = "PUT", .target = "/updates/gogov/x?dry_run=true", .key = key,
               .body = NOTE("7.1", "2026-10-31"));
    HOLDS(a, "dry_run", "true");
    a = EXPECT(&s, 422, .method = "POST", .target = "/updates?dry_run=true", .key = key,
               .body = NOTE("9.9", "2999-01-01"));
    REFUSES(a, "invalid #/as_of #/objective");
    EXPECT(&s, 400, .method = "POST", .target = "/updates?dry_run=maybe", .key = key,
           .body = NOTE("7.1", "2026-10-31"));
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    HOLDS(GET(&s, "/objectives/7.1"), "status", "no_information");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        bad_bodies_are_refused_whole_and_change_nothing,
        a_text_of_strange_white_space_alone_is_refused_at_its_place,
        a_body_over_64_kilobytes_is_too_large_before_it_is_read,
        types_of_bodies_are_refused_unread,
        parameters_of_writes_are_checked,
        a_dry_run_checks_everything_and_records_nothing,
    };
    service_prepare("api/refusals", false);
    int status = suite_run("api/refusals", tests, COUNT(tests));
    service_clean_up();
    return status;
}
