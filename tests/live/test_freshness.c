/* What others commit, and the city's midnight: seen by the follower, and by the cache through it.
 */
#include "live/freshness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/service.h"
#include "support/suite.h"

#define CHANGED(entity)                                             \
    "insert into progress.change (entity, entity_id, op, plan_id) " \
    "select '" entity "', '1', 'changed', id from progress.plan limit 1"

enum { PATIENCE_MS = 10000, STEP_US = 2000 };

static struct service s;
static struct pool_config config;
static struct follower *follower;
static struct call c;

static void setup(void) {
    service_open(&s);
    call_init(&c, 20000);
    config = database_pool(&s.database, 1);
    config.login_ms = 0;
    follower = follower_new(&c, &config, NULL);
    ck_assert(follower);
}

static void teardown(void) {
    follower_free(follower);
    call_drop(&c);
    service_close(&s);
}

static unsigned looked(void) {
    struct look found;
    call_reset(&c, 20000);
    ck_assert_msg(follower_look(&c, follower, &found), "%s", c.detail);
    return found.tags;
}

START_TEST(the_first_look_knows_nothing_and_the_next_tells_each_commit_once) {
    setup();
    ck_assert_uint_eq(looked(), TAG_ALL);
    ck_assert_uint_eq(looked(), 0);
    database_run(&s.database, CHANGED("update"));
    ck_assert_uint_eq(looked(), TAG_UPDATES);
    ck_assert_uint_eq(looked(), 0);
    database_run(&s.database, CHANGED("goal") ";" CHANGED("period"));
    ck_assert_uint_eq(looked(), TAG_GOALS | TAG_PLAN);
    database_run(&s.database, CHANGED("plan"));
    ck_assert_uint_eq(looked(), TAG_ALL); /* another may be the active one */
    teardown();
}
END_TEST

START_TEST(a_transaction_that_commits_late_is_seen_when_it_does_and_what_is_older_is_not_again) {
    setup();
    ck_assert_uint_eq(looked(), TAG_ALL);
    void *late = database_hold(&s.database, "begin;" CHANGED("objective"));
    database_run(&s.database, CHANGED("update"));
    ck_assert_uint_eq(looked(), TAG_UPDATES);
    ck_assert_uint_eq(looked(), 0);
    database_run_held(late, "commit");
    ck_assert_uint_eq(looked(), TAG_OBJECTIVES);
    ck_assert_uint_eq(looked(), 0);
    database_let_go(late);
    teardown();
}
END_TEST

START_TEST(what_was_committed_while_the_connection_was_cut_is_seen) {
    setup();
    ck_assert_uint_eq(looked(), TAG_ALL);
    database_shut(&s.database);
    database_reopen(&s.database);
    database_run(&s.database, CHANGED("update"));
    struct look found;
    unsigned tags = 0;
    for (int tries = 0; tries < 3 && !tags; tries++) { /* the first may find the old connection */
        call_reset(&c, 20000);
        tags = follower_look(&c, follower, &found) ? found.tags : 0;
    }
    ck_assert_uint_eq(tags, TAG_UPDATES);
    teardown();
}
END_TEST

static void put(struct cache *k, unsigned tags) {
    struct lease *lease;
    struct cache_hit hit;
    const struct blob_bytes parts[BLOB_PARTS] = {0};
    ck_assert(cache_lease(&c, k, "a", tags, &lease, &hit) && lease);
    struct blob *b = blob_new(&c, parts, ERR_NONE, c.now_us);
    ck_assert(b);
    cache_put(lease, b);
    blob_release(b);
}

static bool is_good(struct cache *k) {
    struct cache_hit hit = cache_get(k, "a", clock_wall_us());
    blob_release(hit.blob);
    return hit.blob != NULL && hit.age_s < 0;
}

/* Whether it stops being good in time. */
static bool turns_stale(struct cache *k) {
    for (int64_t ms = 0; ms < PATIENCE_MS && is_good(k); ms += STEP_US / 1000)
        (void)usleep(STEP_US);
    return !is_good(k);
}

static void set_clock(const char *text) {
    int64_t at;
    ck_assert(clock_parse_rfc3339(text, &at));
    clock_fix(at);
}

START_TEST(the_citys_midnight_renews_every_answer) {
    setup();
    set_clock("2026-11-03T07:59:59.500Z"); /* half a second before it, in California */
    struct cache *k = cache_new(&c, 1 << 20);
    struct freshness *f = freshness_new(&c, k, NULL, follower, NULL);
    ck_assert(f && freshness_await(f, PATIENCE_MS));
    put(k, TAG_PLAN);
    ck_assert(is_good(k));
    set_clock("2026-11-03T08:00:00.000Z");
    ck_assert(turns_stale(k));
    put(k, TAG_PLAN);
    ck_assert(is_good(k)); /* the day has begun once */
    freshness_free(f);
    cache_free(k);
    set_clock(SERVICE_NOW);
    teardown();
}
END_TEST

/* What the objective's answer says, as it is kept: the test does not end where it is not. */
static bool is_overdue(struct cache *k) {
    struct cache_hit hit;
    do { /* midnight may fall between the two */
        GET(&s, "/objectives/7.1");
        hit = cache_get(k, "Jen/objectives/7.1", clock_wall_us());
    } while (!hit.blob);
    const struct blob_bytes *body = &hit.blob->part[BLOB_BODY];
    call_reset(&c, 20000);
    const char *text = call_strndup(&c, body->at, body->len);
    blob_release(hit.blob);
    ck_assert(text && strstr(text, "\"is_overdue\":"));
    return strstr(text, "\"is_overdue\":true");
}

START_TEST(at_the_citys_midnight_a_kept_answer_says_overdue) {
    setup();
    set_clock("2026-11-03T07:59:59.500Z");
    const char *key = service_key(&s, "edit", "clerk", NULL);
    EXPECT(&s, 200, .method = "PATCH", .target = "/objectives/7.1", .key = key,
           .if_match = GET(&s, "/objectives/7.1")->etag, .body = "{'due_on':'2026-11-02'}");
    struct cache *k = cache_new(&c, 1 << 20);
    struct freshness *f = freshness_new(&c, k, NULL, follower, NULL);
    ck_assert(f && freshness_await(f, PATIENCE_MS));
    s.api.cache = k;
    ck_assert(!is_overdue(k));
    set_clock("2026-11-03T08:00:00.000Z");
    for (int64_t ms = 0; ms < PATIENCE_MS && !is_overdue(k); ms += STEP_US / 1000)
        (void)usleep(STEP_US);
    ck_assert(is_overdue(k));
    s.api.cache = NULL;
    freshness_free(f);
    cache_free(k);
    set_clock(SERVICE_NOW);
    teardown();
}
END_TEST

START_TEST(what_another_commits_and_tells_is_followed) {
    setup();
    struct cache *k = cache_new(&c, 1 << 20);
    struct freshness *f = freshness_new(&c, k, NULL, follower, NULL);
    ck_assert(f && freshness_await(f, PATIENCE_MS));
    for (int told = 0; told < 2; told++) {
        put(k, TAG_UPDATES);
        database_run(&s.database,
                     told ? CHANGED("update") ";select pg_notify('progress_changes', '')"
                          : CHANGED("update"));
        ck_assert(turns_stale(k));
    }
    freshness_free(f);
    cache_free(k);
    teardown();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_first_look_knows_nothing_and_the_next_tells_each_commit_once,
        a_transaction_that_commits_late_is_seen_when_it_does_and_what_is_older_is_not_again,
        what_was_committed_while_the_connection_was_cut_is_seen,
        the_citys_midnight_renews_every_answer,
        at_the_citys_midnight_a_kept_answer_says_overdue,
        what_another_commits_and_tells_is_followed,
    };
    service_prepare("live/freshness", false);
    int status = suite_run("live/freshness", tests, COUNT(tests));
    service_clean_up();
    return status;
}
