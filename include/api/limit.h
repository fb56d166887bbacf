/* Rate limits: so many requests a minute for each name, per instance, in memory, bounded. */
#ifndef API_LIMIT_H
#define API_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"

struct limiter;

/* per_minute 0: no limit. NULL fails the call. */
struct limiter *limiter_new(struct call *c, int64_t per_minute);
void limiter_free(struct limiter *l);

struct allowance {
    int64_t quota;   /* per window; 0: unlimited */
    int64_t left;    /* in this window */
    int64_t reset_s; /* until the next one */
};

/* Takes one from name's allowance; false when there is none left (a is filled all the same). now_us
 * is monotonic. */
bool limiter_take(struct limiter *l, const char *name, int64_t now_us, struct allowance *a);

/* Gives one back: what was taken has cost nothing. */
void limiter_return(struct limiter *l, const char *name);

#endif
