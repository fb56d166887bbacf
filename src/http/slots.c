#include "slots.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

bool slots_init(struct slots *s, size_t count, slot_identify *identify, const void *context) {
    *s = (struct slots){.count = count, .identify = identify, .context = context};
    s->slot = calloc(count, sizeof(*s->slot));
    if (!s->slot)
        return false;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    for (size_t i = 0; i < count; i++) {
        pthread_mutex_init(&s->slot[i].lock, NULL);
        pthread_cond_init(&s->slot[i].back, &clock);
    }
    pthread_condattr_destroy(&clock);
    return true;
}

void slots_drop(struct slots *s) {
    for (size_t i = 0; s->slot && i < s->count; i++) {
        pthread_mutex_destroy(&s->slot[i].lock);
        pthread_cond_destroy(&s->slot[i].back);
    }
    free(s->slot);
    s->slot = NULL;
}

struct slot *slots_join(struct slots *s) {
    size_t i = atomic_fetch_add(&s->joined, 1);
    return i < s->count ? &s->slot[i] : NULL;
}

/* Under the lock. */
static void enter(struct slot *slot, enum phase phase, int64_t now_us, int64_t budget_ms) {
    slot->phase = phase;
    slot->since_us = now_us;
    slot->deadline_us = budget_ms > 0 ? now_us + budget_ms * 1000 : 0;
}

void slot_open(struct slots *s, struct slot *slot, const struct mg_connection *conn,
               int64_t budget_ms) {
    int64_t now = clock_mono_us();
    slot->ended = false;
    slot->streak = 0;
    slot->fd = -1;
    slot->taken = 0;
    pthread_mutex_lock(&slot->lock);
    enter(slot, PHASE_HEAD, now, budget_ms);
    slot->cut = CUT_NONE;
    slot->serial++;
    slot->conn = conn;
    slot->known = false;
    pthread_mutex_unlock(&slot->lock);
    atomic_fetch_add(&s->open, 1);
}

void slot_close(struct slots *s, struct slot *slot) {
    pthread_mutex_lock(&slot->lock);
    slot->phase = PHASE_CLOSED;
    pthread_mutex_unlock(&slot->lock);
    atomic_fetch_sub(&s->open, 1);
}

enum cut slot_begin(struct slots *s, struct slot *slot) {
    int64_t now = clock_mono_us();
    pthread_mutex_lock(&slot->lock);
    if (!slot->known)
        slot->known = s->identify(s->context, slot);
    enter(slot, PHASE_WORK, now, 0);
    enum cut cut = slot->cut;
    pthread_mutex_unlock(&slot->lock);
    return cut;
}

void slot_enter(struct slot *slot, enum phase phase, int64_t budget_ms) {
    int64_t now = clock_mono_us();
    pthread_mutex_lock(&slot->lock);
    enter(slot, phase, now, budget_ms);
    pthread_mutex_unlock(&slot->lock);
}

enum phase slot_phase(struct slot *slot, int64_t *since_us) {
    pthread_mutex_lock(&slot->lock);
    enum phase phase = slot->phase;
    *since_us = slot->since_us;
    pthread_mutex_unlock(&slot->lock);
    return phase;
}

enum cut slot_cut(struct slot *slot) {
    pthread_mutex_lock(&slot->lock);
    enum cut cut = slot->cut;
    pthread_mutex_unlock(&slot->lock);
    return cut;
}
