#include "live/hub.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/metric.h"

enum {
    RING = 256,          /* batches */
    BYTES_MOST = 1 << 20 /* of them; one alone may be more */
};

enum { RETRY_S = 15 };

struct hub {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t news;
    struct batch *ring[RING]; /* batch n lies at n % RING, for first <= n < next */
    uint64_t first, next;
    size_t bytes;
    char *moment;
    size_t listeners, most;
    bool closed;
};

static struct metric open_streams[] = {
    {.name = "event_streams_open", .help = "Clients that listen now.", .type = METRIC_GAUGE},
};

enum { REFUSED, LATE, SENT };
static struct metric counts[] = {
    [REFUSED] = {.name = "event_streams_refused_total",
                 .help = "Clients that found as many listening as may.",
                 .type = METRIC_COUNTER},
    [LATE] = {.name = "event_streams_late_total",
              .help = "Clients that fell behind what is kept, and were let go.",
              .type = METRIC_COUNTER},
    [SENT] = {.name = "events_sent_total",
              .help = "Changes told, to each client that listened.",
              .type = METRIC_COUNTER},
};

static void declare(void) {
    static bool declared;
    if (!declared)
        metric_register(open_streams, 1);
    for (size_t i = 0; !declared && i < COUNT(counts); i++)
        metric_register(&counts[i], 1);
    declared = true;
}

struct hub *hub_new(struct call *c) {
    declare();
    struct hub *h = calloc(1, sizeof *h);
    pthread_condattr_t attr;
    if (!h || pthread_condattr_init(&attr) != 0) {
        (void)fail(c, ERR_NO_MEMORY, "no room to spread changes");
        free(h);
        return NULL;
    }
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->news, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&h->lock, NULL);
    return h;
}

/* Under the lock. */
static void forget_oldest(struct hub *h) {
    struct batch **place = &h->ring[h->first++ % RING];
    h->bytes -= (*place)->size;
    batch_release(*place);
    *place = NULL;
}

void hub_free(struct hub *h) {
    if (!h)
        return;
    assert(h->listeners == 0);
    while (h->first < h->next)
        forget_oldest(h);
    pthread_cond_destroy(&h->news);
    pthread_mutex_destroy(&h->lock);
    free(h->moment);
    free(h);
}

void hub_limit(struct hub *h, size_t most) {
    pthread_mutex_lock(&h->lock);
    h->most = most;
    pthread_mutex_unlock(&h->lock);
}

void hub_close(struct hub *h) {
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->closed = true;
    pthread_cond_broadcast(&h->news);
    pthread_mutex_unlock(&h->lock);
}

/* ---- telling ---- */

const char *hub_moment(const struct hub *h) {
    return h->moment;
}

bool hub_is_heard(struct hub *h) {
    pthread_mutex_lock(&h->lock);
    bool heard = h->listeners > 0;
    pthread_mutex_unlock(&h->lock);
    return heard;
}

/* Under the lock; takes moment. */
static void move_on(struct hub *h, char *take_moment) {
    free(h->moment);
    h->moment = take_moment;
}

bool hub_pass(struct hub *h, const char *moment, bool changes) {
    char *copy = strdup(moment);
    pthread_mutex_lock(&h->lock);
    bool silent = copy && !(changes && h->listeners > 0);
    if (silent)
        move_on(h, copy);
    pthread_mutex_unlock(&h->lock);
    if (!silent)
        free(copy);
    return silent;
}

/* The batch goes into the ring, and its moment is the hub's. */
static bool publish(struct call *c, struct hub *h, struct batch *take_batch) {
    char *moment = take_batch ? strdup(take_batch->moment) : NULL;
    if (!moment) {
        batch_release(take_batch);
        return c->err ? false : fail(c, ERR_NO_MEMORY, "no room to spread changes");
    }
    pthread_mutex_lock(&h->lock);
    while (h->first < h->next &&
           (h->next - h->first == RING || h->bytes + take_batch->size > BYTES_MOST))
        forget_oldest(h);
    h->ring[h->next++ % RING] = take_batch;
    h->bytes += take_batch->size;
    move_on(h, moment);
    pthread_cond_broadcast(&h->news);
    pthread_mutex_unlock(&h->lock);
    return true;
}

bool hub_tell(struct call *c, struct hub *h, const char *moment, const struct changes *changes) {
    if (changes->too_many)
        return publish(c, h, batch_new_reset(c, moment, "too_many"));
    return publish(c, h, batch_new(c, moment, changes));
}

bool hub_reset(struct call *c, struct hub *h, const char *moment) {
    return publish(c, h, batch_new_reset(c, moment, "new_history"));
}

/* ---- listening ---- */

/* Under the lock. */
static bool admit(struct call *c, struct hub *h) {
    if (h->closed)
        return fail(c, ERR_UNAVAILABLE, "this instance is shutting down");
    if (h->listeners < h->most)
        return true;
    metric_add(&counts[REFUSED], 1);
    c->retry_after_s = RETRY_S;
    return fail(c, ERR_UNAVAILABLE,
                "%zu streams are open, as many as there may be: ask by ETag meanwhile", h->most);
}

bool hub_join(struct call *c, struct hub *h, struct listener *l, const char **moment) {
    pthread_mutex_lock(&h->lock);
    *moment = h->moment ? call_strdup(c, h->moment) : NULL;
    bool in = !c->err && admit(c, h);
    if (in) {
        h->listeners++;
        *l = (struct listener){h, h->next};
    }
    pthread_mutex_unlock(&h->lock);
    if (in)
        metric_add(open_streams, 1);
    return in;
}

void hub_leave(struct listener *l) {
    struct hub *h = l->hub;
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->listeners--;
    pthread_mutex_unlock(&h->lock);
    l->hub = NULL;
    metric_add(open_streams, -1);
}

static struct timespec after(int64_t ms) {
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

enum hearing hub_hear(struct listener *l, int64_t ms, struct batch **out) {
    struct hub *h = l->hub;
    struct timespec until = after(ms);
    enum hearing result = HEARD_NOTHING;
    *out = NULL;
    pthread_mutex_lock(&h->lock);
    while (!h->closed && l->next == h->next)
        if (pthread_cond_timedwait(&h->news, &h->lock, &until) != 0)
            break;
    if (h->closed) {
        result = HEARD_THE_END;
    } else if (l->next < h->first) {
        result = HEARD_TOO_LATE;
        metric_add(&counts[LATE], 1);
    } else if (l->next < h->next) {
        result = HEARD;
        *out = batch_hold(h->ring[l->next++ % RING]);
    }
    pthread_mutex_unlock(&h->lock);
    return result;
}

void hub_count_sent(size_t events) {
    metric_add(&counts[SENT], (int64_t)events);
}
