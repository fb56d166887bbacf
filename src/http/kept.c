#include "kept.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "server_inside.h"
#include "sockets.h"

enum {
    WATCHERS_MOST = 16,
    EVENTS = 64,      /* connections that are looked at before new ones are asked for */
    HEAD_MOST = 8192, /* a longer head is none of the plain ones */
    GLANCE_US = 10000 /* a look at a connection does not last longer */
};

struct watcher {
    pthread_t thread;
    struct server *server;
    int epoll;
    char head[HEAD_MOST];
};

struct kept {
    struct server *server;
    _Atomic bool stopping;
    _Atomic size_t turn; /* whose the next connection is */
    int bell;            /* rings when it is time to stop */
    size_t count;
    struct watcher watcher[WATCHERS_MOST];
};

/* ---- the watcher's side ---- */

/* False when there is nothing to do: the worker has the connection already and the news is old; or
 * old news has led another watcher to it, who then looks once more. */
static bool hold(struct slot *slot) {
    pthread_mutex_lock(&slot->lock);
    bool lent = slot->keeper == KEEPER_NOBODY;
    slot->news = !lent;
    if (lent) {
        slot->keeper = KEEPER_WATCHER;
        slot->phase = PHASE_WORK;
    }
    pthread_mutex_unlock(&slot->lock);
    return lent;
}

/* Under the lock. */
static void enter(struct slot *slot, enum phase phase, int64_t now_us, int64_t budget_ms) {
    slot->phase = phase;
    slot->since_us = now_us;
    slot->deadline_us = now_us + budget_ms * 1000;
}

/* Under the lock. Of a head that has begun the rest must be there within the keep-alive time, as if
 * the library had waited for its beginning too. */
static void give_back(const struct server *s, struct slot *slot, enum look look,
                      struct desk *rest) {
    slot->phase = PHASE_IDLE;
    if (look == LOOK_BEGUN)
        enter(slot, PHASE_ANSWER, clock_mono_us(), s->config.answer_ms);
    else if (look == LOOK_STRANGE)
        slot->deadline_us = slot->since_us + s->config.keep_alive_ms * 1000;
    slot->keeper = KEEPER_WORKER;
    slot->over = look == LOOK_OVER;
    slot->rest = rest;
    pthread_cond_signal(&slot->back);
}

/* True when there is more to be looked at: the connection is held on. The end that came with a
 * request is such, for no other event will tell of it. */
static bool let_go(const struct server *s, struct slot *slot, enum look look, struct desk *rest,
                   bool ends) {
    bool stays = look == LOOK_NOTHING || look == LOOK_ANSWERED;
    pthread_mutex_lock(&slot->lock);
    bool more = stays && (slot->news || (ends && look == LOOK_ANSWERED));
    slot->news = false;
    if (look == LOOK_ANSWERED)
        enter(slot, PHASE_IDLE, clock_mono_us(), s->config.keep_alive_ms + s->config.head_ms);
    if (!stays) {
        give_back(s, slot, look, rest);
    } else {
        slot->phase = more ? PHASE_WORK : PHASE_IDLE;
        slot->keeper = more ? KEEPER_WATCHER : KEEPER_NOBODY;
    }
    pthread_mutex_unlock(&slot->lock);
    return more;
}

/* An event tells of what has come since the last one. */
static void visit(struct watcher *w, struct slot *slot, uint32_t events) {
    bool ends = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    bool more = hold(slot);
    while (more) {
        struct desk *rest = NULL;
        enum look look = lent_look(w->server, slot, w->head, sizeof(w->head), &rest);
        more = let_go(w->server, slot, look, rest, ends);
    }
}

static void *watch(void *arg) {
    struct watcher *w = arg;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(w->epoll, events, EVENTS, -1);
        assert(count >= 0 || errno == EINTR);
        for (int i = 0; i < count; i++) {
            if (!events[i].data.ptr)
                return NULL;
            visit(w, events[i].data.ptr, events[i].events);
        }
    }
}

/* ---- the worker's side ---- */

static bool part_with(const struct kept *k, struct slot *slot) {
    pthread_mutex_lock(&slot->lock);
    bool fine = slot->cut == CUT_NONE && !atomic_load(&k->stopping);
    if (fine)
        slot->keeper = KEEPER_NOBODY;
    slot->over = false;
    slot->rest = NULL;
    pthread_mutex_unlock(&slot->lock);
    return fine;
}

/* Under the lock. */
static void wait_until(struct slot *slot, int64_t until_us) {
    const struct timespec until = {.tv_sec = until_us / 1000000,
                                   .tv_nsec = until_us % 1000000 * 1000};
    (void)pthread_cond_timedwait(&slot->back, &slot->lock, &until);
}

/* Until a watcher gives the connection back, or it has been idle for too long. Silence is no end
 * where something has come at the last moment. */
static bool wait_back(struct slot *slot, int64_t keep_alive_us) {
    bool idle = false;
    pthread_mutex_lock(&slot->lock);
    while (slot->keeper != KEEPER_WORKER) {
        int64_t until = slot->since_us + keep_alive_us;
        int64_t now = clock_mono_us();
        if (now < until)
            wait_until(slot, until);
        else if (slot->keeper == KEEPER_WATCHER)
            wait_until(slot, now + GLANCE_US);
        else {
            idle = true;
            slot->keeper = KEEPER_WORKER;
        }
    }
    bool over = slot->over || (idle && !socket_has_bytes(slot->fd));
    pthread_mutex_unlock(&slot->lock);
    return !over;
}

bool kept_lend(struct kept *k, struct slot *slot, struct desk **rest) {
    *rest = NULL;
    if (!part_with(k, slot))
        return true;
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = slot};
    int epoll = k->watcher[atomic_fetch_add(&k->turn, 1) % k->count].epoll;
    bool watched = epoll_ctl(epoll, EPOLL_CTL_ADD, slot->fd, &wanted) == 0;
    bool open = wait_back(slot, watched ? k->server->config.keep_alive_ms * 1000 : 0);
    (void)epoll_ctl(epoll, EPOLL_CTL_DEL, slot->fd, NULL);
    *rest = slot->rest;
    return open || !watched;
}

/* ---- start and stop ---- */

static bool start(struct kept *k, struct watcher *w) {
    struct epoll_event bell = {.events = EPOLLIN};
    w->server = k->server;
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (w->epoll < 0)
        return false;
    if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, k->bell, &bell) == 0 &&
        pthread_create(&w->thread, NULL, watch, w) == 0)
        return true;
    (void)close(w->epoll);
    return false;
}

struct kept *kept_new(struct server *s) {
    struct kept *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->server = s;
    k->bell = eventfd(0, EFD_CLOEXEC);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors < 1 ? 1 : (size_t)processors;
    while (k->bell >= 0 && k->count < wanted && k->count < WATCHERS_MOST &&
           start(k, &k->watcher[k->count]))
        k->count++;
    if (k->count > 0)
        return k;
    kept_free(k);
    return NULL;
}

void kept_stop(struct kept *k) {
    atomic_store(&k->stopping, true);
    (void)eventfd_write(k->bell, 1);
    for (size_t i = 0; i < k->count; i++)
        (void)pthread_join(k->watcher[i].thread, NULL);
    const struct slots *slots = &k->server->slots;
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->slot[i];
        pthread_mutex_lock(&slot->lock);
        slot->keeper = KEEPER_WORKER;
        pthread_cond_signal(&slot->back);
        pthread_mutex_unlock(&slot->lock);
    }
}

void kept_free(struct kept *k) {
    if (!k)
        return;
    for (size_t i = 0; i < k->count; i++)
        (void)close(k->watcher[i].epoll);
    if (k->bell >= 0)
        (void)close(k->bell);
    free(k);
}
