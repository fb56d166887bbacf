#include <stdio.h>
#include <string.h>

#include "http/problem.h"
#include "support/service.h"
#include "support/suite.h"

/* Paths, methods, parameters and forms: what the gate takes and refuses, and how it says so. */
static struct service s;

START_TEST(parameters_are_refused_all_at_once) {
    static const struct {
        const char *target, *faults;
    } cases[] = {
        {"/goals?limit=0", "limit"},
        {"/goals?limit=501", "limit"},
        {"/goals?limit=", "limit"},
        {"/goals?limit=ten", "limit"},
        {"/goals?limit=-1", "limit"},
        {"/goals?limit=1.5", "limit"},
        {"/goals?limit=99999999999999999999", "limit"},
        {"/goals?limt=5", "limt"},
        {"/goals?Limit=5", "Limit"},
        {"/goals?limit=5&limit=5", "limit"},
        {"/goals?offset=5", "offset"},
        {"/goals?count=exact", "count"},
        {"/goals?q=x", "q"},
        {"/objectives?count=1", "count"},
        {"/objectives?count=", "count"},
        {"/goals?include=updates", "include"},
        {"/goals?include=", "include"},
        {"/goals?include=objectives,,latest_update", "include"},
        {"/objectives?include=objectives", "include"},
        {"/updates?include=objective", "include"},
        {"/plan?include=goals", "include"},
        {"/plan?limit=5", "limit"},
        {"/goals/7?limit=5", "limit"},
        {"/goals/7?cursor=x", "cursor"},
        {"/goals/3/objectives?goal=5", "goal"},
        {"/objectives/7.1/updates?objective=7.2", "objective"},
        {"/objectives/7.1/updates?goal=7", "goal"},
        {"/goals?as_of=yesterday", "as_of"},
        {"/goals?as_of=2026-02-30", "as_of"},
        {"/goals?as_of=2026-11-03", "as_of"},
        {"/summary?as_of=2999-01-01", "as_of"},
        {"/goals?plan=No+Slug", "plan"},
        {"/objectives?status=great", "status"},
        {"/objectives?goal=x", "goal"},
        {"/objectives?goal=0", "goal"},
        {"/updates?objective=7", "objective"},
        {"/updates?kind=rumour", "kind"},
        {"/updates?since=1", "since"},
        {"/updates?until=2026-1-1", "until"},
        {"/updates?updated_since=2026-01-01", "updated_since"},
        {"/updates?state=published", "state"},
        {"/updates?state=", "state"},
        {"/goals?state=draft", "state"},
        {"/updates?cursor=AAAA", "cursor"},
        {"/updates?cursor=", "cursor"},
        {"/updates?limit=0&kind=x&since=y&wrong=1", "wrong limit kind since"},
        {"/?limit=5", "limit"},
        {"/livez?x=1", "x"},
        {"/openapi.json?plan=strategic-plan", "plan"},
        {"/docs?words=goal", "words"},
        {"/docs?q=a%09b", "q"},
        {"/problems?as_of=2026-01-01", "as_of"},
        {"/metrics?x", "x"},
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char expected[200];
        snprintf(expected, sizeof(expected), "malformed %s", cases[i].faults);
        const struct answer *a = EXPECT(&s, 400, .method = "GET", .target = cases[i].target);
        REFUSES(a, expected);
        ck_assert_str_eq(a->type, "application/problem+json");
        ck_assert_ptr_null(a->etag);
        ck_assert_ptr_null(a->cache_control); /* the wire makes it no-store */
    }
    service_close(&s);
}
END_TEST

START_TEST(what_is_not_there_is_not_found) {
    static const char *const targets[] = {
        "/goals/9",
        "/goals/99999999999999999",
        "/objectives/9.9",
        "/objectives/7.10",
        "/objectives/7.01",
        "/objectives/x",
        "/objectives/7",
        "/updates/999999999999999999",
        "/updates/gogov/x",
        "/updates/public-record/none",
        "/goals/9/objectives",
        "/objectives/9.9/updates",
        "/objectives?goal=9",
        "/updates?goal=9",
        "/updates?objective=9.9",
        "/plan?plan=another",
        "/goals?plan=another",
        "/goals/",
        "/Goals",
        "/goals/7/",
        "/goals/x",
        "/goals/-1",
        "/nothing",
        "/updates/1/2",
        "/updates/17/publication/x",
        "/problems/no-such",
        "/updates/GoGov/x",
        "/favicon.ico",
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(targets); i++)
        REFUSES(EXPECT(&s, 404, .method = "GET", .target = targets[i]), "not-found");
    service_close(&s);
}
END_TEST

START_TEST(targets_that_break_the_grammar_are_malformed) {
    static const char *const targets[] = {
        "/objectives/%zz",
        "/objectives/%00",
        "/objectives/%",
        "/objectives/../plan",
        "/objectives/%2e%2e/plan",
        "/objectives/\xc3\xa9",
        "/objectives/%ff",
        "/goals?q=%ff",
        "/goals?%00=1",
        "/objectives/<7.1>",
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(targets); i++)
        REFUSES(EXPECT(&s, 400, .method = "GET", .target = targets[i]), "malformed");
    service_close(&s);
}
END_TEST

START_TEST(a_method_that_a_path_lacks_is_refused_with_those_it_has) {
    static const struct {
        const char *method, *target, *allow;
    } cases[] = {
        {"DELETE", "/goals", "GET, HEAD, OPTIONS"},
        {"POST", "/goals", "GET, HEAD, OPTIONS"},
        {"PUT", "/goals/7", "GET, HEAD, PATCH, OPTIONS"},
        {"PATCH", "/updates", "GET, HEAD, POST, OPTIONS"},
        {"DELETE", "/updates/17", "GET, HEAD, PUT, OPTIONS"},
        {"GET", "/updates/17/publication", "POST, OPTIONS"},
        {"HEAD", "/updates/17/retraction", "POST, OPTIONS"},
        {"POST", "/updates/gogov/x", "GET, HEAD, PUT, OPTIONS"},
        {"POST", "/", "GET, HEAD, OPTIONS"},
        {"POST", "/livez", "GET, HEAD, OPTIONS"},
        {"BREW", "/goals", "GET, HEAD, OPTIONS"},
        {"get", "/goals", "GET, HEAD, OPTIONS"},
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = EXPECT(&s, 405, .method = cases[i].method,
                                        .target = cases[i].target);
        ck_assert_str_eq(answer_header(a, "Allow"), cases[i].allow);
        REFUSES(a, "method-not-allowed");
        a = EXPECT(&s, 204, .method = "OPTIONS", .target = cases[i].target);
        ck_assert_str_eq(answer_header(a, "Allow"), cases[i].allow);
    }
    EXPECT(&s, 404, .method = "OPTIONS", .target = "/nothing");
    EXPECT(&s, 404, .method = "DELETE", .target = "/nothing");
    service_close(&s);
}
END_TEST

START_TEST(a_body_on_a_read_is_refused_and_the_connection_closed) {
    service_open_shared(&s);
    const struct answer *a = EXPECT(&s, 400, .method = "GET", .target = "/goals", .body = "{}");
    ck_assert(a->reply.close);
    ck_assert_int_eq(a->body_reads, 0);
    service_close(&s);
}
END_TEST

#define TABLE "text/csv; charset=utf-8; header=present"
#define PAGE  "text/html; charset=utf-8"

START_TEST(the_form_is_negotiated) {
    static const char *const browser =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8";
    static const struct {
        const char *target, *accept;
        int status;
        const char *type;
    } cases[] = {
        {"/goals", "application/json", 200, "application/json"},
        {"/goals", "*/*", 200, "application/json"},
        {"/goals", "application/*", 200, "application/json"},
        {"/goals", "text/html", 406, "application/problem+json"},
        {"/goals", "application/atom+xml", 406, "application/problem+json"},
        {"/goals", "text/csv", 200, TABLE},
        {"/goals", "application/json;q=0", 406, "application/problem+json"},
        {"/goals", "application/json;q=0, text/csv", 200, TABLE},
        {"/goals", "text/csv, */*;q=0.1", 200, TABLE},
        {"/goals", "text/csv, */*", 200, "application/json"},
        {"/goals/7", "text/csv", 406, "application/problem+json"},
        {"/goals/7", "text/html", 200, PAGE},
        {"/goals/7", "text/html, */*", 200, "application/json"},
        {"/goals/9", "text/html", 404, "application/problem+json"},
        {"/objectives", "text/html, text/csv;q=0.9", 200, PAGE},
        {"/objectives/7.1", "text/html", 200, PAGE},
        {"/objectives/9.9", "text/html", 404, "application/problem+json"},
        {"/updates", "text/html", 200, PAGE},
        {"/updates/1", "text/html", 200, PAGE},
        {"/updates/999999", "text/html", 404, "application/problem+json"},
        {"/goals.csv", "application/json", 200, TABLE},
        {"/updates", "application/atom+xml", 200, "application/atom+xml; charset=utf-8"},
        {"/updates", "application/feed+json", 200, "application/feed+json"},
        {"/feed.json", "text/html", 200, "application/feed+json"},
        {"/", "application/json", 200, "application/json"},
        {"/", "*/*", 200, "application/json"},
        {"/", "text/html", 200, PAGE},
        {"/", "text/html;q=0.5, application/json;q=0.9", 200, "application/json"},
        {"/", "image/png", 406, "application/problem+json"},
        {"/problems", "text/html", 200, PAGE},
        {"/problems/invalid", "text/html", 200, PAGE},
        {"/problems/invalid", "application/json", 200, "application/json"},
        {"/metrics", "text/plain", 200, "text/plain; version=0.0.4; charset=utf-8"},
        {"/openapi.yaml", "application/json", 200, "application/yaml"},
        {"/docs", "*/*", 200, "text/html; charset=utf-8"},
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = EXPECT(&s, cases[i].status, .method = "GET",
                                        .target = cases[i].target,
                                        .headers = {{"Accept", cases[i].accept}});
        ck_assert_msg(strcmp(a->type, cases[i].type) == 0, "%s %s: %s", cases[i].target,
                      cases[i].accept, a->type);
    }
    const struct answer *page = EXPECT(&s, 200, .method = "GET", .target = "/",
                                       .headers = {{"Accept", browser}});
    ck_assert_str_eq(page->vary, "Accept, Accept-Encoding, Accept-Language");
    ck_assert_str_eq(answer_header(page, "Content-Language"), "en");
    ck_assert_ptr_nonnull(
        strstr(answer_header(page, "Content-Security-Policy"), "default-src 'none'"));
    ck_assert_ptr_nonnull(strstr(page->body, "id=\"objective-8.4\""));
    ck_assert_ptr_nonnull(
        strstr(page->body, "None of the 42 objectives has reported a status yet."));
    ck_assert_str_eq(GET(&s, "/")->vary, "Accept, Accept-Encoding, Accept-Language");
    service_close(&s);
}
END_TEST

START_TEST(pages_come_in_the_language_that_is_asked_for) {
    static const struct {
        const char *target, *accept, *wanted, *given;
    } cases[] = {
        {"/", "text/html", NULL, "en"},
        {"/", "text/html", "ko-KR,ko;q=0.9,en;q=0.8", "ko"},
        {"/", "text/html", "zh-TW, zh;q=0.9", "zh-Hant"},
        {"/", "text/html", "zh-CN", "zh-Hans"},
        {"/", "text/html", "de, fil;q=0.5, es;q=0.4", "tl"},
        {"/", "text/html", "de", "en"},
        {"/?lang=es", "text/html", "ko", "es"},
        {"/?lang=fil", "text/html", NULL, "tl"},
        {"/?lang=en&as_of=2026-10-31", "text/html", "ko", "en"},
        {"/problems?lang=zh-Hant", "text/html", NULL, "zh-Hant"},
        {"/problems/invalid?lang=ko", "text/html", NULL, "ko"},
        {"/", "application/json", "ko", NULL},
        {"/?lang=ko", "application/json", NULL, NULL},
        {"/goals/7?lang=ko", "application/json", NULL, NULL},
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = EXPECT(&s, 200, .method = "GET", .target = cases[i].target,
                                        .headers = {{"Accept", cases[i].accept},
                                                    {cases[i].wanted ? "Accept-Language" : NULL,
                                                     cases[i].wanted}});
        const char *given = answer_header(a, "Content-Language");
        ck_assert_msg((given && cases[i].given) ? strcmp(given, cases[i].given) == 0
                                                : given == cases[i].given,
                      "%s %s: %s", cases[i].target, cases[i].wanted, given);
        if (given) {
            char html[40];
            snprintf(html, sizeof(html), "<html lang=\"%s\">", given);
            ck_assert_ptr_nonnull(strstr(a->body, html));
        }
    }
    service_close(&s);
}
END_TEST

START_TEST(a_language_that_is_none_is_refused_by_name) {
    static const char *const targets[] = {"/?lang=de", "/goals?lang=KO",
                                          "/objectives/7.1?lang=", "/problems?lang=zh",
                                          "/plan?lang=ko-KR"};
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(targets); i++)
        REFUSES(EXPECT(&s, 400, .method = "GET", .target = targets[i],
                       .headers = {{"Accept", "text/html, application/json"}}),
                "malformed lang");
    const struct answer *a = EXPECT(&s, 400, .method = "GET", .target = "/summary?lang=x");
    HOLDS(a, "errors/0/detail", "must be one of en, es, ko, tl, zh-Hans, zh-Hant");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/departments?lang=ko"), "malformed lang");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/goals.csv?lang=ko"), "malformed lang");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/plan.stratml.xml?lang=ko"),
            "malformed lang");
    service_close(&s);
}
END_TEST

START_TEST(every_problem_has_a_page) {
    service_open_shared(&s);
    const struct answer *all = GET(&s, "/problems");
    ck_assert_uint_eq(doc_count(answer_at(all, "data")), PROBLEM_COUNT);
    for (size_t i = 0; i < PROBLEM_COUNT; i++) {
        char path[100];
        snprintf(path, sizeof(path), "/problems/%s", PROBLEMS[i].code);
        const struct answer *a = GET(&s, path);
        HOLDS(a, "code", PROBLEMS[i].code);
        HOLDS(a, "type", path);
    }
    service_close(&s);
}
END_TEST

START_TEST(a_problem_document_says_all_that_it_should) {
    service_open_shared(&s);
    const struct answer *a = EXPECT(&s, 400, .method = "GET", .target = "/goals?limit=0");
    HOLDS(a, "type", "/problems/malformed");
    HOLDS(a, "status", "400");
    HOLDS(a, "code", "malformed");
    HOLDS(a, "instance", "/goals");
    HOLDS(a, "request_id", a->call.request_id);
    ck_assert_ptr_nonnull(doc_text(answer_at(a, "title")));
    ck_assert_ptr_nonnull(doc_text(answer_at(a, "detail")));
    ck_assert_ptr_nonnull(doc_text(answer_at(a, "errors/0/detail")));
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        parameters_are_refused_all_at_once,
        what_is_not_there_is_not_found,
        targets_that_break_the_grammar_are_malformed,
        a_method_that_a_path_lacks_is_refused_with_those_it_has,
        a_body_on_a_read_is_refused_and_the_connection_closed,
        the_form_is_negotiated,
        pages_come_in_the_language_that_is_asked_for,
        a_language_that_is_none_is_refused_by_name,
        every_problem_has_a_page,
        a_problem_document_says_all_that_it_should,
    };
    service_prepare("api/paths", true);
    int status = suite_run("api/paths", tests, COUNT(tests));
    service_clean_up();
    return status;
}
