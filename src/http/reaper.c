#include "reaper.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "metrics.h"
#include "sockets.h"

enum { PORTS = 65536 };

struct reaper {
    struct reaper_config config;
    pthread_t thread;
    _Atomic uint16_t port;
    _Atomic bool crowded;
    _Atomic bool close_idle;

    pthread_mutex_t lock; /* guards stopping */
    pthread_cond_t wake;
    bool stopping;

    /* The thread's own. */
    struct sight *sights;
    size_t due;               /* the first so many of sights are to be cut */
    uint8_t ports[PORTS / 8]; /* bit set: a connection from this port is due */
};

bool reaper_is_crowded(const struct reaper *r) {
    return atomic_load_explicit(&r->crowded, memory_order_relaxed);
}

void reaper_watch(struct reaper *r, uint16_t port) {
    atomic_store(&r->port, port);
}

void reaper_close_idle(struct reaper *r) {
    atomic_store(&r->close_idle, true);
    pthread_mutex_lock(&r->lock);
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
}

/* Open connections, without those that were cut and are on their way out. */
static size_t look(struct reaper *r) {
    struct slots *s = r->config.slots;
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct slot *slot = &s->slot[i];
        pthread_mutex_lock(&slot->lock);
        bool leaving = slot->cut != CUT_NONE && slot->deadline_us == 0;
        if (slot->phase != PHASE_CLOSED && !slot->known)
            slot->known = s->identify(s->context, slot);
        if (slot->phase != PHASE_CLOSED && slot->known && !leaving) {
            r->sights[count++] = (struct sight){
                .slot = i,
                .serial = slot->serial,
                .phase = slot->phase,
                .since_us = slot->since_us,
                .deadline_us = slot->deadline_us,
                .peer = slot->peer,
                .port = slot->port,
                .exempt = slot->exempt,
            };
        }
        pthread_mutex_unlock(&slot->lock);
    }
    return count;
}

/*
 * Cuts a connection while its worker is kept from closing it, so that the descriptor cannot become
 * a stranger's meanwhile. Reading is ended, not writing: what has arrived is still answered, and
 * the answer still leaves. Only a client that does not take its answer loses both.
 */
static void cut(struct slot *slot, const struct sight *s, int fd) {
    struct address peer;
    uint16_t port;
    pthread_mutex_lock(&slot->lock);
    bool same = slot->phase == s->phase && slot->serial == s->serial &&
                slot->since_us == s->since_us && socket_peer(fd, &peer, &port) && port == s->port &&
                address_equal(&peer, &s->peer);
    bool waits = s->cut == CUT_ROOM || s->cut == CUT_ADDRESS || s->cut == CUT_DRAIN;
    if (same && !(waits && socket_has_bytes(fd))) {
        (void)shutdown(fd, s->cut == CUT_ANSWER ? SHUT_RDWR : SHUT_RD);
        slot->cut = s->cut;
        slot->deadline_us = 0;
        metrics_cut(s->cut);
    }
    pthread_mutex_unlock(&slot->lock);
}

static void visit(void *context, int fd, const struct address *peer, uint16_t port) {
    struct reaper *r = context;
    if (!(r->ports[port / 8] & (1U << port % 8)))
        return;
    for (size_t i = 0; i < r->due; i++) {
        struct sight *s = &r->sights[i];
        if (s->port == port && address_equal(&s->peer, peer))
            cut(&r->config.slots->slot[s->slot], s, fd);
    }
}

/* Moves those with a verdict to the front and looks for their descriptors. */
static void execute(struct reaper *r, size_t count) {
    r->due = 0;
    for (size_t i = 0; i < count; i++) {
        if (r->sights[i].cut == CUT_NONE)
            continue;
        uint16_t port = r->sights[i].port;
        r->ports[port / 8] = (uint8_t)(r->ports[port / 8] | 1U << port % 8);
        r->sights[r->due++] = r->sights[i];
    }
    if (r->due == 0)
        return;
    sockets_each(atomic_load(&r->port), visit, r);
    memset(r->ports, 0, sizeof(r->ports));
}

static void work(struct reaper *r) {
    if (atomic_load(&r->config.slots->open) == 0) {
        atomic_store_explicit(&r->crowded, false, memory_order_relaxed);
        return;
    }
    size_t count = look(r);
    const struct reaper_policy policy = {
        .threads = r->config.slots->count,
        .now_us = clock_mono_us(),
        .quiet_us = r->config.quiet_ms * 1000,
        .close_idle = atomic_load(&r->close_idle),
    };
    atomic_store_explicit(&r->crowded, reaper_judge(&policy, r->sights, count),
                          memory_order_relaxed);
    execute(r, count);
}

/* False when it is time to stop. */
static bool pause_round(struct reaper *r) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + r->config.tick_ms % 1000 * 1000000;
    until.tv_sec += (time_t)(r->config.tick_ms / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);

    pthread_mutex_lock(&r->lock);
    if (!r->stopping)
        (void)pthread_cond_timedwait(&r->wake, &r->lock, &until);
    bool go_on = !r->stopping;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void *reaper_main(void *arg) {
    struct reaper *r = arg;
    while (pause_round(r))
        work(r);
    return NULL;
}

static bool init_wake(pthread_cond_t *wake) {
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0)
        return false;
    bool fine = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(wake, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return fine;
}

struct reaper *reaper_new(const struct reaper_config *config) {
    struct reaper *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->config = *config;
    r->sights = calloc(config->slots->count, sizeof(*r->sights));
    if (!r->sights)
        goto no_sights;
    if (pthread_mutex_init(&r->lock, NULL) != 0)
        goto no_sights;
    if (!init_wake(&r->wake))
        goto no_wake;
    if (pthread_create(&r->thread, NULL, reaper_main, r) != 0)
        goto no_thread;
    return r;

no_thread:
    pthread_cond_destroy(&r->wake);
no_wake:
    pthread_mutex_destroy(&r->lock);
no_sights:
    free(r->sights);
    free(r);
    return NULL;
}

void reaper_free(struct reaper *r) {
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r->sights);
    free(r);
}
