#include <stdio.h>

#include "support/service.h"
#include "support/suite.h"

/* What becomes of an update: publication, retraction, discard. */
static struct service s;

#define BODY                                                                                               \
    "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'on_track','percent_complete':40," \
    "'summary':'as reported','external_id':'x'}"

static const struct answer *post(const char *key, int status, const char *body) {
    static int count;
    char idem[20];
    snprintf(idem, sizeof(idem), "post-%d", ++count);
    return EXPECT(&s, status, .method = "POST", .target = "/updates", .key = key,
                  .idempotency_key = idem, .body = body);
}

static const char *at(const char *id, const char *rest) {
    static char paths[8][100];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof(paths[0]), "/updates/%s%s", id, rest);
    return path;
}

static const struct answer *decide(const char *key, int status, const char *id,
                                   const char *decision) {
    return EXPECT(&s, status, .method = "POST", .target = at(id, decision), .key = key);
}

static const struct answer *retract(const char *key, int status, const char *id) {
    return EXPECT(&s, status, .method = "POST", .target = at(id, "/retraction"), .key = key,
                  .body = "{'reason':'not so'}");
}

static const char *id_of(const struct answer *a) {
    return doc_text(answer_at(a, "id"));
}

START_TEST(publication_makes_it_public_under_its_id_once) {
    service_open(&s);
    const char *reporter = service_key(&s, "report", "gogov", NULL);
    const char *publisher = service_key(&s, "publish", "clerk", NULL);
    const char *id = id_of(post(reporter, 201, BODY));
    REFUSES(decide(reporter, 403, id, "/publication"), "forbidden");
    const struct answer *first = decide(publisher, 200, id, "/publication");
    HOLDS(first, "id", id);
    HOLDS(first, "state", "published");
    HOLDS(first, "source", "gogov");
    const struct answer *second = decide(publisher, 200, id, "/publication");
    ck_assert_str_eq(second->body, first->body);
    ck_assert_str_eq(GET(&s, at(id, ""))->body, first->body);
    HOLDS(GET(&s, "/objectives/7.1"), "percent_complete", "40");
    HOLDS(GET(&s, "/updates/gogov/x"), "id", id);
    EXPECT(&s, 404, .method = "GET", .target = at(id, "?state=draft"), .key = reporter);
    REFUSES(EXPECT(&s, 409, .method = "PUT", .target = at(id, ""), .key = reporter,
                   .if_match = "\"r1-0\"", .body = BODY),
            "conflict");
    REFUSES(decide(publisher, 409, id, "/discard"), "conflict");
    EXPECT(&s, 404, .method = "POST", .target = "/updates/999999/publication", .key = publisher);
    ck_assert_int_eq(
        database_number(&s.database,
                        "select count(*) from progress.audit_event where action = 'publish'"),
        1);
    service_close(&s);
}
END_TEST

START_TEST(bodies_of_decisions_may_be_absent_or_empty) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const char *reporter = service_key(&s, "report", "gogov", NULL);
    const char *id = id_of(post(reporter, 201, BODY));
    EXPECT(&s, 415, .method = "POST", .target = at(id, "/publication"), .key = key,
           .type = "text/plain", .body = "{}");
    REFUSES(EXPECT(&s, 422, .method = "POST", .target = at(id, "/publication"), .key = key,
                   .body = "{'as_of':'2026-01-01'}"),
            "invalid #/as_of");
    EXPECT(&s, 200, .method = "POST", .target = at(id, "/publication"), .key = key,
           .raw = ""); /* Content-Length: 0 */
    EXPECT(&s, 200, .method = "POST", .target = at(id, "/publication"), .key = key, .body = "{}");
    EXPECT(&s, 415, .method = "POST", .target = at(id, "/retraction"), .key = key);
    REFUSES(EXPECT(&s, 422, .method = "POST", .target = at(id, "/retraction"), .key = key,
                   .body = "{}"),
            "invalid #/reason");
    service_close(&s);
}
END_TEST

START_TEST(a_discard_is_final_and_may_be_repeated) {
    service_open(&s);
    const char *reporter = service_key(&s, "report", "gogov", NULL);
    const char *publisher = service_key(&s, "publish", "clerk", NULL);
    const char *id = id_of(post(reporter, 201, BODY));
    REFUSES(decide(service_key(&s, "report", "erp", NULL), 404, id, "/discard"), "not-found");
    REFUSES(decide(service_key(&s, "edit", "clerk", NULL), 403, id, "/discard"), "forbidden");
    const struct answer *first = decide(reporter, 200, id, "/discard");
    HOLDS(first, "state", "discarded");
    ck_assert_str_eq(decide(reporter, 200, id, "/discard")->body, first->body);
    ck_assert_str_eq(decide(publisher, 200, id, "/discard")->body, first->body);
    REFUSES(decide(publisher, 409, id, "/publication"), "conflict");
    REFUSES(EXPECT(&s, 409, .method = "PUT", .target = at(id, ""), .key = reporter,
                   .if_match = first->etag, .body = BODY),
            "conflict");
    HOLDS(EXPECT(&s, 200, .method = "GET", .target = "/updates?state=draft", .key = reporter),
          "data", "[0]");
    post(reporter, 201, BODY); /* its external id is free again */
    service_close(&s);
}
END_TEST

START_TEST(a_retraction_states_its_reason_and_may_be_repeated) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const char *first = id_of(
        post(key, 201,
             "{'objective':'7.1','as_of':'2026-10-01','kind':'progress','status':'at_risk',"
             "'percent_complete':10,'summary':'s'}"));
    const char *second = id_of(post(key, 201, BODY));
    HOLDS(GET(&s, "/objectives/7.1"), "percent_complete", "40");
    REFUSES(EXPECT(&s, 403, .method = "POST", .target = at(second, "/retraction"),
                   .key = service_key(&s, "report", "gogov", NULL), .body = "{'reason':'r'}"),
            "forbidden");
    const struct answer *a = retract(key, 200, second);
    HOLDS(a, "state", "retracted");
    HOLDS(a, "retraction/reason", "not so");
    ck_assert_ptr_nonnull(doc_text(answer_at(a, "retraction/at")));
    ck_assert_str_eq(retract(key, 200, second)->body, a->body);
    ck_assert_str_eq(GET(&s, at(second, ""))->body, a->body); /* it stays readable */
    HOLDS(GET(&s, "/objectives/7.1"), "percent_complete", "10");
    HOLDS(GET(&s, "/objectives/7.1"), "status", "at_risk");
    HOLDS(GET(&s, "/summary"), "last_update/id", first);
    ck_assert_uint_eq(service_count(&s, "/updates"), 2);
    EXPECT(&s, 404, .method = "POST", .target = "/updates/999999/retraction", .key = key,
           .body = "{'reason':'r'}");
    service_close(&s);
}
END_TEST

START_TEST(retracting_a_head_does_not_revive_its_predecessor) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    char body[300];
    const char *first = id_of(post(key, 201, BODY));
    snprintf(
        body, sizeof(body),
        "{'objective':'7.1','as_of':'2026-10-31','kind':'progress','status':'at_risk','summary':'s',"
        "'supersedes':'%s','reason':'r'}",
        first);
    const char *second = id_of(post(key, 201, body));
    REFUSES(retract(key, 409, first), "superseded");
    retract(key, 200, second);
    HOLDS(GET(&s, "/objectives/7.1"), "status", "no_information");
    HOLDS(GET(&s, "/objectives/7.1"), "percent_complete", "null");
    HOLDS(GET(&s, at(first, "")), "state", "superseded");
    service_close(&s);
}
END_TEST

START_TEST(a_draft_is_discarded_not_retracted) {
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const char *id = id_of(post(service_key(&s, "report", "gogov", NULL), 201, BODY));
    REFUSES(retract(key, 409, id), "conflict");
    service_close(&s);
}
END_TEST

START_TEST(a_draft_whose_base_was_superseded_is_not_published) {
    service_open(&s);
    const char *publisher = service_key(&s, "report,publish", "gogov", NULL);
    const char *reporter = service_key(&s, "report", "gogov", NULL);
    char body[300];
    const char *base = id_of(
        post(publisher, 201,
             "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}"));
    snprintf(
        body, sizeof(body),
        "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'t','supersedes':'%s','reason':'r'}",
        base);
    const char *draft = id_of(post(reporter, 201, body));
    HOLDS(GET(&s, at(base, "")), "state", "published"); /* a draft supersedes nothing */
    post(publisher, 201, body);
    REFUSES(decide(publisher, 409, draft, "/publication"), "superseded #/supersedes");
    EXPECT(&s, 200, .method = "GET", .target = at(draft, "?state=draft"), .key = reporter);
    service_close(&s);
}
END_TEST

START_TEST(decisions_keep_to_the_objectives_of_a_key) {
    service_open(&s);
    const char *narrow = service_key(&s, "report,publish", "gogov", "7.2");
    const char *wide = service_key(&s, "report,publish", "gogov", NULL);
    const char *draft = id_of(post(service_key(&s, "report", "gogov", NULL), 201, BODY));
    decide(narrow, 404, draft, "/publication");
    decide(narrow, 404, draft, "/discard");
    decide(wide, 200, draft, "/publication");
    REFUSES(retract(narrow, 403, draft), "forbidden");
    retract(wide, 200, draft);
    service_close(&s);
}
END_TEST

START_TEST(dry_runs_of_decisions_decide_nothing) {
    char before[33];
    char after[33];
    service_open(&s);
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    const struct answer *draft = post(service_key(&s, "report", "gogov", NULL), 201, BODY);
    const char *id = id_of(draft);
    const char *other = id_of(
        post(key, 201, "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}"));
    database_digest(&s.database, before);
    HOLDS(decide(key, 200, id, "/publication?dry_run=true"), "dry_run", "true");
    HOLDS(decide(key, 200, id, "/discard?dry_run=true"), "dry_run", "true");
    HOLDS(EXPECT(&s, 200, .method = "POST", .target = at(other, "/retraction?dry_run=true"),
                 .key = key, .body = "{'reason':'r'}"),
          "dry_run", "true");
    HOLDS(EXPECT(&s, 200, .method = "PUT", .target = at(id, "?dry_run=true"), .key = key,
                 .if_match = draft->etag, .body = BODY),
          "dry_run", "true");
    REFUSES(EXPECT(&s, 422, .method = "POST", .target = at(other, "/retraction?dry_run=true"),
                   .key = key, .body = "{}"),
            "invalid #/reason");
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        publication_makes_it_public_under_its_id_once,
        bodies_of_decisions_may_be_absent_or_empty,
        a_discard_is_final_and_may_be_repeated,
        a_retraction_states_its_reason_and_may_be_repeated,
        retracting_a_head_does_not_revive_its_predecessor,
        a_draft_is_discarded_not_retracted,
        a_draft_whose_base_was_superseded_is_not_published,
        decisions_keep_to_the_objectives_of_a_key,
        dry_runs_of_decisions_decide_nothing,
    };
    service_prepare("api/decisions", false);
    int status = suite_run("api/decisions", tests, COUNT(tests));
    service_clean_up();
    return status;
}
