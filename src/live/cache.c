#include "live/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/metric.h"
#include "model/tag.h"
#include "store.h"

enum { PATIENCE_US = 1000000 };

/* One query for an answer, and those who wait for it. */
struct lease {
    struct cache *cache;
    struct entry *entry; /* stays while the flight is on */
    uint64_t at;         /* the cache's time before the query */
    unsigned tags;
    /* Guarded by the cache's waiting lock: */
    unsigned holders; /* the leader and those who wait */
    bool done;
    struct blob *blob; /* held, or NULL: it failed, with what follows */
    enum err err;
    int retry_after_s;
};

struct cache {
    _Atomic uint64_t now;                /* touches so far, from 1 */
    _Atomic uint64_t touched[TAG_COUNT]; /* when each tag was last */
    _Atomic int64_t confirmed_us;        /* monotonic; 0: never */
    pthread_rwlock_t lock;               /* guards store and every entry's flight */
    struct store store;
    uint64_t erased; /* the time of the last erasure; guarded by lock */
    pthread_mutex_t waiting;
    pthread_cond_t landed; /* some lease has ended */
};

enum { HITS, MISSES, WAITS, STALE, REFUSED };
static struct metric events[] = {
    [HITS] = {.labels = "event=\"hit\""},        [MISSES] = {.labels = "event=\"miss\""},
    [WAITS] = {.labels = "event=\"wait\""},      [STALE] = {.labels = "event=\"stale\""},
    [REFUSED] = {.labels = "event=\"refused\""},
};
enum { BYTES, ENTRIES, EVICTED };
static struct metric sizes[] = {
    [BYTES] = {.name = "cache_bytes", .help = "Bytes of the answers kept.", .type = METRIC_GAUGE},
    [ENTRIES] = {.name = "cache_entries", .help = "Answers kept.", .type = METRIC_GAUGE},
    [EVICTED] = {.name = "cache_evictions",
                 .help = "Answers that made room for others.",
                 .type = METRIC_COUNTER},
};

static void declare_metrics(void) {
    static bool done;
    for (size_t i = 0; i < COUNT(events) && !done; i++) {
        events[i].name = "cache_events_total";
        events[i].help = "Answers looked for in the cache, by what came of it.";
        events[i].type = METRIC_COUNTER;
    }
    if (!done) {
        metric_register(events, COUNT(events));
        metric_register(sizes, COUNT(sizes));
    }
    done = true;
}

/* Under the write lock. */
static void count_sizes(const struct store *s) {
    metric_set(&sizes[BYTES], (int64_t)(s->bytes[QUEUE_NEW] + s->bytes[QUEUE_MAIN]));
    metric_set(&sizes[ENTRIES], (int64_t)s->count);
    metric_set(&sizes[EVICTED], (int64_t)s->evicted);
}

struct cache *cache_new(struct call *c, size_t most) {
    struct cache *k = calloc(1, sizeof(*k));
    if (!k) {
        (void)fail(c, ERR_NO_MEMORY, "no room for the cache");
        return NULL;
    }
    declare_metrics();
    k->store.most = most;
    atomic_init(&k->now, 1);
    /* Readers come all the time: without this a writer would never have its turn. */
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&k->lock, &kind);
    pthread_rwlockattr_destroy(&kind);
    pthread_mutex_init(&k->waiting, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&k->landed, &clock);
    pthread_condattr_destroy(&clock);
    return k;
}

void cache_free(struct cache *k) {
    if (!k)
        return;
    store_drop(&k->store);
    pthread_cond_destroy(&k->landed);
    pthread_mutex_destroy(&k->waiting);
    pthread_rwlock_destroy(&k->lock);
    free(k);
}

/* ---- time ---- */

static bool is_untouched(const struct cache *k, unsigned tags, uint64_t since) {
    for (unsigned i = 0; i < TAG_COUNT; i++)
        if ((tags >> i & 1) && atomic_load(&k->touched[i]) > since)
            return false;
    return since > 0;
}

void cache_touch(struct cache *k, unsigned tags) {
    uint64_t now = atomic_fetch_add(&k->now, 1) + 1;
    for (unsigned i = 0; i < TAG_COUNT; i++) {
        uint64_t last = atomic_load(&k->touched[i]);
        while ((tags >> i & 1) && last < now &&
               !atomic_compare_exchange_weak(&k->touched[i], &last, now))
            continue;
    }
}

void cache_erase(struct cache *k) {
    pthread_rwlock_wrlock(&k->lock);
    k->erased = atomic_fetch_add(&k->now, 1) + 1;
    store_clear(&k->store);
    count_sizes(&k->store);
    pthread_rwlock_unlock(&k->lock);
}

uint64_t cache_time(const struct cache *k) {
    return atomic_load(&k->now);
}

void cache_confirm(struct cache *k, int64_t mono_us) {
    atomic_store(&k->confirmed_us, mono_us);
}

static bool confirmed(const struct cache *k, int64_t *last_us, int64_t mono_us) {
    *last_us = atomic_load(&k->confirmed_us);
    return *last_us > 0 && mono_us - *last_us <= CACHE_CONFIRMED_US;
}

bool cache_is_confirmed(const struct cache *k) {
    int64_t last;
    return confirmed(k, &last, clock_mono_us());
}

static int64_t seconds(int64_t us) {
    return us > 0 ? us / 1000000 : 0;
}

/* ---- what is there ---- */

/* Under a lock. What is good; anyhow: what there is. */
static struct cache_hit look_at(struct cache *k, struct entry *e, int64_t now_us, bool anyhow) {
    int64_t mono = clock_mono_us(), last;
    if (!e || !e->blob)
        return (struct cache_hit){0};
    bool sure = confirmed(k, &last, mono), good = is_untouched(k, e->tags, e->at);
    if (!good && !anyhow)
        return (struct cache_hit){0};
    int64_t age = -1;
    if (!good)
        age = seconds(now_us - e->blob->made_us);
    else if (!sure && e->tags) /* what depends on nothing needs no confirmation */
        age = last > 0 ? seconds(mono - last) : seconds(now_us - e->blob->made_us);
    if (atomic_load_explicit(&e->hits, memory_order_relaxed) < 3)
        atomic_fetch_add_explicit(&e->hits, 1, memory_order_relaxed);
    metric_add(&events[good ? HITS : STALE], 1);
    return (struct cache_hit){blob_hold(e->blob), age};
}

struct cache_hit cache_get(struct cache *k, const char *key, int64_t now_us) {
    pthread_rwlock_rdlock(&k->lock);
    struct cache_hit hit = look_at(k, store_find(&k->store, key), now_us, false);
    pthread_rwlock_unlock(&k->lock);
    return hit;
}

/* ---- leases ---- */

/* Under the write lock. */
static struct lease *new_lease(struct cache *k, struct entry *e, unsigned tags) {
    struct lease *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->cache = k;
    l->entry = e;
    l->tags = tags;
    l->at = atomic_load(&k->now);
    l->holders = 1;
    e->flight = l;
    return l;
}

/* Under the waiting lock. */
static void let_go(struct lease *l) {
    if (--l->holders > 0)
        return;
    blob_release(l->blob);
    free(l);
}

struct pass {
    struct lease *lease; /* NULL: there is nothing to wait for */
    bool leads;
    bool answers; /* the flight's answer is good for who waits */
};

/*
 * Under the write lock: leads, joins or finds, for who came at that time.
 *
 * A flight that began before a touch cannot answer who comes after it; still it is waited for, and
 * the next one asks. Two queries at once would see the database in an order that nobody knows: who
 * was given the newer answer could be shown the older one afterwards.
 */
static struct pass board(struct call *c, struct cache *k, const char *key, unsigned tags,
                         uint64_t came, struct cache_hit *hit) {
    struct entry *e = store_open(&k->store, key);
    struct lease *l = e ? e->flight : NULL;
    *hit = look_at(k, e, c->now_us, false);
    if (hit->blob)
        return (struct pass){0};
    if (e && e->blob && c->deadline_us > clock_mono_us() + PATIENCE_US)
        c->deadline_us = clock_mono_us() + PATIENCE_US;
    if (l) {
        pthread_mutex_lock(&k->waiting);
        l->holders++;
        pthread_mutex_unlock(&k->waiting);
        return (struct pass){l, false, l->at >= came || is_untouched(k, l->tags, l->at)};
    }
    l = e ? new_lease(k, e, tags) : NULL;
    if (!l)
        (void)fail(c, ERR_NO_MEMORY, "no room to ask for this");
    return (struct pass){l, l != NULL, true};
}

static bool wait_landed(struct call *c, struct cache *k, const struct lease *l) {
    int64_t until = c->deadline_us;
    struct timespec t = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    while (!l->done)
        if (pthread_cond_timedwait(&k->landed, &k->waiting, &t) != 0)
            break;
    return l->done;
}

/* What the leader found, false when the database is away. A refusal of the leader's request says
 * nothing of this one: only that the database is away is true for all. */
static bool share(struct call *c, struct cache *k, const struct pass *pass, struct cache_hit *hit) {
    struct lease *l = pass->lease;
    metric_add(&events[WAITS], 1);
    pthread_mutex_lock(&k->waiting);
    bool landed = wait_landed(c, k, l), away = !landed;
    if (landed && pass->answers) {
        away = l->err == ERR_UNAVAILABLE;
        c->retry_after_s = l->retry_after_s;
        if (l->blob)
            *hit = (struct cache_hit){blob_hold(l->blob), -1};
    }
    let_go(l);
    pthread_mutex_unlock(&k->waiting);
    return !away;
}

/* An outage outranks freshness: what there is, with its age. */
static bool lend_old(struct call *c, struct cache *k, const char *key, struct cache_hit *hit) {
    pthread_rwlock_rdlock(&k->lock);
    *hit = look_at(k, store_find(&k->store, key), c->now_us, true);
    pthread_rwlock_unlock(&k->lock);
    return hit->blob != NULL;
}

bool cache_lease(struct call *c, struct cache *k, const char *key, unsigned tags,
                 struct lease **lease, struct cache_hit *hit) {
    const uint64_t came = cache_time(k);
    struct pass pass;
    bool here;
    *lease = NULL;
    do { /* twice at most: the second flight began after we came */
        pthread_rwlock_wrlock(&k->lock);
        pass = board(c, k, key, tags, came, hit);
        pthread_rwlock_unlock(&k->lock);
        if (!pass.lease)
            return c->err == ERR_NONE;
        if (pass.leads) {
            metric_add(&events[MISSES], 1);
            *lease = pass.lease;
            return true;
        }
        here = share(c, k, &pass, hit);
    } while (here && !pass.answers);
    return here || lend_old(c, k, key, hit) ||
           fail(c, ERR_UNAVAILABLE, "the database does not answer now");
}

/* Under the write lock: what the lease found goes in, unless all was erased meanwhile. */
static void keep(struct cache *k, const struct lease *l, struct blob *b) {
    struct entry *e = l->entry;
    e->flight = NULL;
    if (l->at < k->erased)
        b = NULL;
    if (b && store_fill(&k->store, e, b)) {
        e->at = l->at;
        e->tags = l->tags;
    }
    if (b && !is_untouched(k, l->tags, l->at))
        metric_add(&events[REFUSED], 1);
    store_tidy(&k->store, e);
    count_sizes(&k->store);
}

/* The flight is over before it is told, so that nobody can board it any more. */
static void land(struct lease *l, struct blob *b, enum err err, int retry_after_s) {
    struct cache *k = l->cache;
    pthread_rwlock_wrlock(&k->lock);
    keep(k, l, b);
    pthread_rwlock_unlock(&k->lock);
    pthread_mutex_lock(&k->waiting);
    l->done = true;
    l->blob = b ? blob_hold(b) : NULL;
    l->err = err;
    l->retry_after_s = retry_after_s;
    pthread_cond_broadcast(&k->landed);
    let_go(l);
    pthread_mutex_unlock(&k->waiting);
}

void cache_put(struct lease *l, struct blob *b) {
    land(l, b, ERR_NONE, 0);
}

bool cache_give_up(struct lease *l, struct call *c, struct cache_hit *hit) {
    *hit = (struct cache_hit){0};
    bool old = c->err == ERR_UNAVAILABLE && lend_old(c, l->cache, l->entry->key, hit);
    land(l, NULL, c->err, c->retry_after_s);
    return old;
}

/* ---- from and to the disk ---- */

bool cache_restore(struct cache *k, const char *key, unsigned tags, struct blob *b) {
    pthread_rwlock_wrlock(&k->lock);
    struct entry *e = store_open(&k->store, key);
    bool kept = e && !e->blob && store_fill(&k->store, e, b);
    if (kept)
        e->tags = tags;
    if (e)
        store_tidy(&k->store, e);
    count_sizes(&k->store);
    pthread_rwlock_unlock(&k->lock);
    return kept;
}

void cache_each(struct cache *k,
                void (*visit)(void *context, const char *key, unsigned tags, struct blob *b),
                void *context) {
    size_t at = 0;
    const char *key;
    void *value;
    pthread_rwlock_rdlock(&k->lock);
    while (map_next(&k->store.map, &at, &key, &value)) {
        const struct entry *e = value;
        if (e->blob)
            visit(context, key, e->tags, e->blob);
    }
    pthread_rwlock_unlock(&k->lock);
}
