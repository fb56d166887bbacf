#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "live/snapshot.h"

enum { SAVE_EVERY_S = 5, SAVE_BUDGET_MS = 10000 };

struct keeper {
    struct keeper_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool stopping; /* guarded by lock */
    /* The thread's own: */
    uint64_t saved; /* the cache's time then; 0: never */
    bool in_trouble;
};

/* Only what is confirmed is worth keeping: during an outage the file stays what it was. */
static void save(struct keeper *s) {
    const struct keeper_config *config = &s->config;
    uint64_t now = cache_time(config->cache);
    if (now == s->saved || !cache_is_confirmed(config->cache))
        return;
    AUTO(call) struct call c;
    call_init(&c, SAVE_BUDGET_MS);
    config->warm(config->context);
    bool saved = snapshot_save(&c, config->cache, config->path, config->edition);
    if (saved)
        s->saved = now;
    if (saved == s->in_trouble)
        log_say(config->log, saved ? LOG_INFO : LOG_WARN,
                saved ? "snapshot_kept" : "snapshot_not_kept", "%s",
                saved ? config->path : c.detail);
    s->in_trouble = !saved;
}

static bool wait_for_end(struct keeper *s) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SAVE_EVERY_S;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping && pthread_cond_timedwait(&s->end, &s->lock, &until) == 0)
        continue;
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping;
}

static void *keep(void *context) {
    struct keeper *s = context;
    bool ended = false;
    while (!ended) {
        save(s);
        ended = wait_for_end(s);
    }
    save(s);
    return NULL;
}

struct keeper *keeper_new(struct call *c, const struct keeper_config *config) {
    struct keeper *s = calloc(1, sizeof *s);
    if (!s) {
        (void)fail(c, ERR_NO_MEMORY, "no room for the snapshot's keeper");
        return NULL;
    }
    s->config = *config;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->end, NULL);
    if (pthread_create(&s->thread, NULL, keep, s) == 0)
        return s;
    (void)fail(c, ERR_NO_MEMORY, "no thread for the snapshot's keeper");
    pthread_cond_destroy(&s->end);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return NULL;
}

void keeper_free(struct keeper *s) {
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->end);
    pthread_mutex_unlock(&s->lock);
    (void)pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->end);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
