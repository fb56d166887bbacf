#include "server_inside.h"

#include <time.h>

#include "base/clock.h"
#include "sockets.h"

enum {
    STEP_MS = 10,
    STILL_STEPS =
        10 /* so many looks in a row must find nothing, for handshakes that were half done */
};

bool server_draining(const struct server *s) {
    return atomic_load_explicit(&s->draining, memory_order_relaxed);
}

/* Nobody has a connection with us, waits for one to be accepted, or for a thread to take it. */
static bool is_still(const struct server *s) {
    if (atomic_load(&s->slots.open) > 0)
        return false;
    if (s->listener >= 0 && listener_backlog(s->listener) > 0)
        return false;
    return sockets_count(s->port) == 0;
}

/* Waits until nothing has been going on for a while; false when it still was at the end. */
static bool wait_still(const struct server *s, int64_t until_us) {
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000};
    for (int still = 0; still < STILL_STEPS;) {
        if (clock_mono_us() >= until_us)
            return false;
        (void)nanosleep(&step, NULL);
        still = is_still(s) ? still + 1 : 0;
    }
    return true;
}

/*
 * First a keep-alive time in which every answer ends its connection and idle ones run out by
 * themselves, while newcomers are still served: whoever sent a request gets his answer. Then nobody
 * is let in any more, what is left of idle connections is ended, and those inside are waited for. A
 * server that nobody is connected with skips the first part.
 */
bool server_drain(struct server *s, int64_t budget_ms) {
    int64_t begin = clock_mono_us();
    int64_t end = begin + budget_ms * 1000;
    int64_t patience = s->config.keep_alive_ms < budget_ms / 2 ? s->config.keep_alive_ms
                                                               : budget_ms / 2;
    atomic_store(&s->draining, true);
    log_say(s->config.log, LOG_INFO, "drain", "%zu connections are open",
            atomic_load(&s->slots.open));

    (void)wait_still(s, begin + patience * 1000);
    if (s->listener < 0 || !listener_seal(s->listener))
        log_say(s->config.log, LOG_WARN, "drain",
                "the port cannot be sealed: a late client may be cut off");
    reaper_close_idle(s->reaper);
    return wait_still(s, end);
}
