#include "live/freshness.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"

enum {
    LOOK_US = 1000000,
    AGAIN_US = 200000, /* after a look that did not work */
    TELL_US = 20000,   /* writes in a burst are told of together */
    LOOK_BUDGET_MS = 800,
    SPREAD_BUDGET_MS = 3000,
    SLICE_US = 10000,
};

struct freshness {
    struct cache *cache; /* or NULL */
    struct hub *hub;     /* or NULL */
    struct follower *follower;
    struct log *log;
    pthread_t thread;
    int wake; /* eventfd: something was written, or the end */
    atomic_bool wrote, stopping;
    /* The thread's own: */
    int64_t look_due_us, told_us;
    int64_t day_ends_us; /* wall clock */
    bool in_trouble;
    bool untold;           /* the hub stands behind the last look */
    atomic_bool confirmed; /* some look has worked */
};

enum { LOOKS, FAILED, TOLD };
static struct metric counts[] = {
    [LOOKS] = {.name = "change_looks_total", .help = "Looks for changes.", .type = METRIC_COUNTER},
    [FAILED] = {.name = "change_looks_failed_total",
                .help = "Looks for changes that did not work.",
                .type = METRIC_COUNTER},
    [TOLD] = {.name = "change_notifications_total",
              .help = "Times that the other instances were told of changes.",
              .type = METRIC_COUNTER},
};

/* Only a turn from one state to the other is worth a line. */
static void report(struct freshness *f, const struct call *c, bool worked) {
    metric_add(&counts[worked ? LOOKS : FAILED], 1);
    if (worked == !f->in_trouble)
        return;
    f->in_trouble = !worked;
    log_say(f->log, worked ? LOG_INFO : LOG_WARN, worked ? "changes_followed" : "changes_unknown",
            "%s", worked ? "answers are confirmed again" : c->detail);
}

/* The cache knows already: whoever hears of a change and asks for it sees it. Many changes take a
 * while, so the call is not the look's. */
static bool spread(struct freshness *f, struct call *c, const struct look *found) {
    struct changes changes;
    const char *since = hub_moment(f->hub);
    if (found->anew || !since)
        return hub_reset(c, f->hub, found->moment);
    if (hub_pass(f->hub, found->moment, found->tags || f->untold))
        return true;
    return follower_changes(c, f->follower, since, found->moment, &changes) &&
           hub_tell(c, f->hub, found->moment, &changes);
}

/* What was good is told to be so only after what has changed was touched. */
static void look(struct freshness *f) {
    AUTO(call) struct call c;
    AUTO(call) struct call told;
    struct look found;
    int64_t began = clock_mono_us();
    call_init(&c, LOOK_BUDGET_MS);
    call_init(&told, LOOK_BUDGET_MS + SPREAD_BUDGET_MS);
    bool worked = follower_look(&c, f->follower, &found);
    if (worked) {
        /* The day that the last look told of has ended meanwhile, and this one tells of the next.
         */
        if (f->cache && c.now_us >= f->day_ends_us)
            cache_touch(f->cache, TAG_ALL);
        if (f->cache && found.tags)
            cache_touch(f->cache, found.tags);
        if (f->cache && found.erased)
            cache_erase(f->cache);
        f->day_ends_us = found.day_ends_us;
        if (f->cache)
            cache_confirm(f->cache, began);
        atomic_store(&f->confirmed, true);
        f->untold = f->hub && !spread(f, &told, &found);
        worked = !f->untold;
    }
    report(f, f->untold ? &told : &c, worked);
    f->look_due_us = clock_mono_us() + (worked ? LOOK_US : AGAIN_US);
}

static void tell(struct freshness *f) {
    AUTO(call) struct call c;
    call_init(&c, LOOK_BUDGET_MS);
    atomic_store(&f->wrote, false);
    if (follower_tell(&c, f->follower))
        metric_add(&counts[TOLD], 1);
    f->told_us = clock_mono_us(); /* who was not told looks within the second */
    if (f->hub && hub_is_heard(f->hub))
        f->look_due_us = 0; /* our own listeners hear of it by a look */
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Until the next thing is due, in milliseconds, rounded up. */
static int pause_ms(const struct freshness *f) {
    int64_t now = clock_mono_us();
    int64_t due = f->look_due_us;
    if (atomic_load(&f->wrote))
        due = least(due, f->told_us + TELL_US);
    if (f->day_ends_us - clock_wall_us() < LOOK_US)
        due = least(due, now + SLICE_US);
    return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static void await(struct freshness *f) {
    struct pollfd fds[] = {
        {.fd = f->wake, .events = POLLIN},
        {.fd = follower_fd(f->follower), .events = POLLIN},
    };
    uint64_t count;
    if (follower_heard(f->follower)) { /* while something else was asked */
        f->look_due_us = 0;
        return;
    }
    if (poll(fds, COUNT(fds), pause_ms(f)) <= 0)
        return;
    if (fds[0].revents && read(f->wake, &count, sizeof count) < 0)
        return;
    if (fds[1].revents && (follower_heard(f->follower) || follower_fd(f->follower) < 0))
        f->look_due_us = 0;
}

static void *follow(void *context) {
    struct freshness *f = context;
    while (!atomic_load(&f->stopping)) {
        bool midnight = clock_wall_us() >= f->day_ends_us;
        if (midnight) {
            if (f->cache)
                cache_touch(f->cache, TAG_ALL);
            f->day_ends_us = INT64_MAX; /* the next one comes with a look */
        }
        if (atomic_load(&f->wrote) && clock_mono_us() >= f->told_us + TELL_US)
            tell(f);
        if (midnight || clock_mono_us() >= f->look_due_us)
            look(f);
        await(f);
    }
    return NULL;
}

struct freshness *freshness_new(struct call *c, struct cache *k, struct hub *hub,
                                struct follower *follower, struct log *log) {
    static bool declared;
    if (!declared)
        for (size_t i = 0; i < COUNT(counts); i++)
            metric_register(&counts[i], 1);
    declared = true;
    struct freshness *f = calloc(1, sizeof *f);
    if (!f) {
        (void)fail(c, ERR_NO_MEMORY, "no room to follow changes");
        return NULL;
    }
    *f = (struct freshness){
        .cache = k, .hub = hub, .follower = follower, .log = log, .day_ends_us = INT64_MAX};
    f->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (f->wake >= 0 && pthread_create(&f->thread, NULL, follow, f) == 0)
        return f;
    (void)fail(c, ERR_NO_MEMORY, "no thread to follow changes");
    if (f->wake >= 0)
        (void)close(f->wake);
    free(f);
    return NULL;
}

static void wake(const struct freshness *f) {
    const uint64_t one = 1;
    if (write(f->wake, &one, sizeof one) < 0)
        return; /* full: it is awake already */
}

void freshness_free(struct freshness *f) {
    if (!f)
        return;
    atomic_store(&f->stopping, true);
    wake(f);
    (void)pthread_join(f->thread, NULL);
    (void)close(f->wake);
    free(f);
}

void freshness_wrote(void *freshness) {
    struct freshness *f = freshness;
    if (!atomic_exchange(&f->wrote, true))
        wake(f);
}

bool freshness_await(struct freshness *f, int64_t ms) {
    int64_t until = clock_mono_us() + ms * 1000;
    while (!atomic_load(&f->confirmed) && clock_mono_us() < until)
        (void)usleep(1000);
    return atomic_load(&f->confirmed);
}
