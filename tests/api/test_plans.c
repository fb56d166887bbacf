#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

static struct service s;

static void add_second_plan(void) {
    database_run(
        &s.database,
        "set search_path = progress;"
        "with p as (insert into plan (slug, title, organization, demo) values ('second', 'Second', 'City', true)"
        "           returning id),"
        "     g as (insert into goal (plan_id, number) select id, 7 from p returning id, plan_id),"
        "     o as (insert into objective (plan_id, goal_id, goal_number, number) select plan_id, id, 7, 1 from g"
        "           returning id, goal_id, plan_id),"
        "     r as (insert into goal_revision (goal_id, revision, statement) select id, 1, 'Another goal' from g)"
        "insert into objective_revision (objective_id, goal_id, plan_id, revision, statement)"
        "  select id, goal_id, plan_id, 1, 'Another objective' from o");
}

START_TEST(without_an_active_plan_unqualified_paths_say_so) {
    static const char *const targets[] = {"/plan",
                                          "/summary",
                                          "/goals",
                                          "/goals/7",
                                          "/objectives",
                                          "/objectives/7.1",
                                          "/goals/7/objectives",
                                          "/objectives/7.1/updates",
                                          "/updates",
                                          "/updates/1",
                                          "/updates/gogov/x"};
    service_open(&s);
    const char *key = service_key(&s, "report,publish,edit", "gogov", NULL);
    char slug[80];
    char path[200];
    snprintf(slug, sizeof(slug), "%s", doc_text(answer_at(GET(&s, "/plan"), "slug")));
    database_run(&s.database, "update progress.plan set state = 'archived'");
    for (size_t i = 0; i < COUNT(targets); i++)
        REFUSES(EXPECT(&s, 404, .method = "GET", .target = targets[i]), "no-active-plan");
    REFUSES(EXPECT(&s, 404, .method = "POST", .target = "/updates", .key = key,
                   .idempotency_key = "k",
                   .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}"),
            "no-active-plan");
    REFUSES(EXPECT(&s, 404, .method = "PATCH", .target = "/objectives/7.1", .key = key,
                   .if_match = "\"r1-0\"", .body = "{}"),
            "no-active-plan");
    REFUSES(EXPECT(&s, 404, .method = "GET", .target = "/updates?state=draft", .key = key),
            "no-active-plan");
    REFUSES(EXPECT(&s, 404, .method = "GET", .target = "/", .headers = {{"Accept", "text/html"}}),
            "no-active-plan");
    GET(&s, "/");
    GET(&s, "/livez");
    GET(&s, "/readyz");
    snprintf(path, sizeof(path), "/plan?plan=%s", slug);
    HOLDS(GET(&s, path), "state", "archived");
    service_close(&s);
}
END_TEST

START_TEST(a_plan_is_reached_by_its_slug_and_stays_apart) {
    service_open(&s);
    add_second_plan();
    HOLDS(GET(&s, "/plan?plan=second"), "title", "Second");
    HOLDS(GET(&s, "/goals?plan=second"), "data", "[1]");
    HOLDS(GET(&s, "/goals/7?plan=second"), "statement", "Another goal");
    HOLDS(GET(&s, "/objectives/7.1?plan=second"), "statement", "Another objective");
    EXPECT(&s, 404, .method = "GET", .target = "/objectives/1.1?plan=second");
    HOLDS(GET(&s, "/summary"), "progress/total", "42");
    HOLDS(GET(&s, "/summary?plan=second"), "progress/total", "1");
    REFUSES(EXPECT(&s, 404, .method = "GET", .target = "/plan?plan=third"), "not-found");
    service_close(&s);
}
END_TEST

START_TEST(a_report_to_one_plan_moves_no_other) {
    service_open(&s);
    add_second_plan();
    const char *key = service_key(&s, "report,publish,edit", "gogov", NULL);
    const char *body =
        "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'completed','summary':'s'}";
    const struct answer *a = EXPECT(&s, 201, .method = "POST", .target = "/updates?plan=second",
                                    .key = key, .idempotency_key = "k", .body = body);
    const char *place = answer_header(a, "Location");
    ck_assert_ptr_nonnull(strstr(place, "?plan=second"));
    HOLDS(GET(&s, place), "status", "completed");
    HOLDS(GET(&s, "/objectives/7.1?plan=second"), "percent_complete", "100");
    HOLDS(GET(&s, "/plan?plan=second"), "progress/percent", "100");
    HOLDS(GET(&s, "/objectives/7.1"), "status", "no_information");
    ck_assert_uint_eq(service_count(&s, "/updates"), 0);
    char path[60];
    snprintf(path, sizeof(path), "/updates/%s", doc_text(answer_at(a, "id")));
    EXPECT(&s, 404, .method = "GET", .target = path);
    snprintf(path, sizeof(path), "/updates/%s/retraction", doc_text(answer_at(a, "id")));
    EXPECT(&s, 404, .method = "POST", .target = path, .key = key, .body = "{'reason':'r'}");
    REFUSES(EXPECT(&s, 422, .method = "POST", .target = "/updates", .key = key,
                   .idempotency_key = "k", .body = body),
            "idempotency-key-reused"); /* the plan is a part of the request */
    a = EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1?plan=second", .key = key,
               .if_match = "\"r1-0\"", .body = "{'weight':2}");
    HOLDS(a, "links/self", "/objectives/7.1?plan=second");
    HOLDS(GET(&s, "/objectives/7.1"), "weight", "1");
    service_close(&s);
}
END_TEST

START_TEST(a_keys_objectives_are_those_of_one_plan) {
    service_open(&s);
    add_second_plan();
    const char *key = service_key(&s, "report,publish", "gogov", "7.1");
    EXPECT(&s, 403, .method = "POST", .target = "/updates?plan=second", .key = key,
           .idempotency_key = "k",
           .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}");
    service_close(&s);
}
END_TEST

START_TEST(demo_is_said_on_every_document) {
    static const char *const targets[] = {"/plan?plan=second", "/summary?plan=second",
                                          "/goals/7?plan=second", "/objectives/7.1?plan=second"};
    service_open(&s);
    add_second_plan();
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    for (size_t i = 0; i < COUNT(targets); i++)
        HOLDS(GET(&s, targets[i]), "demo", "true");
    const struct answer *a =
        EXPECT(&s, 201, .method = "POST", .target = "/updates?plan=second", .key = key,
               .idempotency_key = "k",
               .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}");
    HOLDS(a, "demo", "true");
    HOLDS(GET(&s, "/updates?plan=second"), "data/0/demo", "true");
    HOLDS(GET(&s, "/goals?plan=second&include=objectives"), "data/0/objectives/0/demo", "true");
    a = EXPECT(&s, 200, .method = "GET", .target = "/?plan=second",
               .headers = {{"Accept", "text/html"}});
    ck_assert_ptr_nonnull(strstr(a->body, "Demonstration data"));
    a = EXPECT(&s, 200, .method = "GET", .target = "/", .headers = {{"Accept", "text/html"}});
    ck_assert_ptr_null(strstr(a->body, "Demonstration data"));
    service_close(&s);
}
END_TEST

START_TEST(a_database_that_is_away_is_said_within_time_and_comes_back) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    pool_free(s.owner_pool);
    s.owner_pool = NULL;
    database_shut(&s.database);
    struct call c;
    call_init(&c, 5000);
    while (pool_is_up(s.pool)) { /* one answer after another, until the breaker knows */
        service_get(&s, "/goals");
        ck_assert_int_gt(call_left_ms(&c), 0);
    }
    const struct answer *a = EXPECT(&s, 503, .method = "GET", .target = "/goals");
    REFUSES(a, "unavailable");
    ck_assert_ptr_nonnull(answer_header(a, "Retry-After"));
    EXPECT(&s, 503, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
           .body = "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}");
    EXPECT(&s, 503, .method = "GET", .target = "/readyz");
    GET(&s, "/livez");
    HOLDS(GET(&s, "/health"), "database/status", "down");
    HOLDS(GET(&s, "/health"), "status", "degraded");
    database_reopen(&s.database);
    call_reset(&c, 10000);
    ck_assert_msg(pool_wait(&c, s.pool), "%s", c.detail);
    GET(&s, "/goals");
    GET(&s, "/readyz");
    call_drop(&c);
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        without_an_active_plan_unqualified_paths_say_so,
        a_plan_is_reached_by_its_slug_and_stays_apart,
        a_report_to_one_plan_moves_no_other,
        a_keys_objectives_are_those_of_one_plan,
        demo_is_said_on_every_document,
        a_database_that_is_away_is_said_within_time_and_comes_back,
    };
    service_prepare("api/plans", false);
    int status = suite_run("api/plans", tests, COUNT(tests));
    service_clean_up();
    return status;
}
