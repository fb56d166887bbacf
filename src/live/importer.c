#include "live/importer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "live/cache.h"
#include "model/import_job.h"
#include "model/tag.h"

enum {
    LOOK_MS = 3000,   /* for what others have left, or was cut short */
    BUDGET_MS = 2000, /* of a statement that does no import */
    RUN_MS = 300000,
    GIVE_BACKS = 3, /* attempts, while the server finds out that nobody listens */
};

struct importer {
    struct importer_config config;
    pthread_t thread;
    atomic_bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t turn; /* woken or stopping has changed */
    bool woken;          /* guarded by lock */
};

/* ---- one import ---- */

static void tell(struct importer *i, int64_t id, const char *state, int64_t rows,
                 int64_t began_us) {
    if (i->config.cache)
        cache_touch(i->config.cache, TAG_ALL);
    if (i->config.wrote)
        i->config.wrote(i->config.context);
    log_line(i->config.log, LOG_INFO, "import_ended",
             (const struct log_field[]){
                 {"import", LOG_INT, NULL, id},
                 {"state", LOG_TEXT, state, 0},
                 {"rows", LOG_INT, NULL, rows},
                 {"milliseconds", LOG_INT, NULL, (clock_mono_us() - began_us) / 1000},
                 {0},
             });
}

static void give_back(struct importer *i, int64_t id) {
    for (int tries = 1;; tries++) {
        AUTO(call) struct call c;
        call_init(&c, BUDGET_MS);
        if (import_release(&c, i->config.pool, id))
            return;
        if (tries == GIVE_BACKS) {
            log_say(i->config.log, LOG_WARN, "import_left", "%s", c.detail);
            return;
        }
    }
}

/* False where it could not be done now. */
static bool run_one(struct importer *i, int64_t id) {
    AUTO(call) struct call c;
    int64_t began_us = clock_mono_us(), rows = 0;
    const char *state;
    call_init(&c, RUN_MS);
    c.given_up = &i->stopping;
    bool done = import_run(&c, i->config.pool, id, &state, &rows);
    if (done && state)
        tell(i, id, state, rows, began_us);
    else if (!done && atomic_load(&i->stopping))
        give_back(i, id);
    else if (!done)
        log_say(i->config.log, LOG_WARN, "import_put_off", "%s", c.detail);
    return done;
}

/* True where there may be another. */
static bool look(struct importer *i) {
    AUTO(call) struct call c;
    int64_t id;
    call_init(&c, BUDGET_MS);
    return import_begin(&c, i->config.pool, &id) && id && run_one(i, id);
}

/* ---- the loop ---- */

/* Until it is woken or the time has come to look; false when it is to stop. */
static bool await_turn(struct importer *i, bool at_once) {
    struct timespec until = clock_in_ms(LOOK_MS);
    pthread_mutex_lock(&i->lock);
    while (!at_once && !i->woken && !atomic_load(&i->stopping))
        if (pthread_cond_timedwait(&i->turn, &i->lock, &until) != 0)
            break;
    i->woken = false;
    pthread_mutex_unlock(&i->lock);
    return !atomic_load(&i->stopping);
}

static void *run(void *context) {
    struct importer *i = context;
    bool more = true; /* what an earlier life has left */
    while (await_turn(i, more))
        more = look(i);
    return NULL;
}

/* ---- life ---- */

struct importer *importer_new(struct call *c, const struct importer_config *config) {
    struct importer *i = calloc(1, sizeof *i);
    pthread_condattr_t attr;
    if (!i) {
        (void)fail(c, ERR_NO_MEMORY, "no room to import");
        return NULL;
    }
    i->config = *config;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&i->lock, NULL);
    pthread_cond_init(&i->turn, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&i->thread, NULL, run, i) == 0)
        return i;
    pthread_cond_destroy(&i->turn);
    pthread_mutex_destroy(&i->lock);
    free(i);
    (void)fail(c, ERR_NO_MEMORY, "no thread to import");
    return NULL;
}

void importer_stop(struct importer *i) {
    pthread_mutex_lock(&i->lock);
    atomic_store(&i->stopping, true);
    pthread_cond_signal(&i->turn);
    pthread_mutex_unlock(&i->lock);
}

void importer_free(struct importer *i) {
    if (!i)
        return;
    importer_stop(i);
    (void)pthread_join(i->thread, NULL);
    pthread_cond_destroy(&i->turn);
    pthread_mutex_destroy(&i->lock);
    free(i);
}

void importer_wake(struct importer *i) {
    pthread_mutex_lock(&i->lock);
    i->woken = true;
    pthread_cond_signal(&i->turn);
    pthread_mutex_unlock(&i->lock);
}
