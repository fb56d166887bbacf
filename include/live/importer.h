/* Does the imports that wait: one thread, one at a time. Any number of instances may do so beside
 * each other. */
#ifndef LIVE_IMPORTER_H
#define LIVE_IMPORTER_H

#include "base/call.h"
#include "base/log.h"

struct cache;
struct importer;
struct pool;

/* What it points to must outlive the importer. */
struct importer_config {
    struct pool *pool;            /* two connections: one does, one gives back what was cut short */
    struct cache *cache;          /* touched after each; may be NULL */
    void (*wrote)(void *context); /* after each that may have changed something; may be NULL */
    void *context;
    struct log *log; /* may be NULL */
};

/* Starts its thread. NULL fails the call. */
struct importer *importer_new(struct call *c, const struct importer_config *config);

/* What is under way is cut short and waits for the next who looks: nothing of it was done. Does not
 * wait for that. */
void importer_stop(struct importer *i);

/* Stops it, and waits until it has. Accepts NULL. */
void importer_free(struct importer *i);

/* There may be one to do. Costs no time. Any thread. */
void importer_wake(struct importer *i);

#endif
