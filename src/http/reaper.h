/* Ends what takes too long: slow heads, bodies and readers, and idle connections when threads grow
 * scarce. */
#ifndef HTTP_REAPER_H
#define HTTP_REAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "slots.h"

struct reaper;

struct reaper_config {
    struct slots *slots;
    int64_t tick_ms;  /* between two rounds */
    int64_t quiet_ms; /* after this long without a request a connection counts as surely idle */
    struct log *log;
};

/* Starts the thread. NULL when out of memory or threads. */
struct reaper *reaper_new(const struct reaper_config *config);
void reaper_free(struct reaper *r);

/* The listener and its port, which tells our connections from the process's others; before they are
 * known nothing is cut. */
void reaper_watch(struct reaper *r, uint16_t port, int listener);

/* True when threads are scarce and no connection is idle, nor becomes so in time: answers then
 * close theirs, so that those who wait get a turn. Any thread. */
bool reaper_is_crowded(const struct reaper *r);

/* From now on every idle connection is ended, as soon as it surely is. */
void reaper_close_idle(struct reaper *r);

/* A connection as one round sees it. */
struct sight {
    size_t slot;
    uint64_t serial;
    enum phase phase;
    int64_t since_us;
    int64_t deadline_us;
    struct address peer;
    uint16_t port;
    bool exempt;
    enum cut cut; /* the verdict; CUT_NONE: it may go on */
};

struct reaper_policy {
    size_t threads;
    int64_t now_us;
    int64_t quiet_us;
    bool close_idle;
    bool starved; /* somebody waits and no descriptor is left for him */
};

/* Passes judgement on count connections; changes their order. Returns true when threads are scarce
 * and the idle ones did not suffice to mend that. A pure function. */
bool reaper_judge(const struct reaper_policy *p, struct sight *sights, size_t count);

#endif
