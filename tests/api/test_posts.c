#include <stdio.h>
#include <string.h>

#include "reports.h"

static struct service s;

START_TEST(a_post_is_created_and_everybody_reads_it) {
    service_open(&s);
    const char *etag = GET(&s, "/objectives/7.1")->etag;
    const struct answer *a = reports_post(&s, reports_key(&s), 201,
                                          PROGRESS("7.1", "2026-10-31",
                                                   "'status':'on_track','percent_complete':40"));
    char place[40];
    snprintf(place, sizeof(place), "/updates/%s", doc_text(answer_at(a, "id")));
    ck_assert_str_eq(answer_header(a, "Location"), place);
    ck_assert_ptr_null(answer_header(a, "Idempotent-Replayed"));
    ck_assert_ptr_null(a->cache_control);
    HOLDS(a, "state", "published");
    HOLDS(a, "objective", "7.1");
    HOLDS(a, "goal", "7");
    HOLDS(a, "percent_complete", "40");
    HOLDS(a, "source", "gogov");
    HOLDS(a, "links", "[0]");
    HOLDS(a, "demo", "false");
    const struct answer *read = GET(&s, place);
    ck_assert_str_eq(read->body, a->body);
    ck_assert_str_eq(read->etag, a->etag);

    a = GET(&s, "/objectives/7.1");
    HOLDS(a, "status", "on_track");
    HOLDS(a, "status_as_of", "2026-10-31");
    HOLDS(a, "percent_complete", "40");
    HOLDS(a, "percent_as_of", "2026-10-31");
    HOLDS(a, "updates_count", "1");
    HOLDS(a, "revision", "1");
    ck_assert_str_ne(a->etag, etag);
    ck_assert_int_eq(etag_revision(a->etag), etag_revision(etag));
    a = GET(&s, "/goals/7");
    HOLDS(a, "progress/percent", "8");
    HOLDS(a, "progress/percent_is_minimum", "true");
    HOLDS(a, "progress/reported", "1");
    HOLDS(a, "progress/status", "on_track");
    HOLDS(a, "progress/counted/0/percent", "40");
    a = GET(&s, "/plan");
    HOLDS(a, "progress/percent", "1");
    HOLDS(a, "progress/percent_is_minimum", "true");
    HOLDS(a, "progress/counted/6/percent_unrounded", "8");
    HOLDS(GET(&s, "/summary"), "last_update/id", place + strlen("/updates/"));
    HOLDS(GET(&s, "/updates?objective=7.1"), "data/0/id", place + strlen("/updates/"));
    HOLDS(GET(&s, "/goals/7?include=latest_update"), "latest_update/id",
          place + strlen("/updates/"));
    service_close(&s);
}
END_TEST

START_TEST(a_status_implies_its_percent) {
    static const struct {
        const char *body, *update, *status, *objective;
        bool counted;
    } cases[] = {
        {PROGRESS("8.1", "2026-10-01", "'status':'not_started'"), "0", "not_started", "0", true},
        {PROGRESS("8.1", "2026-10-02", "'status':'at_risk','percent_complete':12.50"), "12.5",
         "at_risk", "12.5", true},
        {PROGRESS("8.1", "2026-10-03", "'status':'on_hold'"), "null", "on_hold", "12.5", true},
        {PROGRESS("8.1", "2026-10-04", "'status':'off_track','percent_complete':null"), "null",
         "off_track", "12.5", true},
        {PROGRESS("8.1", "2026-10-05", "'status':'ongoing'"), "null", "ongoing", "null", false},
        {PROGRESS("8.1", "2026-10-06", "'status':'cancelled','reason':'no money'"), "null",
         "cancelled", "null", false},
        {PROGRESS("8.1", "2026-10-07", "'status':'on_track','percent_complete':99.99"), "99.99",
         "on_track", "99.99", true},
        {PROGRESS("8.1", "2026-10-08", "'status':'completed'"), "100", "completed", "100", true},
    };
    service_open(&s);
    const char *key = reports_key(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        HOLDS(reports_post(&s, key, 201, cases[i].body), "percent_complete", cases[i].update);
        const struct answer *a = GET(&s, "/objectives/8.1");
        HOLDS(a, "status", cases[i].status);
        HOLDS(a, "percent_complete", cases[i].objective);
        a = GET(&s, "/goals/8");
        HOLDS(a, cases[i].counted ? "progress/counted/0/code" : "progress/excluded/0/code", "8.1");
        HOLDS(a, "progress/total", "4");
        if (!cases[i].counted)
            HOLDS(a, "progress/excluded/0/reason", cases[i].status);
    }
    service_close(&s);
}
END_TEST

START_TEST(a_note_moves_nothing_and_an_older_report_neither) {
    service_open(&s);
    const char *key = reports_key(&s);
    reports_post(&s, key, 201,
                 PROGRESS("7.1", "2026-10-15", "'status':'at_risk','percent_complete':30"));
    reports_post(&s, key, 201, NOTE("7.1", "2026-10-31"));
    reports_post(&s, key, 201, PROGRESS("7.1", "2026-10-14", "'status':'completed'"));
    const struct answer *a = GET(&s, "/objectives/7.1?include=latest_update");
    HOLDS(a, "status", "at_risk");
    HOLDS(a, "percent_complete", "30");
    HOLDS(a, "updates_count", "3");
    HOLDS(a, "latest_update/kind", "note");
    reports_post(&s, key, 201,
                 PROGRESS("7.1", "2026-10-15",
                          "'status':'on_track'")); /* the same day: the later id */
    a = GET(&s, "/objectives/7.1");
    HOLDS(a, "status", "on_track");
    HOLDS(a, "percent_complete", "30");
    service_close(&s);
}
END_TEST

/* ---- corrections ---- */

START_TEST(a_correction_takes_the_place_of_what_it_corrects) {
    service_open(&s);
    const char *key = reports_key(&s);
    char body[400];
    const struct answer *first = reports_post(
        &s, key, 201, PROGRESS("7.1", "2026-10-15", "'status':'on_track','percent_complete':60"));
    const char *id = doc_text(answer_at(first, "id"));
    snprintf(body, sizeof(body),
             PROGRESS("7.1", "2026-10-14",
                      "'status':'at_risk','percent_complete':20,"
                      "'supersedes':'%s','reason':'counted twice'"),
             id);
    const struct answer *second = reports_post(&s, key, 201, body);
    HOLDS(second, "supersedes", id);
    HOLDS(second, "reason", "counted twice");
    HOLDS(GET(&s, answer_header(first, "Location")), "state", "superseded");
    HOLDS(GET(&s, answer_header(first, "Location")), "superseded_by",
          doc_text(answer_at(second, "id")));
    const struct answer *a = GET(&s, "/objectives/7.1");
    HOLDS(a, "status", "at_risk");
    HOLDS(a, "percent_complete", "20");
    HOLDS(a, "status_as_of", "2026-10-14");
    ck_assert_uint_eq(service_count(&s, "/updates"), 2); /* both stay readable */

    REFUSES(reports_post(&s, key, 409, body), "superseded #/supersedes");
    snprintf(body, sizeof(body),
             PROGRESS("7.1", "2026-10-14", "'status':'at_risk','supersedes':'%s'"),
             doc_text(answer_at(second, "id")));
    REFUSES(reports_post(&s, key, 422, body), "invalid #/reason");
    snprintf(body, sizeof(body),
             PROGRESS("7.2", "2026-10-14", "'status':'at_risk','supersedes':'%s','reason':'r'"),
             doc_text(answer_at(second, "id")));
    REFUSES(reports_post(&s, key, 422, body), "invalid #/supersedes");
    ck_assert_int_eq(reports_published(&s), 2);
    service_close(&s);
}
END_TEST

START_TEST(a_known_pair_is_answered_with_its_place) {
    service_open(&s);
    const char *key = reports_key(&s);
    const char *body =
        "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s','external_id':'a b/\\u00e9'}";
    reports_post(&s, key, 201, body);
    const struct answer *a = reports_post(&s, key, 409, body);
    REFUSES(a, "external-id-known #/external_id");
    const char *place = answer_header(a, "Location");
    ck_assert_str_eq(place, "/updates/gogov/a%20b%2F%C3%A9");
    HOLDS(GET(&s, place), "objective", "7.1");
    service_close(&s);
}
END_TEST

START_TEST(an_archived_objective_takes_no_report) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish,edit", "gogov", NULL);
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1", .key = key,
           .if_match = GET(&s, "/objectives/7.1")->etag, .body = "{'archived':true}");
    REFUSES(reports_post(&s, key, 422, NOTE("7.1", "2026-10-31")), "invalid #/objective");
    service_close(&s);
}
END_TEST

/* ---- what is kept of it ---- */

START_TEST(every_write_leaves_an_audit_and_the_public_never_sees_its_holder) {
    static const char *const targets[] = {"/updates",
                                          "/updates?include=",
                                          "/plan",
                                          "/summary",
                                          "/goals?include=latest_update,objectives",
                                          "/objectives?limit=500&include=latest_update",
                                          "/health",
                                          "/metrics",
                                          "/"};
    char text[200];
    service_open(&s);
    const struct answer *a = reports_post(&s, reports_key(&s), 201, NOTE("7.1", "2026-10-31"));
    database_ask(
        &s.database,
        "select concat_ws(' ', client, holder, action, entity, entity_id) from progress.audit_event"
        " where request_id is not null order by id desc limit 1",
        text, sizeof(text));
    char expected[200];
    snprintf(expected, sizeof(expected), "client-1 Somebody of the City publish update %s",
             doc_text(answer_at(a, "id")));
    ck_assert_str_eq(text, expected);
    database_ask(&s.database,
                 "select request_id from progress.audit_event order by id desc limit 1", text,
                 sizeof(text));
    ck_assert_str_eq(text, a->call.request_id);
    ck_assert_int_eq(database_number(&s.database,
                                     "select count(*) from progress.change where op = 'published'"),
                     1);
    for (size_t i = 0; i < COUNT(targets); i++) {
        const char *body = service_get(&s, targets[i])->body;
        ck_assert_msg(!strstr(body, "Somebody") && !strstr(body, "client-1") &&
                          !strstr(body, "cip_"),
                      "%s", targets[i]);
    }
    service_close(&s);
}
END_TEST

START_TEST(what_was_sent_is_what_is_read) {
    service_open(&s);
    const struct answer *a = reports_post(
        &s, reports_key(&s), 201,
        "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'on_track',"
        "'percent_complete':33.33,'summary':' \\u00e9 \\ud83d\\ude00 <b>&\\\\\\u0022 ','details':'a\\nb\\tc',"
        "'next_steps':'n','links':[{'url':'https://x.y/?a=1&b=2#c','label':'L'}],"
        "'source_updated_at':'2026-10-31T10:00:00.5+02:00'}");
    HOLDS(a, "percent_complete", "33.33");
    ck_assert_ptr_nonnull(strstr(a->body, "\"percent_complete\":33.33,"));
    HOLDS(a, "summary", " \xc3\xa9 \xf0\x9f\x98\x80 <b>&\\\" ");
    HOLDS(a, "details", "a\nb\tc");
    HOLDS(a, "links/0/label", "L");
    HOLDS(a, "links/0/url", "https://x.y/?a=1&b=2#c");
    HOLDS(a, "source_updated_at", "2026-10-31T08:00:00.500Z");
    ck_assert_str_eq(GET(&s, answer_header(a, "Location"))->body, a->body);
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_post_is_created_and_everybody_reads_it,
        a_status_implies_its_percent,
        a_note_moves_nothing_and_an_older_report_neither,
        a_correction_takes_the_place_of_what_it_corrects,
        a_known_pair_is_answered_with_its_place,
        an_archived_objective_takes_no_report,
        every_write_leaves_an_audit_and_the_public_never_sees_its_holder,
        what_was_sent_is_what_is_read,
    };
    service_prepare("api/posts", false);
    int status = suite_run("api/posts", tests, COUNT(tests));
    service_clean_up();
    return status;
}
