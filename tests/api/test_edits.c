#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

static struct service s;

static const struct answer *patch(const char *key, int status, const char *target, const char *etag,
                                  const char *body) {
    return EXPECT(&s, status, .method = "PATCH", .target = target, .key = key, .if_match = etag,
                  .body = body);
}

static int64_t revisions(void) {
    return database_number(&s.database, "select (select count(*) from progress.objective_revision)"
                                        "     + (select count(*) from progress.goal_revision)");
}

START_TEST(an_edit_makes_the_next_revision) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    int64_t before = revisions();
    const struct answer *a = patch(
        key, 200, "/objectives/7.1", GET(&s, "/objectives/7.1")->etag,
        "{'owner_role':'City Clerk','start_on':'2026-01-01','due_on':'2026-12-31','weight':2.5,"
        "'update_frequency':'quarterly','tags':['a','b'],'description':'More.'}");
    HOLDS(a, "revision", "2");
    HOLDS(a, "owner_role", "City Clerk");
    HOLDS(a, "due_on", "2026-12-31");
    HOLDS(a, "weight", "2.5");
    HOLDS(a, "update_frequency", "quarterly");
    HOLDS(a, "tags", "[2]");
    HOLDS(a, "description_position", "before");
    ck_assert_str_eq(GET(&s, "/objectives/7.1")->body, a->body);
    ck_assert_str_eq(GET(&s, "/objectives/7.1")->etag, a->etag);
    ck_assert_int_eq(etag_revision(a->etag), 2);
    a = patch(key, 200, "/goals/7", GET(&s, "/goals/7")->etag,
              "{'short_name':'Openness','weight':3}");
    HOLDS(a, "revision", "2");
    HOLDS(a, "short_name", "Openness");
    HOLDS(GET(&s, "/plan"), "progress/counted/6/weight", "3");
    ck_assert_int_eq(revisions(), before + 2);
    char text[200];
    database_ask(&s.database,
                 "select concat_ws(' ', client, holder, detail) from progress.audit_event"
                 " where action = 'edit' and entity = 'goal'",
                 text, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "client-1 Somebody of the City"));
    ck_assert_ptr_nonnull(strstr(text, "\"weight\": [1, 3]"));
    service_close(&s);
}
END_TEST

START_TEST(null_clears_and_what_is_absent_stays) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const struct answer *a = patch(
        key, 200, "/objectives/7.1", GET(&s, "/objectives/7.1")->etag,
        "{'owner_role':'City Clerk','due_on':'2026-12-31','description':'d','description_position':'after'}");
    const char *statement = doc_get_text(a->doc, "statement");
    a = patch(key, 200, "/objectives/7.1", a->etag, "{'owner_role':null}");
    HOLDS(a, "owner_role", "null");
    HOLDS(a, "due_on", "2026-12-31");
    HOLDS(a, "description", "d");
    HOLDS(a, "description_position", "after");
    HOLDS(a, "statement", statement);
    a = patch(key, 200, "/objectives/7.1", a->etag, "{'description':null,'due_on':null}");
    HOLDS(a, "description", "null");
    HOLDS(a, "description_position", "null");
    HOLDS(a, "due_on", "null");
    HOLDS(a, "revision", "4");
    service_close(&s);
}
END_TEST

START_TEST(a_short_name_takes_its_source_along) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const struct answer *a = GET(&s, "/goals/1");
    ck_assert_ptr_nonnull(doc_get_text(a->doc, "short_name_source"));
    a = patch(key, 200, "/goals/1", a->etag, "{'short_name':null}");
    HOLDS(a, "short_name", "null");
    HOLDS(a, "short_name_source", "null");
    REFUSES(patch(key, 422, "/goals/1", a->etag, "{'short_name_source':'https://x'}"),
            "invalid #/short_name_source");
    service_close(&s);
}
END_TEST

START_TEST(an_edit_that_changes_nothing_makes_no_revision) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    int64_t before = revisions();
    const struct answer *old = GET(&s, "/objectives/7.1");
    ck_assert_str_eq(patch(key, 200, "/objectives/7.1", old->etag, "{}")->body, old->body);
    ck_assert_str_eq(patch(key, 200, "/objectives/7.1", old->etag,
                           "{'weight':1.0,'tags':[],'due_on':null}")
                         ->etag,
                     old->etag);
    ck_assert_int_eq(revisions(), before);
    service_close(&s);
}
END_TEST

START_TEST(an_edit_needs_the_revision_that_it_edits) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const char *first = GET(&s, "/objectives/7.1")->etag;
    REFUSES(patch(key, 428, "/objectives/7.1", NULL, "{'weight':2}"), "precondition-required");
    REFUSES(patch(key, 428, "/goals/7", NULL, "{'weight':2}"), "precondition-required");
    static const char *const stale[] = {"\"r9-0000000000000000\"",
                                        "\"r0-0000000000000000\"",
                                        "W/\"r1-0000000000000000\"",
                                        "*",
                                        "r1",
                                        "\"x\"",
                                        "\"r1\""};
    for (size_t i = 0; i < COUNT(stale); i++)
        REFUSES(patch(key, 412, "/objectives/7.1", stale[i], "{'weight':2}"), "stale-revision");
    patch(key, 200, "/objectives/7.1", first, "{'weight':2}");
    REFUSES(patch(key, 412, "/objectives/7.1", first, "{'weight':3}"), "stale-revision");
    HOLDS(GET(&s, "/objectives/7.1"), "weight", "2");
    patch(key, 200, "/objectives/7.1", "\"other\", \"r2-0000000000000000-gz\"", "{'weight':3}");
    service_close(&s);
}
END_TEST

START_TEST(a_new_update_does_not_refuse_an_editor) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish,edit", "clerk", NULL);
    const char *objective = GET(&s, "/objectives/7.1")->etag;
    const char *goal = GET(&s, "/goals/7")->etag;
    EXPECT(
        &s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "k",
        .body =
            "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'on_track','summary':'s'}");
    ck_assert_str_ne(GET(&s, "/objectives/7.1")->etag, objective);
    HOLDS(patch(key, 200, "/objectives/7.1", objective, "{'weight':2}"), "status", "on_track");
    patch(key, 200, "/goals/7", goal, "{'weight':2}");
    service_close(&s);
}
END_TEST

START_TEST(bad_edits_are_refused_whole_and_change_nothing) {
    static const struct {
        const char *target, *body;
        int status;
        const char *faults;
    } cases[] = {
        {"/objectives/7.1", "[]", 422, "invalid #"},
        {"/objectives/7.1", "{", 400, "malformed"},
        {"/objectives/7.1", "{'status':'completed','weight':-1,'due_on':'soon'}", 422,
         "invalid #/status #/weight #/due_on"},
        {"/objectives/7.1", "{'start_on':'2026-02-01','due_on':'2026-01-01'}", 422,
         "invalid #/due_on"},
        {"/objectives/7.1", "{'weight':0.0001}", 422, "invalid #/weight"},
        {"/objectives/7.1", "{'lead_department':'no-such','supporting_departments':['nor-this']}",
         422, "invalid #/lead_department #/supporting_departments/0"},
        {"/objectives/7.1", "{'statement':' '}", 422, "invalid #/statement"},
        {"/objectives/7.1", "{'tags':[null]}", 422, "invalid #/tags/0"},
        {"/goals/7", "{'statement':null,'number':9}", 422, "invalid #/statement #/number"},
        {"/goals/7", "{'archived':true}", 422, "invalid #/archived"},
        {"/goals/9", "{'weight':2}", 404, "not-found"},
        {"/objectives/9.9", "{'weight':2}", 404, "not-found"},
    };
    char before[33];
    char after[33];
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    database_digest(&s.database, before);
    for (size_t i = 0; i < COUNT(cases); i++)
        REFUSES(patch(key, cases[i].status, cases[i].target, "\"r1-0\"", cases[i].body),
                cases[i].faults);
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    service_close(&s);
}
END_TEST

START_TEST(a_date_is_held_against_the_one_that_stands) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const struct answer *a = patch(key, 200, "/objectives/7.1", GET(&s, "/objectives/7.1")->etag,
                                   "{'start_on':'2026-06-01'}");
    REFUSES(patch(key, 422, "/objectives/7.1", a->etag, "{'due_on':'2026-05-31'}"),
            "invalid #/due_on");
    patch(key, 200, "/objectives/7.1", a->etag, "{'due_on':'2026-06-01'}");
    service_close(&s);
}
END_TEST

START_TEST(a_merge_patch_says_so) {
    static const char *const types[] = {"application/json", "application/json-patch+json",
                                        "text/plain", ""};
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    for (size_t i = 0; i < COUNT(types); i++) {
        const struct answer *a = EXPECT(&s, 415, .method = "PATCH", .target = "/objectives/7.1",
                                        .key = key, .type = types[i], .if_match = "\"r1-0\"",
                                        .body = "{}");
        REFUSES(a, "unsupported-media-type");
        ck_assert_str_eq(answer_header(a, "Accept-Patch"), "application/merge-patch+json");
        ck_assert_int_eq(a->body_reads, 0);
    }
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1", .key = key,
           .type = "application/merge-patch+json; charset=utf-8", .if_match = "\"r1-0\"",
           .body = "{}");
    service_close(&s);
}
END_TEST

START_TEST(only_editors_edit_and_only_what_is_theirs) {
    service_open(&s);
    const char *etag = GET(&s, "/objectives/7.1")->etag;
    EXPECT(&s, 401, .method = "PATCH", .target = "/objectives/7.1", .if_match = etag, .body = "{}");
    patch(service_key(&s, "report,publish", "gogov", NULL), 403, "/objectives/7.1", etag,
          "{'weight':2}");
    const char *narrow = service_key(&s, "edit", "clerk", "7.1");
    patch(narrow, 403, "/objectives/7.2", GET(&s, "/objectives/7.2")->etag, "{'weight':2}");
    patch(narrow, 403, "/goals/7", GET(&s, "/goals/7")->etag, "{'weight':2}");
    patch(narrow, 200, "/objectives/7.1", etag, "{'weight':2}");
    patch(service_key(&s, "admin", NULL, NULL), 200, "/goals/7", GET(&s, "/goals/7")->etag,
          "{'weight':2}");
    service_close(&s);
}
END_TEST

START_TEST(an_archived_objective_counts_no_more) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const struct answer *a = patch(key, 200, "/objectives/8.1", GET(&s, "/objectives/8.1")->etag,
                                   "{'archived':true}");
    const char *since = doc_get_text(a->doc, "archived_at");
    ck_assert_ptr_nonnull(since);
    HOLDS(patch(key, 200, "/objectives/8.1", a->etag, "{'archived':true}"), "archived_at", since);
    const struct answer *goal = GET(&s, "/goals/8");
    HOLDS(goal, "progress/total", "3");
    HOLDS(goal, "progress/excluded/0/code", "8.1");
    HOLDS(goal, "progress/excluded/0/reason", "archived");
    HOLDS(GET(&s, "/summary"), "progress/total", "41");
    a = patch(key, 200, "/objectives/8.1", a->etag, "{'archived':false}");
    HOLDS(a, "archived_at", "null");
    HOLDS(GET(&s, "/goals/8"), "progress/total", "4");
    service_close(&s);
}
END_TEST

START_TEST(a_dry_edit_edits_nothing) {
    char before[33];
    char after[33];
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const char *etag = GET(&s, "/objectives/7.1")->etag;
    database_digest(&s.database, before);
    const struct answer *a = patch(key, 200, "/objectives/7.1?dry_run=true", etag, "{'weight':2}");
    HOLDS(a, "dry_run", "true");
    HOLDS(a, "weight", "2");
    ck_assert_ptr_null(a->etag);
    EXPECT(&s, 428, .method = "PATCH", .target = "/objectives/7.1?dry_run=true", .key = key,
           .body = "{'weight':2}");
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    service_close(&s);
}
END_TEST

START_TEST(a_repeated_edit_is_replayed) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    const char *etag = GET(&s, "/objectives/7.1")->etag;
    const struct answer *first = EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1",
                                        .key = key, .if_match = etag, .idempotency_key = "k",
                                        .body = "{'weight':2}");
    const struct answer *again = EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1",
                                        .key = key, .if_match = etag, .idempotency_key = "k",
                                        .body = "{'weight':2}");
    ck_assert_str_eq(first->body, again->body);
    ck_assert_str_eq(answer_header(again, "Idempotent-Replayed"), "true");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_edit_makes_the_next_revision,
        null_clears_and_what_is_absent_stays,
        a_short_name_takes_its_source_along,
        an_edit_that_changes_nothing_makes_no_revision,
        an_edit_needs_the_revision_that_it_edits,
        a_new_update_does_not_refuse_an_editor,
        bad_edits_are_refused_whole_and_change_nothing,
        a_date_is_held_against_the_one_that_stands,
        a_merge_patch_says_so,
        only_editors_edit_and_only_what_is_theirs,
        an_archived_objective_counts_no_more,
        a_dry_edit_edits_nothing,
        a_repeated_edit_is_replayed,
    };
    service_prepare("api/edits", false);
    int status = suite_run("api/edits", tests, COUNT(tests));
    service_clean_up();
    return status;
}
