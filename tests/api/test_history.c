#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

/* as_of: the updates up to a day by today's knowledge, and the plan as it was edited by the end of
 * that day. */
static struct service s;

static const struct answer *post(const char *key, const char *body) {
    static int count;
    char idem[20];
    snprintf(idem, sizeof(idem), "post-%d", ++count);
    return EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key,
                  .idempotency_key = idem, .body = body);
}

static const struct answer *as_of(const char *target, const char *day) {
    char path[200];
    snprintf(path, sizeof(path), "%s?as_of=%s", target, day);
    return GET(&s, path);
}

static void holds_on(const char *day, const char *status, const char *percent, const char *count) {
    const struct answer *a = as_of("/objectives/7.1", day);
    HOLDS(a, "status", status);
    HOLDS(a, "percent_complete", percent);
    HOLDS(a, "updates_count", count);
}

static void report_thrice(const char *key, char ids[3][20]) {
    static const char *const bodies[] = {
        "{'objective':'7.1','as_of':'2026-07-01','kind':'progress','status':'at_risk','percent_complete':10,'summary':'s'}",
        "{'objective':'7.1','as_of':'2026-08-01','kind':'progress','status':'on_track','summary':'s'}",
        "{'objective':'7.1','as_of':'2026-09-01','kind':'progress','status':'on_hold','percent_complete':30,'summary':'s'}",
    };
    for (size_t i = 0; i < COUNT(bodies); i++)
        snprintf(ids[i], 20, "%s", doc_text(answer_at(post(key, bodies[i]), "id")));
}

START_TEST(a_day_knows_what_was_reported_up_to_it) {
    char ids[3][20];
    service_open(&s);
    report_thrice(service_key(&s, "report,publish", "gogov", NULL), ids);
    holds_on("2026-06-30", "no_information", "null", "0");
    holds_on("2026-07-01", "at_risk", "10", "1");
    holds_on("2026-07-31", "at_risk", "10", "1");
    holds_on("2026-08-01", "on_track", "10", "2");
    holds_on("2026-09-01", "on_hold", "30", "3");
    HOLDS(as_of("/objectives/7.1", "2026-08-15"), "status_as_of", "2026-08-01");
    HOLDS(as_of("/objectives/7.1", "2026-08-15"), "percent_as_of", "2026-07-01");
    HOLDS(as_of("/goals/7", "2026-06-30"), "progress/percent", "null");
    HOLDS(as_of("/goals/7", "2026-07-01"), "progress/percent", "2");
    HOLDS(as_of("/goals/7", "2026-09-01"), "progress/percent", "6");
    HOLDS(as_of("/plan", "2026-06-30"), "progress/percent", "null");
    HOLDS(as_of("/summary", "2026-08-31"), "last_update/id", ids[1]);
    HOLDS(as_of("/summary", "2026-08-31"), "goals/6/latest_update_on", "2026-08-01");
    HOLDS(as_of("/updates", "2026-07-31"), "data", "[1]");
    HOLDS(GET(&s, "/objectives?as_of=2026-07-15&status=at_risk"), "data", "[1]");
    HOLDS(GET(&s, "/objectives?as_of=2026-08-15&status=at_risk"), "data", "[0]");
    service_close(&s);
}
END_TEST

START_TEST(corrections_and_retractions_reach_back) {
    char ids[3][20];
    char text[300];
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    report_thrice(key, ids);
    snprintf(text, sizeof(text),
             "{'objective':'7.1','as_of':'2026-07-01','kind':'progress','status':'off_track',"
             "'percent_complete':5,'summary':'s','supersedes':'%s','reason':'r'}",
             ids[0]);
    post(key, text);
    holds_on("2026-07-01", "off_track", "5", "2");
    holds_on("2026-09-01", "on_hold", "30", "4");
    snprintf(text, sizeof(text), "/updates/%s/retraction", ids[1]);
    EXPECT(&s, 200, .method = "POST", .target = text, .key = key, .body = "{'reason':'r'}");
    holds_on("2026-08-15", "off_track", "5", "3");
    service_close(&s);
}
END_TEST

START_TEST(a_correction_to_a_later_day_leaves_the_earlier_without) {
    char ids[3][20];
    char text[300];
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    report_thrice(key, ids);
    snprintf(
        text, sizeof(text),
        "{'objective':'7.1','as_of':'2026-10-01','kind':'progress','status':'completed','summary':'s',"
        "'supersedes':'%s','reason':'r'}",
        ids[0]);
    post(key, text);
    holds_on("2026-07-15", "no_information", "null", "1");
    holds_on("2026-09-15", "on_hold", "30", "3");
    holds_on("2026-10-01", "completed", "100", "4");
    service_close(&s);
}
END_TEST

/* The clock of the database is not ours: a revision is dated afterwards, past the trigger that
 * forbids it. */
static void date_revision(const char *table, const char *entity, int revision,
                          const char *recorded_at) {
    char sql[400];
    snprintf(
        sql, sizeof(sql),
        "set session_replication_role = replica;"
        "update progress.%s_revision set recorded_at = '%s' where revision = %d and %s_id = (%s)",
        table, recorded_at, revision, table, entity);
    database_run(&s.database, sql);
}

START_TEST(edit_fields_are_those_of_the_end_of_the_day) {
    static const char *const objective = "select id from progress.objective where code = '7.1'";
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const struct answer *a = EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1",
                                    .key = key, .if_match = GET(&s, "/objectives/7.1")->etag,
                                    .body = "{'owner_role':'Second'}");
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1", .key = key, .if_match = a->etag,
           .body = "{'owner_role':'Third'}");
    date_revision("objective", objective, 1, "2026-01-10T12:00:00Z");
    date_revision("objective", objective, 2,
                  "2026-06-16T06:59:59Z"); /* 23:59:59 on the 15th in Cerritos */
    date_revision("objective", objective, 3,
                  "2026-07-01T07:00:00Z"); /* midnight: the 1st has begun */
    static const struct {
        const char *day, *owner, *revision;
    } cases[] = {
        {"1999-01-01", "null", "1"}, /* before the first one: the first one */
        {"2026-01-10", "null", "1"},   {"2026-06-14", "null", "1"},  {"2026-06-15", "Second", "2"},
        {"2026-06-30", "Second", "2"}, {"2026-07-01", "Third", "3"}, {SERVICE_TODAY, "Third", "3"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        a = as_of("/objectives/7.1", cases[i].day);
        HOLDS(a, "owner_role", cases[i].owner);
        HOLDS(a, "revision", cases[i].revision);
        ck_assert_int_eq(etag_revision(a->etag), atoi(cases[i].revision));
    }
    service_close(&s);
}
END_TEST

START_TEST(weights_and_archives_of_the_day_make_its_roll_up) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish,edit", "clerk", NULL);
    post(
        key,
        "{'objective':'8.1','as_of':'2026-05-01','kind':'progress','status':'completed','summary':'s'}");
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/8.1", .key = key,
           .if_match = GET(&s, "/objectives/8.1")->etag, .body = "{'weight':5}");
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/8.2", .key = key,
           .if_match = GET(&s, "/objectives/8.2")->etag, .body = "{'archived':true}");
    EXPECT(&s, 200, .method = "PATCH", .target = "/goals/8", .key = key,
           .if_match = GET(&s, "/goals/8")->etag, .body = "{'short_name':'New'}");
    date_revision("objective", "select id from progress.objective where code = '8.1'", 2,
                  "2026-08-01T12:00:00Z");
    date_revision("objective", "select id from progress.objective where code = '8.2'", 2,
                  "2026-09-01T12:00:00Z");
    date_revision("goal", "select id from progress.goal where number = 8", 2,
                  "2026-10-01T12:00:00Z");
    static const struct {
        const char *day, *percent, *total, *name, *revision;
    } cases[] = {
        {"2026-07-31", "25", "4", "null", "1"},   /* 100 of 1+1+1+1 */
        {"2026-08-01", "62.5", "4", "null", "1"}, /* 500 of 5+1+1+1 */
        {"2026-09-01", "71.4", "3", "null", "1"}, /* 500 of 5+1+1 */
        {"2026-10-01", "71.4", "3", "New", "2"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = as_of("/goals/8", cases[i].day);
        HOLDS(a, "progress/percent", cases[i].percent);
        HOLDS(a, "progress/total", cases[i].total);
        HOLDS(a, "short_name", cases[i].name);
        HOLDS(a, "revision", cases[i].revision);
    }
    service_close(&s);
}
END_TEST

START_TEST(today_is_the_day_in_the_plans_time_zone) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    GET(&s, "/goals?as_of=" SERVICE_TODAY);
    EXPECT(&s, 400, .method = "GET", .target = "/goals?as_of=2026-11-03");
    post(key, "{'objective':'7.1','as_of':'" SERVICE_TODAY "','kind':'note','summary':'s'}");
    database_run(
        &s.database,
        "update progress.plan set time_zone = 'Pacific/Kiritimati'"); /* 14 hours ahead of UTC */
    GET(&s, "/goals?as_of=2026-11-03");
    EXPECT(&s, 400, .method = "GET", .target = "/goals?as_of=2026-11-04");
    post(key, "{'objective':'7.1','as_of':'2026-11-03','kind':'note','summary':'s'}");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_day_knows_what_was_reported_up_to_it,
        corrections_and_retractions_reach_back,
        a_correction_to_a_later_day_leaves_the_earlier_without,
        edit_fields_are_those_of_the_end_of_the_day,
        weights_and_archives_of_the_day_make_its_roll_up,
        today_is_the_day_in_the_plans_time_zone,
    };
    service_prepare("api/history", false);
    int status = suite_run("api/history", tests, COUNT(tests));
    service_clean_up();
    return status;
}
