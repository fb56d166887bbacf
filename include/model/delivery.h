/* The outbox as a sender sees it: one delivery at a time, on a lease that runs out. */
#ifndef MODEL_DELIVERY_H
#define MODEL_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"
#include "pg/pool.h"

/* Strings live as long as the call that took it. */
struct delivery {
    const char *id, *lease;
    const char *webhook; /* the subscription's id */
    const char *message; /* the event's name: the same at every attempt */
    const char *type;
    const char *url;
    const char *secrets; /* "whsec_…", newest first, a space between; never to be logged */
    const char *body;
    int attempt;    /* this one's number, from 1 */
    int64_t sent_s; /* the database's time of this attempt, seconds since 1970 UTC */
};

/* The next delivery that is due, in the order of its lane; NULL id: none is. It is nobody else's
 * for `seconds`. */
MUST_CHECK bool delivery_lease(struct call *c, struct pool *p, int seconds, struct delivery *out);

/* What came of an attempt. */
struct delivery_result {
    int status;        /* of the answer; 0: there was none */
    const char *error; /* a word; NULL: it was delivered */
    int64_t retry_ms;  /* until the next attempt; -1: there is none */
};

enum delivery_state { DELIVERY_PASSED_ON, DELIVERY_DELIVERED, DELIVERY_PENDING, DELIVERY_GIVEN_UP };

/* Says so, once: DELIVERY_PASSED_ON where the lease has run out and the delivery is another's.
 * disabled: the subscription is, by now. May be repeated. */
MUST_CHECK bool delivery_settle(struct call *c, struct pool *p, const struct delivery *d,
                                const struct delivery_result *result, enum delivery_state *state,
                                bool *disabled);

#endif
