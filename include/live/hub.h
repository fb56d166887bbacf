/* Spreads what has changed to those who listen: one tells, up to a few hundred listen, each at its
 * own pace over a bounded ring. Who falls behind the ring has to come again. */
#ifndef LIVE_HUB_H
#define LIVE_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "live/batch.h"

struct hub;

/* Nobody may listen until hub_limit. NULL fails the call. */
struct hub *hub_new(struct call *c);
void hub_free(struct hub *h); /* nobody listens any more; accepts NULL */

/* So many may listen at once. Any thread. */
void hub_limit(struct hub *h, size_t most);

/* Ends all listening, for good. Any thread; accepts NULL. */
void hub_close(struct hub *h);

/* ---- the one who tells: a single thread ---- */

/* Up to which moment everything was told; NULL: nothing yet. Lent until the next word. */
const char *hub_moment(const struct hub *h);

/* Whether anybody listens. */
bool hub_is_heard(struct hub *h);

/* Moves on in silence. False when that would keep something from somebody: there are changes, and
 * somebody listens. */
bool hub_pass(struct hub *h, const char *moment, bool changes);

/* Tells the changes up to a moment; more than anybody would want one by one become a reset. */
MUST_CHECK bool hub_tell(struct call *c, struct hub *h, const char *moment,
                         const struct changes *changes);

/* From now on everything is another history: all must be read again. */
MUST_CHECK bool hub_reset(struct call *c, struct hub *h, const char *moment);

/* ---- those who listen ---- */

struct listener {
    struct hub *hub; /* NULL: it does not listen */
    uint64_t next;   /* the batch that it waits for */
};

/* Begins to listen to what comes after *moment, which is copied into the call (NULL: nothing was
 * told yet). Fails with ERR_UNAVAILABLE when too many do, or none may any more. Any thread. */
MUST_CHECK bool hub_join(struct call *c, struct hub *h, struct listener *l, const char **moment);
void hub_leave(struct listener *l); /* accepts one that does not listen */

enum hearing { HEARD, HEARD_NOTHING, HEARD_TOO_LATE, HEARD_THE_END };

/* The next batch, waited for at most ms; HEARD lends it, to be released. A lock is held for memory
 * work only. */
enum hearing hub_hear(struct listener *l, int64_t ms, struct batch **out);

/* So many events have reached a client: for the figures. */
void hub_count_sent(size_t events);

#endif
