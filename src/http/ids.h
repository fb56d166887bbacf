/* Under which id a request is known to others and to us: X-Request-Id and W3C Trace Context. */
#ifndef HTTP_IDS_H
#define HTTP_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"
#include "http/request.h"

/* A source of fresh ids for one thread at a time: unique, not secret. */
struct ids {
    uint64_t state[2];
};

/* Seeds from the system's random bytes; false when it has none. */
MUST_CHECK bool ids_init(struct ids *s);

/* Puts the request's id into c: X-Request-Id when it is 1 to 64 letters, digits and "._-", else the
 * trace id of a valid traceparent, else a fresh one. */
void ids_take(struct ids *s, struct call *c, const struct request *rq);

/* The request's traceparent when it is valid (W3C Trace Context 3.2), else NULL. */
const char *ids_traceparent(const struct request *rq);

#endif
