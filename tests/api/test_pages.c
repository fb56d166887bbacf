#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "support/service.h"
#include "support/suite.h"

static struct service s;

/* Walks a list by its next links; each row's name must be new, and after all others in the order of
 * the first walk. */
static size_t walk(const char *target, size_t limit, const char *name, struct buf *order) {
    struct map seen = {0};
    char path[400];
    size_t rows = 0;
    snprintf(path, sizeof(path), "%s%climit=%zu", target, strchr(target, '?') ? '&' : '?', limit);
    const char *next = path;
    while (next) {
        const struct answer *a = GET(&s, next);
        const struct doc *data = answer_at(a, "data");
        next = doc_text(answer_at(a, "links/next"));
        ck_assert_int_eq(doc_bool(answer_at(a, "page/has_more")), next != NULL);
        ck_assert_int_eq(doc_text(answer_at(a, "page/next_cursor")) != NULL, next != NULL);
        ck_assert(doc_count(data) == limit || !next);
        if (next) {
            char link[600];
            snprintf(link, sizeof(link), "<%s>; rel=\"next\"", next);
            ck_assert_str_eq(answer_header(a, "Link"), link);
            ck_assert_ptr_nonnull(strstr(next, doc_text(answer_at(a, "page/next_cursor"))));
        } else {
            ck_assert_ptr_null(answer_header(a, "Link"));
        }
        for (size_t i = 0; i < doc_count(data); i++, rows++) {
            const struct doc *key = doc_get(doc_at(data, i), name);
            char text[40];
            void *old;
            snprintf(text, sizeof(text), "%s%.0f", doc_text(key) ? doc_text(key) : "",
                     doc_number(key));
            ck_assert_msg(!map_get(&seen, text), "%s: %s twice", target, text);
            ck_assert(map_put(&seen, text, &s, &old));
            buf_addf(order, "%s ", text);
        }
    }
    map_drop(&seen);
    return rows;
}

static void check_every_size(const char *target, const char *name, size_t rows) {
    static const size_t sizes[] = {1, 2, 3, 7, 20, 21, 500};
    AUTO(buf) struct buf first = {0};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        AUTO(buf) struct buf order = {0};
        size_t found = walk(target, sizes[i], name, &order);
        ck_assert_msg(found == rows, "%s by %zu: %zu", target, sizes[i], found);
        if (i == 0)
            buf_adds(&first, order.data);
        else
            ck_assert_str_eq(order.data ? order.data : "", first.data ? first.data : "");
    }
}

/* Reports on few days, so that many share one and only the id tells them apart. */
static void post_many(int count) {
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    for (int i = 0; i < count; i++) {
        char body[300];
        char idem[20];
        snprintf(body, sizeof(body),
                 "{'objective':'%s','as_of':'2026-10-%02d','kind':'%s','summary':'number %d'%s}",
                 i % 3 ? "7.1" : "7.2", 1 + i % 4, i % 2 ? "note" : "progress", i,
                 i % 2 ? "" : ",'status':'on_track'");
        snprintf(idem, sizeof(idem), "post-%d", i);
        EXPECT(&s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = idem,
               .body = body);
    }
}

START_TEST(pages_of_any_size_cover_every_row_once) {
    service_open(&s);
    post_many(24);
    check_every_size("/goals", "number", 8);
    check_every_size("/objectives", "code", 42);
    check_every_size("/goals/2/objectives", "code", 8);
    check_every_size("/updates", "id", 24);
    check_every_size("/updates?kind=note", "id", 12);
    check_every_size("/objectives/7.1/updates", "id", 16);
    check_every_size("/updates?since=2026-10-02&until=2026-10-03&goal=7", "id", 12);
    check_every_size("/updates?as_of=2026-10-02", "id", 12);
    check_every_size("/objectives?status=on_track", "code", 2);
    check_every_size("/updates?goal=8", "id", 0);
    service_close(&s);
}
END_TEST

START_TEST(objective_3_10_comes_after_3_9) {
    AUTO(buf) struct buf order = {0};
    service_open(&s);
    database_run(
        &s.database,
        "set search_path = progress;"
        "insert into objective (plan_id, goal_id, goal_number, number)"
        "  select g.plan_id, g.id, g.number, n from goal g, generate_series(6, 11) n where g.number = 3;"
        "insert into objective_revision (objective_id, goal_id, plan_id, revision, statement)"
        "  select o.id, o.goal_id, o.plan_id, 1, 'Hypothetical ' || o.code from objective o"
        "   where o.goal_number = 3 and o.number > 5");
    walk("/goals/3/objectives", 4, "code", &order);
    ck_assert_str_eq(order.data, "3.10 3.20 3.30 3.40 3.50 3.60 3.70 3.80 3.90 3.100 3.110 ");
    HOLDS(GET(&s, "/objectives/3.1"), "statement",
          doc_text(answer_at(GET(&s, "/goals/3/objectives?limit=1"), "data/0/statement")));
    HOLDS(GET(&s, "/objectives/3.10"), "statement", "Hypothetical 3.10");
    HOLDS(GET(&s, "/goals/3"), "progress/counted/9/code", "3.10");
    const struct answer *all = GET(&s, "/objectives?limit=500");
    HOLDS(all, "data/21/code", "3.9");
    HOLDS(all, "data/22/code", "3.10");
    HOLDS(all, "data/23/code", "3.11");
    HOLDS(all, "data/24/code", "4.1");
    service_close(&s);
}
END_TEST

static const char *cursor_of(const char *target) {
    const struct answer *a = GET(&s, target);
    const char *cursor = doc_text(answer_at(a, "page/next_cursor"));
    ck_assert_msg(cursor != NULL, "%s has one page", target);
    return cursor;
}

static void check_cursor(const char *target, const char *cursor, int status) {
    char path[600];
    snprintf(path, sizeof(path), "%s%ccursor=%s", target, strchr(target, '?') ? '&' : '?', cursor);
    const struct answer *a = EXPECT(&s, status, .method = "GET", .target = path);
    if (status == 400)
        REFUSES(a, "malformed cursor");
}

START_TEST(a_cursor_fits_its_own_list_only) {
    service_open(&s);
    post_many(8);
    const char *cursor = cursor_of("/updates?limit=3");
    check_cursor("/updates?limit=3", cursor, 200);
    check_cursor("/updates?limit=100", cursor, 200);
    check_cursor("/updates?count=exact", cursor, 200);
    check_cursor("/updates?kind=note", cursor, 400);
    check_cursor("/updates?as_of=2026-10-31", cursor, 400);
    check_cursor("/objectives/7.1/updates", cursor, 400);
    check_cursor("/objectives", cursor, 400);
    check_cursor("/goals", cursor, 400);
    cursor = cursor_of("/goals/1/objectives?limit=1");
    check_cursor("/goals/2/objectives", cursor, 400);
    check_cursor("/objectives?goal=1", cursor, 200); /* the same question by another path */
    const char *key = service_key(&s, "report,publish", "gogov", NULL);
    char path[400];
    snprintf(path, sizeof(path), "/updates?state=draft&cursor=%s", cursor_of("/updates?limit=3"));
    EXPECT(&s, 400, .method = "GET", .target = path, .key = key);
    service_close(&s);
}
END_TEST

START_TEST(what_comes_between_two_pages_neither_doubles_nor_hides) {
    service_open(&s);
    post_many(9);
    const struct answer *first = GET(&s, "/updates?limit=4");
    const char *key = service_key(&s, "report,publish", "other", NULL);
    EXPECT(
        &s, 201, .method = "POST", .target = "/updates", .key = key, .idempotency_key = "between",
        .body = "{'objective':'1.1','as_of':'2026-10-31','kind':'note','summary':'newest of all'}");
    const char *next = doc_text(answer_at(first, "links/next"));
    size_t rest = 0;
    while (next) {
        const struct answer *a = GET(&s, next);
        rest += doc_count(answer_at(a, "data"));
        next = doc_text(answer_at(a, "links/next"));
    }
    ck_assert_uint_eq(rest, 5);
    service_close(&s);
}
END_TEST

START_TEST(links_repeat_the_question_but_not_the_cursor) {
    service_open(&s);
    post_many(6);
    const struct answer *a = GET(&s, "/updates?kind=note&limit=1&since=2026-10-01");
    HOLDS(a, "links/self", "/updates?kind=note&limit=1&since=2026-10-01");
    const char *next = doc_text(answer_at(a, "links/next"));
    ck_assert_int_eq(strncmp(next, "/updates?kind=note&limit=1&since=2026-10-01&cursor=", 51), 0);
    HOLDS(GET(&s, next), "links/self", "/updates?kind=note&limit=1&since=2026-10-01");
    a = GET(&s, "/objectives?q=a%26b+c%2Fd%3F");
    HOLDS(GET(&s, doc_text(answer_at(a, "links/self"))), "links/self",
          doc_text(answer_at(a, "links/self")));
    HOLDS(GET(&s, "/goals"), "links/self", "/goals");
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        pages_of_any_size_cover_every_row_once,
        objective_3_10_comes_after_3_9,
        a_cursor_fits_its_own_list_only,
        what_comes_between_two_pages_neither_doubles_nor_hides,
        links_repeat_the_question_but_not_the_cursor,
    };
    service_prepare("api/pages", false);
    int status = suite_run("api/pages", tests, COUNT(tests));
    service_clean_up();
    return status;
}
