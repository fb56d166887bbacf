#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

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

static const char *id_of(const struct answer *a) {
    return doc_text(answer_at(a, "id"));
}

START_TEST(a_key_without_publish_leaves_a_draft) {
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    const struct answer *a = post(key, 201, BODY);
    ck_assert_str_eq(answer_header(a, "Location"), at(id_of(a), "?state=draft"));
    HOLDS(a, "state", "draft");
    HOLDS(a, "revision", "1");
    HOLDS(a, "published_at", "null");
    HOLDS(a, "returned", "null");
    ck_assert_int_eq(etag_revision(a->etag), 1);
    const struct answer *read = EXPECT(&s, 200, .method = "GET",
                                       .target = answer_header(a, "Location"), .key = key);
    ck_assert_str_eq(read->body, a->body);
    ck_assert_str_eq(read->etag, a->etag);
    ck_assert_str_eq(read->cache_control, "no-store");
    service_close(&s);
}
END_TEST

/* Whatever the public can ask about, with and without a key. */
static const char *const PUBLIC[] = {
    "/plan",
    "/summary",
    "/goals",
    "/goals/7",
    "/goals?include=latest_update,objectives",
    "/goals/7/objectives",
    "/objectives?limit=500&include=latest_update",
    "/objectives?status=on_track&count=exact",
    "/objectives/7.1",
    "/objectives?updated_since=2000-01-01T00:00:00Z&count=exact",
    "/objectives/7.1/updates?count=exact",
    "/updates?count=exact",
    "/updates?objective=7.1",
    "/updates?source=gogov",
    "/updates?updated_since=2000-01-01T00:00:00Z",
    "/updates?kind=progress&count=exact",
    "/updates?as_of=2026-11-02",
    "/summary?as_of=2026-11-02",
    "/updates/gogov/x",
    "/updates/1",
    "/updates/2",
    "/updates/3",
};

static void look(struct buf *out) {
    for (size_t i = 0; i < COUNT(PUBLIC); i++) {
        const struct answer *a = service_get(&s, PUBLIC[i]);
        const char *body = a->status == 200 ? a->body : doc_get_text(a->doc, "detail");
        buf_addf(out, "%s %d %s %s\n", PUBLIC[i], a->status, a->etag ? a->etag : "", body);
    }
    const struct answer *page = EXPECT(&s, 200, .method = "GET", .target = "/",
                                       .headers = {{"Accept", "text/html"}});
    buf_adds(out, page->body);
}

START_TEST(a_draft_is_seen_nowhere_in_public) {
    AUTO(buf) struct buf before = {0};
    AUTO(buf) struct buf after = {0};
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    look(&before);
    const char *id = id_of(post(key, 201, BODY));
    look(&after);
    ck_assert_str_eq(before.data, after.data);
    EXPECT(&s, 404, .method = "GET", .target = at(id, ""));
    EXPECT(&s, 404, .method = "GET", .target = at(id, ""), .key = key);
    buf_clear(&after);
    decide(key, 200, id, "/discard");
    look(&after);
    ck_assert_str_eq(before.data, after.data);
    ck_assert_int_eq(
        database_number(&s.database,
                        "select count(*) from progress.change where entity = 'update'"),
        0);
    service_close(&s);
}
END_TEST

START_TEST(drafts_need_a_key) {
    service_open(&s);
    const char *editor = service_key(&s, "edit", "clerk", NULL);
    const char *id = id_of(post(service_key(&s, "report", "gogov", NULL), 201, BODY));
    REFUSES(EXPECT(&s, 401, .method = "GET", .target = "/updates?state=draft"), "unauthenticated");
    REFUSES(EXPECT(&s, 401, .method = "GET", .target = at(id, "?state=draft")), "unauthenticated");
    REFUSES(EXPECT(&s, 401, .method = "GET", .target = "/updates?state=draft", .key = "nonsense"),
            "unauthenticated");
    EXPECT(&s, 200, .method = "GET", .target = "/updates?state=draft", .key = editor);
    service_close(&s);
}
END_TEST

START_TEST(a_key_sees_the_drafts_that_it_may) {
    service_open(&s);
    const char *gogov = service_key(&s, "report", "gogov", NULL);
    const char *id = id_of(post(gogov, 201, BODY));
    const struct {
        const char *key;
        bool sees;
    } cases[] = {
        {gogov, true},
        {service_key(&s, "report", "gogov", NULL), true},
        {service_key(&s, "report", "gogov", "7.1,7.2"), true},
        {service_key(&s, "report", "gogov", "7.2"), false},
        {service_key(&s, "report", "erp", NULL), false},
        {service_key(&s, "publish", "clerk", NULL), true},
        {service_key(&s, "edit", "clerk", NULL), true},
        {service_key(&s, "publish", "clerk", "7.2"), false},
        {service_key(&s, "admin", NULL, NULL), true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct answer *a = EXPECT(&s, 200, .method = "GET", .target = "/updates?state=draft",
                                        .key = cases[i].key);
        ck_assert_msg(doc_count(answer_at(a, "data")) == (cases[i].sees ? 1 : 0), "%zu", i);
        ck_assert_str_eq(a->cache_control, "no-store");
        EXPECT(&s, cases[i].sees ? 200 : 404, .method = "GET", .target = at(id, "?state=draft"),
               .key = cases[i].key);
    }
    EXPECT(&s, 400, .method = "GET", .target = "/updates?state=draft&count=exact", .key = gogov);
    HOLDS(EXPECT(&s, 200, .method = "GET",
                 .target = "/updates?state=draft&objective=7.1&kind=progress", .key = gogov),
          "data/0/id", id);
    HOLDS(EXPECT(&s, 200, .method = "GET", .target = "/updates?state=draft&kind=note",
                 .key = gogov),
          "data", "[0]");
    service_close(&s);
}
END_TEST

START_TEST(a_draft_is_revised_under_its_revision) {
    service_open(&s);
    const char *key = service_key(&s, "report", "gogov", NULL);
    const struct answer *draft = post(key, 201, BODY);
    const char *path = at(id_of(draft), "");
    static const char body[] =
        "{'objective':'7.2','as_of':'2026-10-30','kind':'note','summary':'as corrected'}";
    REFUSES(EXPECT(&s, 428, .method = "PUT", .target = path, .key = key, .body = body),
            "precondition-required");
    static const char *const stale[] = {
        "\"r2-0000000000000000\"", "W/\"r1-0000000000000000\"", "*", "r1", "\"1\"", "\"\""};
    for (size_t i = 0; i < COUNT(stale); i++)
        REFUSES(EXPECT(&s, 412, .method = "PUT", .target = path, .key = key, .if_match = stale[i],
                       .body = body),
                "stale-revision");
    const struct answer *a = EXPECT(&s, 200, .method = "PUT", .target = path, .key = key,
                                    .if_match = draft->etag, .body = body);
    HOLDS(a, "id", id_of(draft));
    HOLDS(a, "revision", "2");
    HOLDS(a, "objective", "7.2");
    HOLDS(a, "kind", "note");
    HOLDS(a, "status", "null"); /* what the body leaves out is cleared */
    HOLDS(a, "percent_complete", "null");
    HOLDS(a, "external_id", "null");
    ck_assert_int_eq(etag_revision(a->etag), 2);
    EXPECT(&s, 412, .method = "PUT", .target = path, .key = key, .if_match = draft->etag,
           .body = body);
    REFUSES(EXPECT(&s, 422, .method = "PUT", .target = path, .key = key, .if_match = a->etag,
                   .body = "{'kind':'note'}"),
            "invalid #/objective #/as_of #/summary");
    const char *other = service_key(&s, "report", "erp", NULL);
    EXPECT(&s, 404, .method = "PUT", .target = path, .key = other, .if_match = a->etag,
           .body = body);
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_key_without_publish_leaves_a_draft,
        a_draft_is_seen_nowhere_in_public,
        drafts_need_a_key,
        a_key_sees_the_drafts_that_it_may,
        a_draft_is_revised_under_its_revision,
    };
    service_prepare("api/drafts", false);
    int status = suite_run("api/drafts", tests, COUNT(tests));
    service_clean_up();
    return status;
}
