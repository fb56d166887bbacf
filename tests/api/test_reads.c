#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "support/service.h"
#include "support/suite.h"
#include "view/widget.h"

/* Reads of the city's plan with the public record: one service for all, since nothing is changed.
 */
static struct service s;

#define PUBLIC_CACHE "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"

static const char *first_update(void) {
    return doc_text(answer_at(GET(&s, "/updates?limit=1"), "data/0/id"));
}

/* A path that the pattern leads to. */
static const char *sample(const char *pattern) {
    static const char *const samples[][2] = {
        {"/goals/{number}", "/goals/7"},
        {"/goals/{number}/objectives", "/goals/7/objectives"},
        {"/objectives/{code}", "/objectives/7.1"},
        {"/objectives/{code}/updates", "/objectives/1.2/updates"},
        {"/updates/{source}/{external_id}", "/updates/public-record/2024-12-04-1.2-alpr-cameras"},
        {"/measures/{slug}", "/measures/calls"},
        {"/measures/{slug}/values", "/measures/calls/values"},
        {"/departments/{slug}", "/departments/works"},
        {"/plans/{slug}", "/plans/cerritos-in-progress"},
        {"/periods/{period}", "/periods/2024-25-Q2"},
        {"/reports/{period}", "/reports/2024-25-Q2"},
        {"/diff", "/diff?from=2024-12-31&to=2025-12-31"},
        {"/embed/goal/{number}", "/embed/goal/7"},
        {"/embed/objective/{code}", "/embed/objective/7.1"},
        {"/fragments/goal/{number}", "/fragments/goal/7"},
        {"/fragments/objective/{code}", "/fragments/objective/7.1"},
        {"/badges/goal/{number}.svg", "/badges/goal/7.svg"},
        {"/badges/objective/{code}.svg", "/badges/objective/7.1.svg"},
        {"/docs/{operation}", "/docs/postUpdate"},
        {"/staff/{name}", "/staff/main.js"},
        {"/problems/{code}", "/problems/not-found"},
    };
    static char path[100];
    if (strcmp(pattern, "/widget-{edition}.js") == 0) {
        char edition[WIDGET_EDITION];
        widget_edition(edition);
        snprintf(path, sizeof(path), "/widget-%s.js", edition);
        return path;
    }
    for (size_t i = 0; i < COUNT(samples); i++)
        if (strcmp(samples[i][0], pattern) == 0)
            return samples[i][1];
    if (!strchr(pattern, '{'))
        return pattern;
    ck_assert_str_eq(pattern, "/updates/{id}");
    snprintf(path, sizeof(path), "/updates/%s", first_update());
    return path;
}

/* The city's plan has neither. */
static void found_a_measure_and_a_department(void) {
    const char *key = service_key(&s, "edit", "city", NULL);
    EXPECT(&s, 201, .method = "POST", .target = "/measures", .key = key, .idempotency_key = "m",
           .body = "{'slug':'calls','name':'Calls','unit':'minutes','direction':'decrease',"
                   "'objectives':['7.1']}");
    EXPECT(&s, 201, .method = "POST", .target = "/departments", .key = key, .idempotency_key = "d",
           .body = "{'slug':'works','name':'Public Works'}");
}

START_TEST(every_route_answers_get_and_head) {
    service_open(&s);
    found_a_measure_and_a_department();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (strcmp(ROUTES[i].method, "GET") != 0 || ROUTES[i].scope != SCOPE_PUBLIC)
            continue;
        const char *path = sample(ROUTES[i].pattern);
        const struct answer *a = GET(&s, path);
        ck_assert_msg(a->type && a->len > 0, "%s", path);
        ck_assert_msg(!strstr(a->type, "json") || doc_type(a->doc) == DOC_OBJECT, "%s", path);
        const struct answer *head = EXPECT(&s, 200, .method = "HEAD", .target = path);
        ck_assert_str_eq(head->type, a->type);
        ck_assert_str_eq(head->etag ? head->etag : "", a->etag ? a->etag : "");
        if (ROUTES[i].entity) {
            bool is_kept = ROUTES[i].flags & ROUTE_CACHED;
            ck_assert_str_eq(a->cache_control, is_kept ? PUBLIC_CACHE : "no-cache");
            bool is_other = ROUTES[i].flags & ROUTE_AS_IS; /* a table, a feed */
            ck_assert_msg(is_other || strcmp(a->type, "application/json") == 0, "%s", path);
            ck_assert_ptr_nonnull(a->etag);
        }
    }
    service_close(&s);
}
END_TEST

START_TEST(the_plan_has_eight_goals_and_42_objectives) {
    static const size_t sizes[] = {5, 8, 5, 6, 6, 3, 5, 4};
    service_open_shared(&s);
    ck_assert_uint_eq(service_count(&s, "/goals"), COUNT(sizes));
    ck_assert_uint_eq(service_count(&s, "/objectives"), 42);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char path[60];
        snprintf(path, sizeof(path), "/goals/%zu/objectives", i + 1);
        ck_assert_uint_eq(service_count(&s, path), sizes[i]);
        snprintf(path, sizeof(path), "/objectives?goal=%zu", i + 1);
        ck_assert_uint_eq(service_count(&s, path), sizes[i]);
        snprintf(path, sizeof(path), "/goals/%zu", i + 1);
        char total[20];
        snprintf(total, sizeof(total), "%zu", sizes[i]);
        HOLDS(GET(&s, path), "progress/total", total);
    }
    service_close(&s);
}
END_TEST

START_TEST(notes_alone_are_no_information) {
    service_open_shared(&s);
    const struct answer *all = GET(&s, "/objectives?limit=500");
    for (size_t i = 0; i < 42; i++) {
        const struct doc *one = doc_at(answer_at(all, "data"), i);
        ck_assert_str_eq(doc_get_text(one, "status"), "no_information");
        ck_assert_int_eq(doc_type(doc_get(one, "percent_complete")), DOC_NULL);
        ck_assert_int_eq(doc_type(doc_get(one, "status_as_of")), DOC_NULL);
        ck_assert_int_eq(doc_type(doc_get(one, "percent_as_of")), DOC_NULL);
    }
    const struct answer *a = GET(&s, "/summary");
    HOLDS(a, "progress/percent", "null");
    HOLDS(a, "progress/percent_is_minimum", "false");
    HOLDS(a, "progress/reported", "0");
    HOLDS(a, "progress/total", "42");
    HOLDS(a, "progress/status", "no_information");
    HOLDS(a, "progress/status_counts/no_information", "42");
    HOLDS(a, "goals/0/percent", "null");
    HOLDS(a, "last_update/kind", "note");
    HOLDS(a, "demo", "false");
    HOLDS(GET(&s, "/objectives/1.2"), "updates_count", "2");
    service_close(&s);
}
END_TEST

/* The names of an object in their order. */
static void check_names(const struct doc *object, const char *expected) {
    AUTO(buf) struct buf names = {0};
    void *at = NULL;
    const char *name;
    const struct doc *value;
    while (doc_next(object, &at, &name, &value))
        buf_addf(&names, "%s%s", names.len ? " " : "", name);
    ck_assert_str_eq(names.data ? names.data : "", expected);
}

START_TEST(documents_have_the_names_of_the_contract) {
    static const char *const progress =
        "percent percent_is_minimum method reported total counted excluded status status_counts";
    service_open_shared(&s);
    const struct answer *a = GET(&s, "/plan");
    check_names(
        a->doc,
        "slug title organization overview time_zone fiscal_year_start state starts_on ends_on funding_is_public demo "
        "progress events revision links");
    check_names(answer_at(a, "progress"), progress);
    check_names(answer_at(a, "events/0"), "position text on documents");
    check_names(answer_at(a, "events/0/documents/0"), "label url");
    a = GET(&s, "/summary");
    check_names(a->doc, "plan title organization demo as_of progress goals last_update links");
    check_names(answer_at(a, "goals/0"),
                "number statement short_name percent percent_is_minimum reported total status "
                "status_counts latest_update_on links");
    check_names(answer_at(a, "last_update"), "id objective goal kind as_of summary published_at");
    a = GET(&s, "/goals/7");
    check_names(
        a->doc,
        "number statement short_name short_name_source weight revision demo progress links");
    check_names(answer_at(a, "progress"), progress);
    check_names(answer_at(a, "progress/counted/0"), "code weight percent");
    a = GET(&s, "/objectives/3.3");
    check_names(
        a->doc,
        "code goal statement description description_position actions lead_department supporting_departments "
        "owner_role start_on due_on update_frequency weight tags milestones relationships funding "
        "external_refs status status_as_of percent_complete percent_as_of expected_percent is_overdue "
        "next_update_due is_stale disagrees updates_count revision archived_at demo links");
    check_names(answer_at(a, "actions/0"), "position text done");
    ck_assert_uint_eq(doc_count(answer_at(a, "actions")), 9);
    check_names(
        answer_at(GET(&s, "/updates"), "data/0"),
        "id objective goal kind state as_of status percent_complete summary details next_steps links measurements "
        "service source external_id source_updated_at supersedes superseded_by reason retraction redaction created_at published_at demo");
    a = GET(&s, "/updates?limit=1");
    check_names(a->doc, "data page links");
    check_names(answer_at(a, "page"), "has_more next_cursor");
    check_names(answer_at(a, "links"), "self next");
    service_close(&s);
}
END_TEST

START_TEST(filters_narrow_a_list) {
    static const struct {
        const char *target;
        size_t rows;
    } cases[] = {
        {"/objectives?goal=3", 5},
        {"/objectives?goal=3&status=no_information", 5},
        {"/objectives?status=on_track", 0},
        {"/objectives?department=public-works", 0},
        {"/objectives?tag=safety", 0},
        {"/objectives?q=gogov", 1},
        {"/objectives?q=GOGOV", 1},
        {"/objectives?q=3.3", 1},
        {"/objectives?q=%25", 0},
        {"/objectives?q=_____", 0},
        {"/objectives?q=%27%3B%20drop%20table%20plan", 0},
        {"/objectives?updated_since=2000-01-01T00:00:00Z", 42},
        {"/objectives?updated_since=2999-01-01T00:00:00Z", 0},
        {"/goals/3/objectives?q=3.3", 1},
        {"/updates", 6},
        {"/updates?goal=1", 3},
        {"/updates?goal=8", 0},
        {"/updates?objective=1.2", 2},
        {"/updates?goal=1&objective=1.2", 2},
        {"/updates?goal=2&objective=1.2", 0},
        {"/updates?kind=note", 6},
        {"/updates?kind=progress", 0},
        {"/updates?source=public-record", 6},
        {"/updates?source=gogov", 0},
        {"/updates?since=2025-08-18", 5},
        {"/updates?until=2025-08-18", 3},
        {"/updates?since=2025-08-18&until=2025-08-18", 2},
        {"/updates?since=2026-01-01&until=2025-01-01", 0},
        {"/updates?updated_since=2000-01-01T00:00:00Z", 6},
        {"/updates?updated_since=2999-01-01T00:00:00Z", 0},
        {"/updates?as_of=2025-08-18", 3},
        {"/updates?as_of=2024-12-03", 0},
        {"/objectives/1.2/updates", 2},
        {"/objectives/1.2/updates?kind=progress", 0},
        {"/objectives/8.1/updates", 0},
    };
    service_open_shared(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t rows = service_count(&s, cases[i].target);
        ck_assert_msg(rows == cases[i].rows, "%s: %zu, not %zu", cases[i].target, rows,
                      cases[i].rows);
        if (strncmp(cases[i].target, "/goals/", 7) == 0)
            continue;
        char counted[200];
        char total[20];
        snprintf(counted, sizeof(counted), "%s%ccount=exact&limit=1", cases[i].target,
                 strchr(cases[i].target, '?') ? '&' : '?');
        snprintf(total, sizeof(total), "%zu", cases[i].rows);
        HOLDS(GET(&s, counted), "page/total", total);
    }
    service_close(&s);
}
END_TEST

START_TEST(updates_come_newest_first) {
    service_open_shared(&s);
    const struct doc *data = answer_at(GET(&s, "/updates"), "data");
    for (size_t i = 1; i < doc_count(data); i++) {
        int order = strcmp(doc_get_text(doc_at(data, i - 1), "as_of"),
                           doc_get_text(doc_at(data, i), "as_of"));
        long long before = atoll(doc_get_text(doc_at(data, i - 1), "id"));
        long long after = atoll(doc_get_text(doc_at(data, i), "id"));
        ck_assert(order > 0 || (order == 0 && before > after));
    }
    service_close(&s);
}
END_TEST

START_TEST(what_is_included_comes_along_in_any_order_once) {
    service_open_shared(&s);
    const struct answer *a = GET(&s, "/goals/1?include=latest_update,objectives");
    ck_assert_uint_eq(doc_count(answer_at(a, "objectives")), 5);
    HOLDS(a, "latest_update/objective", "1.2");
    HOLDS(a, "latest_update/as_of", "2026-02-27");
    const struct answer *b = GET(&s, "/goals/1?include=objectives,latest_update,objectives");
    ck_assert_str_eq(a->body, b->body);
    ck_assert_str_eq(a->etag, b->etag);
    a = GET(&s, "/goals?include=latest_update");
    HOLDS(a, "data/7/latest_update", "null");
    HOLDS(a, "data/7/objectives", "(absent)");
    HOLDS(GET(&s, "/objectives/1.2?include=latest_update"), "latest_update/kind", "note");
    HOLDS(GET(&s, "/goals/1/objectives?include=latest_update"), "data/1/latest_update/objective",
          "1.2");
    HOLDS(GET(&s, "/objectives/1.2"), "latest_update", "(absent)");
    service_close(&s);
}
END_TEST

START_TEST(etags_name_the_revision_and_the_bytes) {
    service_open_shared(&s);
    const struct answer *a = GET(&s, "/goals/7");
    ck_assert_int_eq(etag_revision(a->etag), 1);
    ck_assert_uint_eq(strlen(a->etag), strlen("\"r1-0123456789abcdef\""));
    ck_assert_str_eq(GET(&s, "/goals/7")->etag, a->etag);
    ck_assert_str_ne(GET(&s, "/goals/6")->etag, a->etag);
    ck_assert_int_eq(etag_revision(GET(&s, "/goals")->etag), 0);
    ck_assert_int_eq(etag_revision(GET(&s, "/summary")->etag), 0);
    ck_assert_int_eq(etag_revision(GET(&s, "/objectives/7.1")->etag), 1);
    ck_assert(a->reply.compress);
    service_close(&s);
}
END_TEST

START_TEST(plans_named_by_slug_keep_their_name_in_links) {
    char path[200];
    char link[200];
    service_open_shared(&s);
    const char *slug = doc_text(answer_at(GET(&s, "/plan"), "slug"));
    snprintf(path, sizeof(path), "/objectives/7.1?plan=%s", slug);
    const struct answer *a = GET(&s, path);
    HOLDS(a, "links/self", path);
    snprintf(link, sizeof(link), "/objectives/7.1/updates?plan=%s", slug);
    HOLDS(a, "links/updates", link);
    snprintf(path, sizeof(path), "/goals?plan=%s&limit=2", slug);
    a = GET(&s, path);
    const char *next = doc_text(answer_at(a, "links/next"));
    ck_assert_ptr_nonnull(strstr(next, slug));
    HOLDS(GET(&s, next), "data/0/number", "3");
    service_close(&s);
}
END_TEST

START_TEST(as_of_a_day_before_anything_everything_is_there_and_nothing_known) {
    service_open_shared(&s);
    const struct answer *a = GET(&s, "/summary?as_of=1999-12-31");
    HOLDS(a, "as_of", "1999-12-31");
    HOLDS(a, "progress/total", "42");
    HOLDS(a, "last_update", "null");
    HOLDS(GET(&s, "/objectives/1.2?as_of=1999-12-31"), "updates_count", "0");
    HOLDS(GET(&s, "/objectives/1.2?as_of=2024-12-04"), "updates_count", "1");
    HOLDS(GET(&s, "/goals/1?as_of=2024-12-04&include=latest_update"), "latest_update/as_of",
          "2024-12-04");
    HOLDS(GET(&s, "/summary?as_of=" SERVICE_TODAY), "as_of", SERVICE_TODAY);
    const struct answer *known = GET(&s, "/updates?objective=1.2&limit=1");
    char path[100];
    snprintf(path, sizeof(path), "/updates/%s?as_of=2024-12-04",
             doc_text(answer_at(known, "data/0/id")));
    EXPECT(&s, 404, .method = "GET", .target = path);
    service_close(&s);
}
END_TEST

START_TEST(the_index_leads_to_every_collection) {
    service_open_shared(&s);
    const struct answer *a = GET(&s, "/");
    void *at = NULL;
    const char *name;
    const struct doc *link;
    size_t n = 0;
    while (doc_next(answer_at(a, "links"), &at, &name, &link)) {
        GET(&s, doc_text(link));
        n++;
    }
    ck_assert_uint_ge(n, 12);
    service_close(&s);
}
END_TEST

START_TEST(probes_tell_life_from_readiness) {
    service_open_shared(&s);
    HOLDS(GET(&s, "/livez"), "status", "alive");
    HOLDS(GET(&s, "/readyz"), "status", "ready");
    const struct answer *a = GET(&s, "/health");
    HOLDS(a, "status", "ok");
    HOLDS(a, "version", "test");
    HOLDS(a, "database/status", "up");
    a = GET(&s, "/metrics");
    ck_assert_ptr_nonnull(strstr(a->body, "db_client_connection_count{state=\"idle\"}"));
    service_close(&s);
}
END_TEST

START_TEST(authorization_is_ignored_where_reading_is_free) {
    service_open_shared(&s);
    const struct answer *with = EXPECT(&s, 200, .method = "GET", .target = "/goals",
                                       .key = "not even a key");
    ck_assert_str_eq(with->body, GET(&s, "/goals")->body);
    ck_assert_str_eq(with->cache_control, PUBLIC_CACHE);
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_route_answers_get_and_head,
        the_plan_has_eight_goals_and_42_objectives,
        notes_alone_are_no_information,
        documents_have_the_names_of_the_contract,
        filters_narrow_a_list,
        updates_come_newest_first,
        what_is_included_comes_along_in_any_order_once,
        etags_name_the_revision_and_the_bytes,
        plans_named_by_slug_keep_their_name_in_links,
        as_of_a_day_before_anything_everything_is_there_and_nothing_known,
        the_index_leads_to_every_collection,
        probes_tell_life_from_readiness,
        authorization_is_ignored_where_reading_is_free,
    };
    service_prepare("api/reads", true);
    int status = suite_run("api/reads", tests, COUNT(tests));
    service_clean_up();
    return status;
}
