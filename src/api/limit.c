#include "api/limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum {
    WINDOW_US = 60 * 1000000,
    NAMES_MOST =
        16384, /* beyond it all windows begin afresh: memory stays bounded, nobody is locked out */
};

struct window {
    int64_t began_us;
    int64_t used;
};

struct limiter {
    int64_t per_minute;
    pthread_mutex_t lock; /* guards windows; held for memory work only */
    struct map windows;
};

struct limiter *limiter_new(struct call *c, int64_t per_minute) {
    struct limiter *l = calloc(1, sizeof *l);
    if (!l) {
        fail(c, ERR_NO_MEMORY, "no room for a rate limit");
        return NULL;
    }
    l->per_minute = per_minute;
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

static void forget_all(struct limiter *l) {
    size_t at = 0;
    const char *name;
    void *window;
    while (map_next(&l->windows, &at, &name, &window))
        free(window);
    map_drop(&l->windows);
    l->windows = (struct map){0};
}

void limiter_free(struct limiter *l) {
    if (!l)
        return;
    forget_all(l);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* NULL when there is no memory for one: then nobody is refused. */
static struct window *window_of(struct limiter *l, const char *name, int64_t now_us) {
    struct window *w = map_get(&l->windows, name);
    void *old;
    if (!w) {
        if (l->windows.count >= NAMES_MOST)
            forget_all(l);
        w = calloc(1, sizeof *w);
        if (w && !map_put(&l->windows, name, w, &old)) {
            free(w);
            w = NULL;
        }
        if (w)
            w->began_us = now_us;
    }
    if (w && now_us - w->began_us >= WINDOW_US)
        *w = (struct window){now_us, 0};
    return w;
}

bool limiter_take(struct limiter *l, const char *name, int64_t now_us, struct allowance *a) {
    *a = (struct allowance){0};
    if (l->per_minute == 0)
        return true;
    pthread_mutex_lock(&l->lock);
    struct window *w = window_of(l, name, now_us);
    bool taken = !w || w->used < l->per_minute;
    if (w) {
        w->used += taken;
        *a = (struct allowance){l->per_minute, l->per_minute - w->used,
                                (w->began_us + WINDOW_US - now_us + 999999) / 1000000};
    }
    pthread_mutex_unlock(&l->lock);
    return taken;
}

void limiter_return(struct limiter *l, const char *name) {
    pthread_mutex_lock(&l->lock);
    struct window *w = map_get(&l->windows, name);
    if (w && w->used > 0)
        w->used--;
    pthread_mutex_unlock(&l->lock);
}
