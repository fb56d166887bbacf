#include "live/cache.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/tag.h"
#include "support/suite.h"

enum { ROOM = 1 << 20, READERS = 8 };

static struct call c;
static struct cache *k;

static void setup(void) {
    call_init(&c, 2000);
    k = cache_new(&c, ROOM);
    ck_assert(k);
    cache_confirm(k, clock_mono_us());
}

static void teardown(void) {
    cache_free(k);
    call_drop(&c);
}

static struct blob *blob_of(const char *text) {
    const struct blob_bytes parts[BLOB_PARTS] = {[BLOB_BODY] = {text, strlen(text)}};
    struct blob *b = blob_new(&c, parts, ERR_NONE, c.now_us);
    ck_assert(b);
    return b;
}

/* The body that is there for the key, "" for none. */
static const char *there(const char *key) {
    static char text[64];
    struct cache_hit hit = cache_get(k, key, c.now_us);
    (void)snprintf(text, sizeof text, "%s", hit.blob ? hit.blob->part[BLOB_BODY].at : "");
    blob_release(hit.blob);
    return text;
}

static struct lease *lead(const char *key, unsigned tags) {
    struct lease *lease;
    struct cache_hit hit;
    ck_assert(cache_lease(&c, k, key, tags, &lease, &hit));
    ck_assert_msg(lease && !hit.blob, "%s: nothing to lead", key);
    return lease;
}

static void put(struct lease *lease, const char *text) {
    struct blob *b = blob_of(text);
    cache_put(lease, b);
    blob_release(b);
}

START_TEST(what_was_put_is_there_until_its_tag_is_touched) {
    setup();
    put(lead("a", TAG_GOALS | TAG_UPDATES), "1");
    put(lead("b", TAG_PLAN), "2");
    ck_assert_str_eq(there("a"), "1");
    cache_touch(k, TAG_UPDATES);
    ck_assert_str_eq(there("a"), "");
    ck_assert_str_eq(there("b"), "2");
    teardown();
}
END_TEST

START_TEST(what_was_erased_is_not_there_for_an_outage_either) {
    setup();
    struct cache_hit hit;
    struct lease *lease;
    put(lead("a", TAG_UPDATES), "said");
    struct lease *early = lead("b", TAG_UPDATES); /* its query began before */
    cache_touch(k, TAG_UPDATES);
    cache_erase(k);
    put(early, "said");
    for (const char *const *key = (const char *const[]){"a", "b", NULL}; *key; key++) {
        ck_assert_str_eq(there(*key), "");
        ck_assert(cache_lease(&c, k, *key, TAG_UPDATES, &lease, &hit));
        ck_assert(lease && !hit.blob);
        (void)fail(&c, ERR_UNAVAILABLE, "the database is away");
        ck_assert_msg(!cache_give_up(lease, &c, &hit), "%s: an old answer is lent", *key);
        call_recover(&c);
    }
    put(lead("a", TAG_UPDATES), "blank");
    ck_assert_str_eq(there("a"), "blank");
    teardown();
}
END_TEST

START_TEST(a_touch_during_the_query_refuses_the_refill) {
    setup();
    struct lease *lease = lead("a", TAG_UPDATES);
    cache_touch(k, TAG_UPDATES);
    put(lease, "old");
    ck_assert_str_eq(there("a"), "");
    put(lead("a", TAG_UPDATES), "new");
    ck_assert_str_eq(there("a"), "new");
    teardown();
}
END_TEST

START_TEST(a_late_answer_does_not_replace_a_newer_one) {
    setup();
    struct lease *slow = lead("a", TAG_UPDATES);
    cache_touch(k, TAG_UPDATES);
    put(lead("a", TAG_UPDATES), "new");
    put(slow, "old");
    ck_assert_str_eq(there("a"), "new");
    teardown();
}
END_TEST

struct reader {
    pthread_t thread;
    char got[16];
    enum err err;
    bool leads;
};

static void *read_a(void *context) {
    struct reader *r = context;
    AUTO(call) struct call own;
    struct lease *lease;
    struct cache_hit hit;
    call_init(&own, 3000);
    if (!cache_lease(&own, k, "a", TAG_UPDATES, &lease, &hit))
        r->err = own.err;
    if (hit.blob)
        (void)snprintf(r->got, sizeof r->got, "%s", hit.blob->part[BLOB_BODY].at);
    blob_release(hit.blob);
    r->leads = lease != NULL;
    if (lease)
        put(lease, "mine");
    return NULL;
}

static void start(struct reader *readers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        readers[i] = (struct reader){0};
        ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_a, &readers[i]), 0);
    }
}

static void join(struct reader *readers, size_t count) {
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(readers[i].thread, NULL), 0);
}

START_TEST(those_who_miss_together_make_one_query) {
    struct reader readers[READERS];
    setup();
    struct lease *lease = lead("a", TAG_UPDATES);
    start(readers, READERS);
    put(lease, "one");
    join(readers, READERS);
    for (size_t i = 0; i < READERS; i++) {
        ck_assert(!readers[i].leads);
        ck_assert_str_eq(readers[i].got, "one");
    }
    teardown();
}
END_TEST

START_TEST(who_comes_after_a_touch_does_not_get_what_was_asked_before_it) {
    struct reader late;
    setup();
    struct lease *lease = lead("a", TAG_UPDATES);
    cache_touch(k, TAG_UPDATES);
    start(&late, 1);
    join(&late, 1);
    ck_assert(late.leads);
    put(lease, "old");
    ck_assert_str_eq(there("a"), "mine");
    teardown();
}
END_TEST

START_TEST(those_who_wait_are_refused_with_the_leader_when_the_database_is_away) {
    struct reader readers[READERS];
    struct cache_hit old;
    setup();
    struct lease *lease = lead("a", TAG_UPDATES);
    start(readers, READERS);
    AUTO(call) struct call failed;
    call_init(&failed, 1000);
    (void)fail(&failed, ERR_UNAVAILABLE, "away");
    ck_assert(!cache_give_up(lease, &failed, &old));
    join(readers, READERS);
    for (size_t i = 0; i < READERS; i++) /* who came too late to wait leads */
        ck_assert(readers[i].err == ERR_UNAVAILABLE || readers[i].leads ||
                  strcmp(readers[i].got, "mine") == 0);
    teardown();
}
END_TEST

START_TEST(an_outage_lends_what_there_is_with_its_age) {
    struct cache_hit hit;
    setup();
    put(lead("a", TAG_UPDATES), "1");
    cache_touch(k, TAG_UPDATES);
    struct lease *lease = lead("a", TAG_UPDATES);
    AUTO(call) struct call failed;
    call_init(&failed, 1000);
    failed.now_us = c.now_us + 5000000;
    (void)fail(&failed, ERR_UNAVAILABLE, "away");
    ck_assert(cache_give_up(lease, &failed, &hit));
    ck_assert_str_eq(hit.blob->part[BLOB_BODY].at, "1");
    ck_assert_int_eq(hit.age_s, 5);
    blob_release(hit.blob);
    teardown();
}
END_TEST

/* What is lent after the database was asked in vain: its age, -1 where nothing is. */
static int64_t age_lent(const char *key, int64_t now_us) {
    struct cache_hit hit;
    AUTO(call) struct call failed;
    call_init(&failed, 1000);
    failed.now_us = now_us;
    struct lease *lease = lead(key, TAG_UPDATES);
    (void)fail(&failed, ERR_UNAVAILABLE, "away");
    bool lent = cache_give_up(lease, &failed, &hit);
    blob_release(hit.blob);
    return lent ? hit.age_s : -1;
}

START_TEST(what_cannot_be_confirmed_tells_its_age_and_what_was_touched_asks_first) {
    setup();
    put(lead("a", TAG_UPDATES), "1");
    cache_confirm(k, clock_mono_us() - 7000000);
    struct cache_hit hit = cache_get(k, "a", c.now_us);
    ck_assert(hit.blob);
    ck_assert_int_eq(hit.age_s, 7);
    blob_release(hit.blob);
    cache_touch(k, TAG_UPDATES);
    ck_assert_str_eq(there("a"), "");
    ck_assert_int_eq(age_lent("a", c.now_us + 3000000), 3);
    teardown();
}
END_TEST

START_TEST(an_answer_of_an_earlier_life_is_for_outages_only) {
    setup();
    struct blob *b = blob_of("1");
    ck_assert(cache_restore(k, "a", TAG_UPDATES, b));
    blob_release(b);
    ck_assert_str_eq(there("a"), "");
    ck_assert_int_eq(age_lent("a", c.now_us + 9000000), 9);
    ck_assert_int_eq(age_lent("b", c.now_us), -1);
    teardown();
}
END_TEST

static size_t kept;
static void count_one(void *context, const char *key, unsigned tags, struct blob *b) {
    (void)context;
    (void)key;
    (void)tags;
    kept += b->size;
}

START_TEST(the_long_tail_stays_within_bounds_and_pushes_out_nothing_that_is_read) {
    static char body[2000];
    char key[32];
    setup();
    memset(body, 'x', sizeof body - 1);
    put(lead("popular", TAG_PLAN), "p");
    ck_assert_str_eq(there("popular"), "p");
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(key, sizeof key, "tail%d", i);
        put(lead(key, TAG_PLAN), body);
        if (i % 50 == 0)
            ck_assert_str_eq(there("popular"), "p");
    }
    ck_assert_str_eq(there("popular"), "p");
    kept = 0;
    cache_each(k, count_one, NULL);
    ck_assert_uint_le(kept, ROOM);
    ck_assert_uint_gt(kept, ROOM / 2);
    teardown();
}
END_TEST

START_TEST(what_would_fill_the_store_is_answered_but_not_kept) {
    setup();
    char *large = malloc(ROOM / 2);
    memset(large, 'x', ROOM / 2);
    large[ROOM / 2 - 1] = '\0';
    put(lead("a", TAG_PLAN), large);
    free(large);
    ck_assert_str_eq(there("a"), "");
    teardown();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_was_put_is_there_until_its_tag_is_touched,
        what_was_erased_is_not_there_for_an_outage_either,
        a_touch_during_the_query_refuses_the_refill,
        a_late_answer_does_not_replace_a_newer_one,
        those_who_miss_together_make_one_query,
        who_comes_after_a_touch_does_not_get_what_was_asked_before_it,
        those_who_wait_are_refused_with_the_leader_when_the_database_is_away,
        an_outage_lends_what_there_is_with_its_age,
        what_cannot_be_confirmed_tells_its_age_and_what_was_touched_asks_first,
        an_answer_of_an_earlier_life_is_for_outages_only,
        the_long_tail_stays_within_bounds_and_pushes_out_nothing_that_is_read,
        what_would_fill_the_store_is_answered_but_not_kept,
    };
    return suite_run("live/cache", tests, COUNT(tests));
}
