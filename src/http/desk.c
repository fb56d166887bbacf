#include "desk.h"

#include <stdlib.h>

enum {
    KEEP = 64,           /* free desks; those of a burst go back to the system */
    SCRATCH_KEPT = 65536 /* bytes of scratch that a free desk may hold */
};

/* Held for some nanoseconds, by somebody on another core: to sleep would take a hundred times as
 * long as to try again. */
void desks_init(struct desks *d) {
    *d = (struct desks){0};
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&d->lock, &kind);
    pthread_mutexattr_destroy(&kind);
}

static void desk_free(struct desk *desk) {
    call_drop(&desk->call);
    buf_drop(&desk->scratch);
    free(desk);
}

void desks_drop(struct desks *d) {
    while (d->free) {
        struct desk *desk = d->free;
        d->free = desk->next;
        desk_free(desk);
    }
    pthread_mutex_destroy(&d->lock);
}

static struct desk *desk_new(int64_t budget_ms) {
    struct desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return NULL;
    call_init(&desk->call, budget_ms);
    if (ids_init(&desk->ids))
        return desk;
    desk_free(desk);
    return NULL;
}

struct desk *desk_take(struct desks *d, int64_t budget_ms) {
    pthread_mutex_lock(&d->lock);
    struct desk *desk = d->free;
    if (desk) {
        d->free = desk->next;
        d->count--;
    }
    pthread_mutex_unlock(&d->lock);
    if (!desk)
        return desk_new(budget_ms);

    call_reset(&desk->call, budget_ms);
    return desk;
}

/* The large arrays of a request hold what its counts say; only the counts need to be reset. */
static void clear(struct desk *desk) {
    struct request *rq = &desk->rq;
    rq->method = rq->path = rq->query = rq->version = rq->client = rq->route = NULL;
    rq->nsegments = rq->nparams = rq->nheaders = 0;
    rq->body_length = 0;
    rq->has_body = rq->framed = false;
    reply_drop(&desk->rp);
    desk->rp = (struct reply){0};
    buf_drop(&desk->line.chunks);
    if (desk->scratch.cap > SCRATCH_KEPT)
        buf_drop(&desk->scratch);
}

void desk_give(struct desks *d, struct desk *desk) {
    if (!desk)
        return;
    clear(desk);
    pthread_mutex_lock(&d->lock);
    bool room = d->count < KEEP;
    if (room) {
        desk->next = d->free;
        d->free = desk;
        d->count++;
    }
    pthread_mutex_unlock(&d->lock);
    if (!room)
        desk_free(desk);
}
