/* Sends what the outbox of webhooks holds: one thread, a few at a time, until each is taken or
 * given up. Any number of instances may do so beside each other; each delivery is leased to one. */
#ifndef LIVE_SENDER_H
#define LIVE_SENDER_H

#include <stdbool.h>

#include "base/call.h"
#include "base/log.h"

struct pool;
struct sender;

/* What it points to must outlive the sender. */
struct sender_config {
    struct pool *pool;
    struct log *log;         /* may be NULL */
    const char *allow;       /* comma list of networks beyond the public ones; NULL: none */
    bool by_http;            /* addresses without TLS too */
    const char *authorities; /* a PEM file; NULL: the system's */
    const char *version;     /* of the program, for User-Agent */
};

/* Starts its thread. NULL fails the call; with ERR_MALFORMED where allow is none. */
struct sender *sender_new(struct call *c, const struct sender_config *config);

/* What is under way has a second to end; the rest another sender takes up. Accepts NULL. */
void sender_free(struct sender *s);

/* Something was written: it may be worth a look. Costs no time. Any thread. */
void sender_wake(struct sender *s);

#endif
