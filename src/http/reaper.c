#include "reaper.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "metrics.h"
#include "sockets.h"
#include "spare.h"

enum {
    PORTS = 65536,
    STARVED_TICK_MS = 5 /* until an idle connection that makes room has given its descriptor back */
};

struct reaper {
    struct reaper_config config;
    pthread_t thread;
    _Atomic uint16_t port;
    _Atomic int listener; /* -1: not known yet */
    _Atomic bool crowded;
    _Atomic bool close_idle;

    pthread_mutex_t lock; /* guards stopping */
    pthread_cond_t wake;
    bool stopping;

    /* The thread's own. */
    DIR *descriptors;
    struct spare spare;
    bool starved;           /* no descriptor is left for those who wait */
    bool leaving;           /* some that were cut have not given theirs back yet */
    int64_t short_since_us; /* threads are scarce and no connection is idle; 0: not so */
    struct sight *sights;
    size_t due;               /* the first so many of sights are to be cut */
    uint8_t ports[PORTS / 8]; /* bit set: a connection from this port is due */
};

bool reaper_is_crowded(const struct reaper *r) {
    return atomic_load_explicit(&r->crowded, memory_order_relaxed);
}

void reaper_watch(struct reaper *r, uint16_t port, int listener) {
    atomic_store(&r->port, port);
    atomic_store(&r->listener, listener);
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
    r->leaving = false;
    for (size_t i = 0; i < s->count; i++) {
        struct slot *slot = &s->slot[i];
        pthread_mutex_lock(&slot->lock);
        bool leaving = slot->phase != PHASE_CLOSED && slot->cut != CUT_NONE &&
                       slot->deadline_us == 0;
        if (slot->phase != PHASE_CLOSED && !slot->known)
            slot->known = s->identify(s->context, slot);
        r->leaving |= leaving;
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
 * the answer still leaves. Only a client that does not take its answer loses both, and what the
 * system holds for it is thrown away.
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
        const struct linger at_once = {.l_onoff = 1};
        bool taking = s->cut == CUT_ANSWER || s->cut == CUT_STREAM;
        metrics_cut(s->cut); /* before anybody can see it */
        if (taking)
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        (void)shutdown(fd, taking ? SHUT_RDWR : SHUT_RD);
        slot->cut = s->cut;
        slot->deadline_us = 0;
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
    sockets_each(r->descriptors, atomic_load(&r->port), visit, r);
    memset(r->ports, 0, sizeof(r->ports));
}

/*
 * Right after a crowd has come none of it is idle for sure, and for a moment those who are at work
 * would lose their connections for it. So a scarcity counts when it outlasts the time in which idle
 * ones show, or at once when not one thread is left.
 */
static void decide_crowded(struct reaper *r, bool scarce, const struct reaper_policy *p) {
    if (!scarce)
        r->short_since_us = 0;
    else if (r->short_since_us == 0)
        r->short_since_us = p->now_us;
    bool full = atomic_load(&r->config.slots->open) >= p->threads;
    bool lasts = p->now_us - r->short_since_us >= p->quiet_us;
    atomic_store_explicit(&r->crowded, scarce && (full || lasts), memory_order_relaxed);
}

static void notice_starved(struct reaper *r) {
    bool starved = spare_is_needed(atomic_load(&r->listener));
    if (starved && !r->starved)
        log_say(
            r->config.log, LOG_WARN, "descriptors",
            "none is left: idle connections are closed, and where there are none newcomers get 503");
    r->starved = starved;
}

static void work(struct reaper *r) {
    notice_starved(r);
    r->due = 0;
    r->leaving = false;
    if (atomic_load(&r->config.slots->open) == 0) {
        r->short_since_us = 0;
        atomic_store_explicit(&r->crowded, false, memory_order_relaxed);
        return;
    }
    size_t count = look(r);
    const struct reaper_policy policy = {
        .threads = r->config.slots->count,
        .now_us = clock_mono_us(),
        .quiet_us = r->config.quiet_ms * 1000,
        .close_idle = atomic_load(&r->close_idle),
        .starved = r->starved,
    };
    decide_crowded(r, reaper_judge(&policy, r->sights, count), &policy);
    execute(r, count);
}

/* False when it is time to stop. */
static bool pause_round(struct reaper *r) {
    int64_t ms = r->config.tick_ms;
    if (r->starved && (r->due > 0 || r->leaving))
        ms = STARVED_TICK_MS;
    else if (r->starved && spare_turn_away(&r->spare, atomic_load(&r->listener), ms))
        ms = 0;
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
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

static void release(struct reaper *r) {
    spare_drop(&r->spare);
    if (r->descriptors)
        (void)closedir(r->descriptors);
    free(r->sights);
    free(r);
}

struct reaper *reaper_new(const struct reaper_config *config) {
    struct reaper *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->config = *config;
    atomic_init(&r->listener, -1);
    spare_init(&r->spare);
    r->descriptors = sockets_open();
    r->sights = calloc(config->slots->count, sizeof(*r->sights));
    if (!r->descriptors || !r->sights)
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
    release(r);
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
    release(r);
}
