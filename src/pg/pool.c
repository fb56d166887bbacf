#include "pg/pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/metric.h"
#include "pool_inside.h"

enum {
    LOGIN_MS = 2000,
    BACKOFF_LEAST_MS = 50,
    BACKOFF_MOST_MS = 500,
    BREAKER_FAILURES = 3, /* in a row: then calls fail at once until a login works */
    REPEAT_PAUSE_US = 20000,
};

enum slot_state { SLOT_DOWN, SLOT_IDLE, SLOT_LENT };

struct slot {
    struct conn conn; /* the first member: who borrows it gives back the slot */
    enum slot_state state;
    int64_t lent_us; /* when it was last lent: monotonic */
};

struct pool {
    struct pool_config config;
    pthread_t keeper; /* the maintenance thread */
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a slot became idle, or the breaker opened */
    pthread_cond_t work;  /* a slot went down, or the pool is stopping */
    /* Guarded by lock, but for the conn of a slot that is lent or being opened: that belongs to who
     * has it. */
    struct slot *slots;
    size_t waiting;
    int failures; /* in a row, of logins and statements */
    bool stopping;
    bool full;     /* as the last write found the database's disk */
    char why[200]; /* the last login's failure */
};

static struct metric metrics[] = {
    {"db_client_connection_timeouts_total",
     NULL,
     "Waits for a free connection that ran out",
     METRIC_COUNTER,
     0,
     {0}},
    {"db_client_connections_opened_total", NULL, "Logins that worked", METRIC_COUNTER, 0, {0}},
    {"db_client_connections_lost_total",
     NULL,
     "Connections dropped after a doubt",
     METRIC_COUNTER,
     0,
     {0}},
};
enum { METRIC_TIMEOUTS, METRIC_OPENED, METRIC_LOST };

static void declare_metrics(void) {
    metric_register(metrics, COUNT(metrics));
}

static struct slot *find_slot(struct pool *p, enum slot_state state) {
    for (size_t i = 0; i < p->config.size; i++)
        if (p->slots[i].state == state)
            return &p->slots[i];
    return NULL;
}

/* ---- the maintenance thread ---- */

static void note_login(struct pool *p, struct slot *s, bool opened, const char *why) {
    pthread_mutex_lock(&p->lock);
    if (opened) {
        if (p->failures >= BREAKER_FAILURES)
            log_say(p->config.log, LOG_INFO, "database_back", "statements are tried again");
        s->state = SLOT_IDLE;
        p->failures = 0;
        p->why[0] = '\0';
        metric_add(&metrics[METRIC_OPENED], 1);
    } else {
        if (p->failures < BREAKER_FAILURES)
            log_say(p->config.log, LOG_WARN, "database_login_refused", "%s", why);
        p->failures++;
        snprintf(p->why, sizeof p->why, "%s", why);
    }
    pthread_cond_broadcast(&p->freed);
    pthread_mutex_unlock(&p->lock);
}

static bool open_slot(struct pool *p, struct slot *s) {
    AUTO(call) struct call c;
    call_init(&c, LOGIN_MS);
    conn_close(&s->conn); /* of one that was only distrusted */
    bool opened = conn_open(&c, &s->conn, &p->config);
    note_login(p, s, opened, c.detail ? c.detail : "");
    return opened;
}

/* Waits, with the lock held, until a slot is down or the pool stops; NULL when it stops. */
static struct slot *await_work(struct pool *p) {
    struct slot *down = NULL;
    while (!p->stopping && !(down = find_slot(p, SLOT_DOWN)))
        pthread_cond_wait(&p->work, &p->lock);
    return p->stopping ? NULL : down;
}

static void pause_ms(struct pool *p, int64_t ms) {
    struct timespec until = clock_in_ms(ms);
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && pthread_cond_timedwait(&p->work, &p->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&p->lock);
}

static void *keep(void *arg) {
    struct pool *p = arg;
    int64_t backoff = BACKOFF_LEAST_MS;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct slot *down = await_work(p);
        pthread_mutex_unlock(&p->lock);
        if (!down)
            return NULL;
        if (open_slot(p, down)) {
            backoff = BACKOFF_LEAST_MS;
            continue;
        }
        pause_ms(p, backoff);
        backoff = backoff * 2 > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : backoff * 2;
    }
}

/* ---- leases ---- */

static bool fail_away(struct call *c, struct pool *p) {
    c->retry_after_s = 2;
    return fail(c, ERR_UNAVAILABLE,
                p->failures ? "the database does not answer now" : "the database is busy");
}

/* Waits, with the lock held, for an idle slot; NULL when the breaker is open or the time is up. */
static struct slot *await_idle(struct call *c, struct pool *p) {
    int64_t left = call_left_ms(c);
    struct timespec until = clock_in_ms(left < p->config.checkout_ms ? left
                                                                     : p->config.checkout_ms);
    struct slot *s = NULL;
    while (p->failures < BREAKER_FAILURES && !(s = find_slot(p, SLOT_IDLE)))
        if (pthread_cond_timedwait(&p->freed, &p->lock, &until) != 0)
            break;
    return s;
}

/* With the lock held: what lay idle since before a statement that was lost may have been lost with
 * it, and nobody would know until a statement's time is up. */
static void distrust_idle(struct pool *p, const struct slot *lost) {
    for (size_t i = 0; i < p->config.size; i++)
        if (p->slots[i].state == SLOT_IDLE && p->slots[i].lent_us < lost->lent_us)
            p->slots[i].state = SLOT_DOWN;
}

static void give_back(struct pool *p, struct slot *s, enum conn_end end) {
    bool sound = end == CONN_DONE || end == CONN_REFUSED || end == CONN_RETRY;
    if (!sound) {
        conn_close(&s->conn);
        metric_add(&metrics[METRIC_LOST], 1);
    }
    pthread_mutex_lock(&p->lock);
    s->state = sound ? SLOT_IDLE : SLOT_DOWN;
    if (sound) {
        p->failures = 0;
    } else if (end == CONN_LOST) {
        p->failures++;
        distrust_idle(p, s);
    }
    pthread_cond_signal(sound ? &p->freed : &p->work);
    pthread_mutex_unlock(&p->lock);
}

/* A slot whose server has not hung up; those that have are handed to the keeper on the way. */
static struct slot *lease(struct call *c, struct pool *p) {
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct slot *s = await_idle(c, p);
        if (s) {
            s->state = SLOT_LENT;
            s->lent_us = clock_mono_us();
        } else {
            fail_away(c, p);
        }
        pthread_mutex_unlock(&p->lock);
        if (!s)
            metric_add(&metrics[METRIC_TIMEOUTS], 1);
        if (!s || conn_is_sound(&s->conn))
            return s;
        give_back(p, s, CONN_UNSENT);
    }
}

struct conn *pool_lend(struct call *c, struct pool *p) {
    struct slot *s = lease(c, p);
    return s ? &s->conn : NULL;
}

void pool_take_back(struct pool *p, struct conn *k, enum conn_end end) {
    give_back(p, (struct slot *)(void *)k, end);
}

bool pool_prepares(const struct pool *p) {
    return p->config.prepare;
}

/* ---- statements ---- */

struct work {
    const struct stmt *stmt;
    const char *const *params;
    size_t count;
    struct rows **out;
};

static enum conn_end run(struct call *c, struct pool *p, struct conn *k, const struct work *w) {
    return conn_run(c, k, w->stmt, p->config.prepare, w->params, w->count, w->out);
}

/* Begins, runs, rolls back. What fails on the way also ends the transaction: the connection is
 * dropped, and with it everything. */
static enum conn_end run_rolled_back(struct call *c, struct pool *p, struct conn *k,
                                     const struct work *w) {
    if (!conn_script(c, k, "begin", NULL))
        return CONN_LOST;
    enum conn_end end = run(c, p, k, w);
    if (end == CONN_DONE && !conn_script(c, k, "set constraints all immediate", NULL)) {
        rows_free(*w->out);
        *w->out = NULL;
        end = CONN_LOST;
    }
    AUTO(call) struct call undo; /* the call may have failed already, and its error must stand */
    call_init(&undo, call_left_ms(c));
    if (!conn_script(&undo, k, "rollback", NULL) && end == CONN_DONE) {
        rows_free(*w->out);
        *w->out = NULL;
        return CONN_LOST;
    }
    return end;
}

bool pool_read(struct call *c, struct pool *p, const struct stmt *s, const char *const *params,
               size_t count, struct rows **out) {
    struct work w = {s, params, count, out};
    for (int tries = 0; tries < 3; tries++) {
        struct slot *slot = lease(c, p);
        if (!slot)
            return false;
        enum conn_end end = run(c, p, &slot->conn, &w);
        give_back(p, slot, end);
        if (end == CONN_DONE || end == CONN_REFUSED)
            return end == CONN_DONE;
        if (call_left_ms(c) == 0)
            break;
    }
    c->retry_after_s = 2;
    return fail(c, ERR_UNAVAILABLE, "the database did not answer in time");
}

static bool fail_unknown(struct call *c) {
    c->retry_after_s = 2;
    return fail(c, ERR_OUTCOME_UNKNOWN,
                "the database was lost while it recorded this; "
                "repeat with the same key: it is applied once");
}

/* What gave no row has found nothing to write, and so nothing out about room. */
static void note_room(struct pool *p, enum conn_end end, const struct conn *k,
                      const struct rows *rows) {
    bool wrote = end == CONN_DONE && rows_count(rows) > 0;
    if (!wrote && end != CONN_REFUSED)
        return;
    pthread_mutex_lock(&p->lock);
    p->full = end == CONN_REFUSED && k->full;
    pthread_mutex_unlock(&p->lock);
}

bool pool_write(struct call *c, struct pool *p, const struct stmt *s, const char *const *params,
                size_t count, struct rows **out) {
    struct work w = {s, params, count, out};
    bool doubt = false; /* an earlier try may have been applied */
    while (call_left_ms(c) > 0) {
        struct slot *slot = lease(c, p);
        if (!slot && !doubt)
            return false;
        if (slot) {
            enum conn_end end = run(c, p, &slot->conn, &w);
            note_room(p, end, &slot->conn, *out);
            give_back(p, slot, end);
            bool still_running = doubt && end == CONN_REFUSED && c->err == ERR_IN_FLIGHT;
            if (end == CONN_DONE || (end == CONN_REFUSED && !still_running))
                return end == CONN_DONE;
            doubt = doubt || end == CONN_LOST;
            if (!doubt)
                continue;
        }
        call_recover(c); /* the next try may not have this error */
        nanosleep(&(struct timespec){.tv_nsec = REPEAT_PAUSE_US * 1000L}, NULL);
    }
    if (doubt)
        return fail_unknown(c);
    c->retry_after_s = 2;
    return fail(c, ERR_UNAVAILABLE, "the database did not answer in time; nothing was recorded");
}

bool pool_try(struct call *c, struct pool *p, const struct stmt *s, const char *const *params,
              size_t count, struct rows **out) {
    struct work w = {s, params, count, out};
    struct slot *slot = lease(c, p);
    if (!slot)
        return false;
    enum conn_end end = run_rolled_back(c, p, &slot->conn, &w);
    give_back(p, slot, end);
    if (end == CONN_DONE)
        return true;
    return c->err ? false : fail(c, ERR_UNAVAILABLE, "the database did not answer in time");
}

/* ---- the pool as a whole ---- */

bool pool_wait(struct call *c, struct pool *p) {
    struct timespec until = clock_in_ms(call_left_ms(c));
    pthread_mutex_lock(&p->lock);
    int timed_out = 0;
    while (find_slot(p, SLOT_DOWN) && !timed_out)
        timed_out = pthread_cond_timedwait(&p->freed, &p->lock, &until);
    bool up = find_slot(p, SLOT_IDLE) != NULL;
    if (!up)
        fail(c, ERR_UNAVAILABLE, "%s", p->why[0] ? p->why : "the database does not answer");
    pthread_mutex_unlock(&p->lock);
    return up;
}

bool pool_is_up(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    bool up = p->failures < BREAKER_FAILURES;
    pthread_mutex_unlock(&p->lock);
    return up;
}

bool pool_is_full(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    bool full = p->full;
    pthread_mutex_unlock(&p->lock);
    return full;
}

void pool_usage(struct pool *p, size_t *idle, size_t *lent) {
    *idle = *lent = 0;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->config.size; i++) {
        *idle += p->slots[i].state == SLOT_IDLE;
        *lent += p->slots[i].state == SLOT_LENT;
    }
    pthread_mutex_unlock(&p->lock);
}

struct pool *pool_new(struct call *c, const struct pool_config *config) {
    struct pool *p = calloc(1, sizeof *p);
    if (!p)
        goto no_pool;
    p->config = *config;
    p->slots = calloc(config->size, sizeof *p->slots);
    if (!p->slots)
        goto no_slots;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->freed, &attr);
    pthread_cond_init(&p->work, &attr);
    pthread_condattr_destroy(&attr);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, declare_metrics);
    if (pthread_create(&p->keeper, NULL, keep, p) == 0)
        return p;
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
    free(p->slots);
no_slots:
    free(p);
no_pool:
    fail(c, ERR_NO_MEMORY, "no room for a connection pool");
    return NULL;
}

void pool_free(struct pool *p) {
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->keeper, NULL);
    for (size_t i = 0; i < p->config.size; i++)
        conn_close(&p->slots[i].conn);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
    free(p->slots);
    free(p);
}
