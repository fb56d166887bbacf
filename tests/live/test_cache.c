#include "live/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/tag.h"
#include "support/suite.h"

enum { ROOM = 1 << 20, READERS = 8, VERSIONS = 600 };

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

static struct blob *blob_of(struct call *own, const char *text) {
    const struct blob_bytes parts[BLOB_PARTS] = {[BLOB_BODY] = {text, strlen(text)}};
    struct blob *b = blob_new(own, parts, ERR_NONE, own->now_us);
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

static void put_by(struct call *own, struct lease *lease, const char *text) {
    struct blob *b = blob_of(own, text);
    cache_put(lease, b);
    blob_release(b);
}

static void put(struct lease *lease, const char *text) {
    put_by(&c, lease, text);
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

struct reader {
    pthread_t thread;
    char got[16];
    enum err err;
    bool leads;
    atomic_bool ended;
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
        put_by(&own, lease, "mine");
    atomic_store(&r->ended, true);
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

START_TEST(who_comes_after_a_touch_waits_for_what_was_asked_before_it_and_asks_then) {
    struct reader late;
    setup();
    struct lease *lease = lead("a", TAG_UPDATES);
    cache_touch(k, TAG_UPDATES);
    start(&late, 1);
    (void)usleep(20000);
    ck_assert_msg(!atomic_load(&late.ended), "two queries at once have no order");
    put(lease, "old");
    join(&late, 1);
    ck_assert(late.leads);
    ck_assert_str_eq(there("a"), "mine");
    teardown();
}
END_TEST

START_TEST(who_waits_in_vain_for_what_was_asked_before_a_touch_is_lent_what_there_is) {
    struct cache_hit hit;
    struct lease *none;
    setup();
    put(lead("a", TAG_UPDATES), "1");
    cache_touch(k, TAG_UPDATES);
    struct lease *stuck = lead("a", TAG_UPDATES);
    cache_touch(k, TAG_UPDATES);
    AUTO(call) struct call late;
    call_init(&late, 20);
    ck_assert(cache_lease(&late, k, "a", TAG_UPDATES, &none, &hit));
    ck_assert(!none && hit.blob && hit.age_s >= 0);
    blob_release(hit.blob);
    put(stuck, "2");
    teardown();
}
END_TEST

/* A database whose changes are told of late, and whose snapshots are taken somewhen in a query. */
static struct {
    atomic_int version, told, seen, backwards;
    atomic_bool ended;
} fake;

static int version_of(const char *text) {
    return (int)strtol(text, NULL, 10);
}

static int query(unsigned *seed) {
    (void)usleep((useconds_t)(rand_r(seed) % 300));
    int version = atomic_load(&fake.version);
    (void)usleep((useconds_t)(rand_r(seed) % 300));
    return version;
}

static int read_version(unsigned *seed) {
    AUTO(call) struct call own;
    struct lease *lease;
    call_init(&own, 3000);
    struct cache_hit hit = cache_get(k, "a", own.now_us);
    if (!hit.blob)
        ck_assert(cache_lease(&own, k, "a", TAG_UPDATES, &lease, &hit));
    char text[16];
    if (hit.blob) {
        (void)snprintf(text, sizeof text, "%s", hit.blob->part[BLOB_BODY].at);
        blob_release(hit.blob);
    } else {
        (void)snprintf(text, sizeof text, "%d", query(seed));
        put_by(&own, lease, text);
    }
    return version_of(text);
}

static void *read_on(void *context) {
    unsigned seed = *(const unsigned *)context;
    while (!atomic_load(&fake.ended)) {
        int before = atomic_load(&fake.seen), told = atomic_load(&fake.told);
        int version = read_version(&seed);
        if (version < before || version < told)
            atomic_fetch_add(&fake.backwards, 1);
        while (before < version && !atomic_compare_exchange_weak(&fake.seen, &before, version))
            continue;
        (void)usleep(50);
    }
    return NULL;
}

START_TEST(no_reader_sees_less_than_was_seen_or_told_before_it_came) {
    pthread_t threads[READERS];
    unsigned seeds[READERS + 1];
    setup();
    for (unsigned i = 0; i <= READERS; i++)
        seeds[i] = i;
    for (size_t i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, &seeds[i + 1]), 0);
    for (int i = 1; i <= VERSIONS; i++) {
        (void)usleep((useconds_t)(rand_r(&seeds[0]) % 300)); /* a touch for another's sake first */
        cache_touch(k, TAG_UPDATES);
        (void)usleep((useconds_t)(rand_r(&seeds[0]) % 300));
        atomic_store(&fake.version, i);
        (void)usleep(1000);
        cache_touch(k, TAG_UPDATES);
        atomic_store(&fake.told, i);
    }
    atomic_store(&fake.ended, true);
    for (size_t i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_int_eq(fake.backwards, 0);
    ck_assert_int_gt(fake.seen, VERSIONS / 2);
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
    struct blob *b = blob_of(&c, "1");
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
        those_who_miss_together_make_one_query,
        who_comes_after_a_touch_waits_for_what_was_asked_before_it_and_asks_then,
        who_waits_in_vain_for_what_was_asked_before_a_touch_is_lent_what_there_is,
        no_reader_sees_less_than_was_seen_or_told_before_it_came,
        those_who_wait_are_refused_with_the_leader_when_the_database_is_away,
        an_outage_lends_what_there_is_with_its_age,
        what_cannot_be_confirmed_tells_its_age_and_what_was_touched_asks_first,
        an_answer_of_an_earlier_life_is_for_outages_only,
        the_long_tail_stays_within_bounds_and_pushes_out_nothing_that_is_read,
        what_would_fill_the_store_is_answered_but_not_kept,
    };
    return suite_run("live/cache", tests, COUNT(tests));
}
