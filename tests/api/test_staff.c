#include <string.h>

#include "support/service.h"
#include "support/suite.h"

/* What the page for staff is made of, and what a key is told of itself. */
static struct service s;

#define BODY                                                                                   \
    "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'on_track','summary':" \
    "'as reported'}"

START_TEST(the_page_and_its_files_are_public) {
    service_open_shared(&s);
    const struct answer *page = GET(&s, "/staff");
    ck_assert_str_eq(page->type, "text/html; charset=utf-8");
    ck_assert_ptr_nonnull(answer_header(page, "Content-Security-Policy"));
    ck_assert_str_eq(answer_header(page, "Content-Language"), "en");
    ck_assert_ptr_nonnull(strstr(GET(&s, "/staff?lang=ko")->body, "<html lang=\"ko\""));
    const struct answer *file = GET(&s, "/staff/main.js");
    ck_assert_str_eq(file->type, "text/javascript; charset=utf-8");
    ck_assert_str_eq(file->cache_control, "public, no-cache");
    REFUSES(EXPECT(&s, 404, .method = "GET", .target = "/staff/other.js"), "not-found");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/staff/main.js?v=1"), "malformed v");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/staff?lang=xx"), "malformed lang");
    service_close(&s);
}
END_TEST

START_TEST(a_key_is_told_of_itself_alone) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", "7.1,7.2");
    const struct answer *own = EXPECT(&s, 200, .method = "GET", .target = "/keys/self", .key = key);
    ck_assert_str_eq(own->cache_control ? own->cache_control : "no-store", "no-store");
    HOLDS(own, "source", "gogov");
    HOLDS(own, "scopes/0", "report");
    HOLDS(own, "scopes/1", "publish");
    HOLDS(own, "objectives/1", "7.2");
    HOLDS(own, "expires_at", "null");
    HOLDS(own, "sha256", "(absent)");
    REFUSES(EXPECT(&s, 401, .method = "GET", .target = "/keys/self"), "unauthenticated");
    REFUSES(EXPECT(&s, 400, .method = "GET", .target = "/keys/self?x=1", .key = key),
            "malformed x");
    service_close(&s);
}
END_TEST

/* The ring may still remember it for a second. */
START_TEST(a_key_that_has_died_meanwhile_is_told_nothing) {
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    EXPECT(&s, 200, .method = "GET", .target = "/keys/self", .key = key);
    database_run(&s.database, "update progress.api_key set revoked_at = now()");
    REFUSES(EXPECT(&s, 401, .method = "GET", .target = "/keys/self", .key = key),
            "unauthenticated");
    service_close(&s);
}
END_TEST

START_TEST(who_may_publish_can_leave_a_draft) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *left = EXPECT(&s, 201, .method = "POST", .target = "/updates?state=draft",
                                       .key = key, .idempotency_key = "left", .body = BODY);
    HOLDS(left, "state", "draft");
    HOLDS(left, "revision", "1");
    HOLDS(EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key,
                 .idempotency_key = "out", .body = BODY),
          "state", "published");
    REFUSES(EXPECT(&s, 400, .method = "POST", .target = "/updates?state=published", .key = key,
                   .idempotency_key = "no", .body = BODY),
            "malformed state");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_page_and_its_files_are_public,
        a_key_is_told_of_itself_alone,
        a_key_that_has_died_meanwhile_is_told_nothing,
        who_may_publish_can_leave_a_draft,
    };
    service_prepare("api/staff", false);
    int status = suite_run("api/staff", tests, COUNT(tests));
    service_clean_up();
    return status;
}
