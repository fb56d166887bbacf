#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

/* PUT /updates/{source}/{external_id}: what a bridge does night after night. */
static struct service s;

#define REPORT(status, rest)                                                      \
    "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'" status \
    "','summary':'as known'" rest "}"

static const struct answer *put(const char *key, int status, const char *external_id,
                                const char *body) {
    char path[200];
    snprintf(path, sizeof(path), "/updates/gogov/%s", external_id);
    return EXPECT(&s, status, .method = "PUT", .target = path, .key = key, .body = body);
}

static int64_t published(void) {
    return database_number(&s.database, "select count(*) from progress.published_update");
}

static const char *id_of(const struct answer *a) {
    return doc_text(answer_at(a, "id"));
}

START_TEST(a_new_pair_is_created_and_the_same_again_adds_no_row) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *first = put(key, 201, "a", REPORT("on_track", ""));
    char place[40];
    snprintf(place, sizeof(place), "/updates/%s", id_of(first));
    ck_assert_str_eq(answer_header(first, "Location"), place);
    HOLDS(first, "source", "gogov");
    HOLDS(first, "external_id", "a");
    for (int i = 0; i < 3; i++) {
        const struct answer *again = put(key, 200, "a",
                                         i ? REPORT("on_track", "")
                                           : " " REPORT("on_track", ",'links':[]"));
        ck_assert_str_eq(again->body, first->body);
        ck_assert_str_eq(again->etag, first->etag);
    }
    ck_assert_int_eq(published(), 1);
    ck_assert_str_eq(GET(&s, "/updates/gogov/a")->body, first->body);
    service_close(&s);
}
END_TEST

START_TEST(a_changed_body_supersedes) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const char *first = id_of(put(key, 201, "a", REPORT("on_track", "")));
    const struct answer *a = put(key, 200, "a", REPORT("at_risk", ",'percent_complete':15"));
    ck_assert_str_ne(id_of(a), first);
    HOLDS(a, "supersedes", first);
    HOLDS(a, "state", "published");
    HOLDS(GET(&s, "/updates/gogov/a"), "id", id_of(a));
    HOLDS(GET(&s, "/objectives/7.1"), "status", "at_risk");
    HOLDS(GET(&s, "/objectives/7.1"), "percent_complete", "15");
    ck_assert_int_eq(published(), 2);
    service_close(&s);
}
END_TEST

START_TEST(what_is_older_than_what_is_known_changes_nothing) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *first = put(key, 201, "a",
                                     REPORT("on_track",
                                            ",'source_updated_at':'2026-11-01T08:00:00Z'"));
    const struct answer *a = put(key, 200, "a",
                                 REPORT("off_track",
                                        ",'source_updated_at':'2026-11-01T07:59:59Z'"));
    ck_assert_str_eq(a->body, first->body);
    a = put(key, 200, "a", REPORT("off_track", ",'source_updated_at':'2026-11-01T00:59:59-07:00'"));
    ck_assert_str_eq(a->body, first->body);
    ck_assert_int_eq(published(), 1);
    HOLDS(put(key, 200, "a", REPORT("at_risk", ",'source_updated_at':'2026-11-01T08:00:00Z'")),
          "status", "at_risk");
    HOLDS(put(key, 200, "a", REPORT("off_track", ",'source_updated_at':'2026-11-01T08:00:01Z'")),
          "status", "off_track");
    HOLDS(put(key, 200, "a", REPORT("on_hold", "")), "status", "on_hold");
    ck_assert_int_eq(published(), 4);
    service_close(&s);
}
END_TEST

START_TEST(an_open_draft_is_revised_and_stays_one) {
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    const char *publisher = service_key(&s, "publish", "clerk", NULL);
    const struct answer *first = put(key, 201, "a", REPORT("on_track", ""));
    HOLDS(first, "state", "draft");
    EXPECT(&s, 404, .method = "GET", .target = "/updates/gogov/a");
    const struct answer *a = put(key, 200, "a", REPORT("at_risk", ""));
    HOLDS(a, "id", id_of(first));
    HOLDS(a, "revision", "2");
    HOLDS(put(key, 200, "a", REPORT("at_risk", "")), "revision", "2");
    char path[100];
    snprintf(path, sizeof(path), "/updates/%s/publication", id_of(first));
    EXPECT(&s, 200, .method = "POST", .target = path, .key = publisher);
    HOLDS(GET(&s, "/updates/gogov/a"), "status", "at_risk");

    a = put(key, 200, "a",
            REPORT("off_track", "")); /* a draft of a correction: nothing public moves */
    HOLDS(a, "state", "draft");
    HOLDS(a, "supersedes", id_of(first));
    HOLDS(GET(&s, "/updates/gogov/a"), "status", "at_risk");
    ck_assert_int_eq(published(), 1);
    snprintf(path, sizeof(path), "/updates/%s/publication", id_of(a));
    EXPECT(&s, 200, .method = "POST", .target = path, .key = publisher);
    HOLDS(GET(&s, "/updates/gogov/a"), "status", "off_track");
    service_close(&s);
}
END_TEST

START_TEST(a_discarded_draft_leaves_its_pair_free) {
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    const char *id = id_of(put(key, 201, "a", REPORT("on_track", "")));
    char path[100];
    snprintf(path, sizeof(path), "/updates/%s/discard", id);
    EXPECT(&s, 200, .method = "POST", .target = path, .key = key);
    ck_assert_str_ne(id_of(put(key, 201, "a", REPORT("on_track", ""))), id);
    service_close(&s);
}
END_TEST

START_TEST(a_nightly_repeat_does_not_undo_a_correction_by_hand) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    char body[300];
    const char *first = id_of(put(key, 201, "a", REPORT("on_track", "")));
    snprintf(body, sizeof(body),
             REPORT("off_track", ",'supersedes':'%s','reason':'the bridge was wrong'"), first);
    const struct answer *by_hand = EXPECT(&s, 201, .method = "POST", .target = "/updates",
                                          .key = key, .idempotency_key = "h", .body = body);
    HOLDS(put(key, 200, "a", REPORT("on_track", "")), "id", id_of(by_hand));
    HOLDS(GET(&s, "/objectives/7.1"), "status", "off_track");
    HOLDS(put(key, 200, "a", REPORT("completed", "")), "supersedes",
          id_of(by_hand)); /* it has something new to say */
    HOLDS(GET(&s, "/objectives/7.1"), "status", "completed");
    service_close(&s);
}
END_TEST

START_TEST(strange_ids_are_kept_as_they_are) {
    static const struct {
        const char *in_path, *id;
    } cases[] = {
        {"a%2Fb", "a/b"},
        {"a%20b", "a b"},
        {"%C3%A9", "\xc3\xa9"},
        {"a+b", "a+b"},
        {"%25", "%"},
        {"a;b=c,d", "a;b=c,d"},
        {"%F0%9F%98%80", "\xf0\x9f\x98\x80"},
        {"publication", "publication"},
        {"..x", "..x"},
    };
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[100];
        HOLDS(put(key, 201, cases[i].in_path, REPORT("on_track", "")), "external_id", cases[i].id);
        snprintf(path, sizeof(path), "/updates/gogov/%s", cases[i].in_path);
        HOLDS(GET(&s, path), "external_id", cases[i].id);
    }
    ck_assert_int_eq(published(), (int64_t)COUNT(cases));
    service_close(&s);
}
END_TEST

START_TEST(ids_that_cannot_be_kept_are_refused) {
    char path[300] = "/updates/gogov/";
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    memset(path + strlen(path), 'x', 201);
    path[15 + 201] = '\0';
    EXPECT(&s, 400, .method = "PUT", .target = path, .key = key, .body = REPORT("on_track", ""));
    EXPECT(&s, 400, .method = "PUT", .target = "/updates/gogov/a%01b", .key = key,
           .body = REPORT("on_track", ""));
    ck_assert_int_eq(published(), 0);
    service_close(&s);
}
END_TEST

START_TEST(the_path_must_be_the_keys_own_source) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *a = EXPECT(&s, 403, .method = "PUT", .target = "/updates/erp/a",
                                    .key = key, .body = REPORT("on_track", ""));
    ck_assert_str_eq(doc_get_text(a->doc, "code"), "forbidden");
    EXPECT(&s, 201, .method = "PUT", .target = "/updates/erp/a",
           .key = service_key(&s, "admin", NULL, NULL), .body = REPORT("on_track", ""));
    service_close(&s);
}
END_TEST

START_TEST(what_the_path_names_is_not_for_the_body) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    REFUSES(put(key, 422, "a", REPORT("on_track", ",'source':'erp'")), "invalid #/source");
    REFUSES(put(key, 422, "a",
                REPORT("on_track", ",'source':'gogov','external_id':'b','supersedes':'17'")),
            "invalid #/source #/external_id #/supersedes");
    ck_assert_int_eq(published(), 0);
    service_close(&s);
}
END_TEST

START_TEST(a_report_does_not_move_to_another_objective) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    put(key, 201, "a", REPORT("on_track", ""));
    REFUSES(put(key, 422, "a",
                "{'objective':'7.2','as_of':'2026-10-31','kind':'note','summary':'s'}"),
            "invalid #/objective");
    service_close(&s);
}
END_TEST

START_TEST(faults_are_gathered_here_too) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    REFUSES(put(key, 422, "a", "{'kind':'progress','percent_complete':200,'mood':1}"),
            "invalid #/percent_complete #/mood #/objective #/as_of #/summary #/status");
    REFUSES(put(key, 422, "a",
                "{'objective':'9.9','as_of':'2027-01-01','kind':'note','summary':'s'}"),
            "invalid #/as_of #/objective");
    ck_assert_int_eq(published(), 0);
    service_close(&s);
}
END_TEST

START_TEST(a_named_key_replays_a_put) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *first = EXPECT(&s, 201, .method = "PUT", .target = "/updates/gogov/a",
                                        .key = key, .idempotency_key = "k",
                                        .body = REPORT("on_track", ""));
    const struct answer *again = EXPECT(&s, 201, .method = "PUT", .target = "/updates/gogov/a",
                                        .key = key, .idempotency_key = "k",
                                        .body = REPORT("on_track", ""));
    ck_assert_str_eq(first->body, again->body);
    ck_assert_str_eq(answer_header(again, "Idempotent-Replayed"), "true");
    service_close(&s);
}
END_TEST

START_TEST(two_sources_may_use_the_same_id) {
    service_open(&s);
    put(service_key(&s, "report,publish", "gogov", NULL), 201, "a", REPORT("on_track", ""));
    EXPECT(&s, 201, .method = "PUT", .target = "/updates/erp/a",
           .key = service_key(&s, "report,publish", "erp", NULL), .body = REPORT("at_risk", ""));
    HOLDS(GET(&s, "/updates/gogov/a"), "status", "on_track");
    HOLDS(GET(&s, "/updates/erp/a"), "status", "at_risk");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_new_pair_is_created_and_the_same_again_adds_no_row,
        a_changed_body_supersedes,
        what_is_older_than_what_is_known_changes_nothing,
        an_open_draft_is_revised_and_stays_one,
        a_discarded_draft_leaves_its_pair_free,
        a_nightly_repeat_does_not_undo_a_correction_by_hand,
        strange_ids_are_kept_as_they_are,
        ids_that_cannot_be_kept_are_refused,
        the_path_must_be_the_keys_own_source,
        what_the_path_names_is_not_for_the_body,
        a_report_does_not_move_to_another_objective,
        faults_are_gathered_here_too,
        a_named_key_replays_a_put,
        two_sources_may_use_the_same_id,
    };
    service_prepare("api/natural", false);
    int status = suite_run("api/natural", tests, COUNT(tests));
    service_clean_up();
    return status;
}
