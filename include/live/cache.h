/*
 * Ready answers by what was asked for: bounded, shared by all threads, never older than the last
 * touch of what they depend on. On a miss one thread leads and the others wait for what it finds.
 *
 * Time here is a count of touches. A lease notes it before its query begins; an answer is good
 * while none of its tags was touched since. So nobody sees an answer older than a write that was
 * acknowledged before it asked. For one answer there is one query at a time, so nobody sees an
 * older one than was given before. While nothing can be confirmed, what is good is given with its
 * age; what is not, only after the database was asked in vain.
 */
#ifndef LIVE_CACHE_H
#define LIVE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/call.h"

struct cache;
struct lease;

/* most: bytes of answers kept, all in all. NULL fails the call. */
struct cache *cache_new(struct call *c, size_t most);

/* No call may be using it. Accepts NULL. */
void cache_free(struct cache *k);

/* What was found; blob is held for the caller. */
struct cache_hit {
    struct blob *blob; /* NULL: nothing that may be given */
    int64_t age_s;     /* -1: confirmed; else seconds since it was */
};

/* The answer if it is good. Allocates nothing. Any thread. */
struct cache_hit cache_get(struct cache *k, const char *key, int64_t now_us);

/*
 * After a miss. Either the caller leads: *lease is set, and must be ended by cache_put or
 * cache_give_up. Or somebody else did, and *hit holds what came of it; where that was a refusal of
 * the request's own, neither is set, and the caller asks for itself. Waits until the call's
 * deadline at most; fails with ERR_UNAVAILABLE, unless an answer from before the trouble can be
 * lent: where there is one, the deadline is drawn in to a second.
 */
MUST_CHECK bool cache_lease(struct call *c, struct cache *k, const char *key, unsigned tags,
                            struct lease **lease, struct cache_hit *hit);

/* Ends the lease with an answer (borrowed: the cache takes a hold of its own). Those who wait get
 * it; those who come later only while it is good. */
void cache_put(struct lease *l, struct blob *b);

/* Ends it with the call's failure; true when an older answer is lent instead (in hit). */
bool cache_give_up(struct lease *l, struct call *c, struct cache_hit *hit);

/* What depends on these tags (bits of enum tag) is no longer good: it stays, for an outage. */
void cache_touch(struct cache *k, unsigned tags);

/* All that is kept goes, and no answer to a query that began before comes in any more: not even for
 * an outage. Those who wait for one get it. */
void cache_erase(struct cache *k);

/* At mono_us (monotonic) all that is good was known to be. Never called: nothing is confirmed. */
void cache_confirm(struct cache *k, int64_t mono_us);

/* How long after the last confirmation answers count as confirmed, microseconds. */
enum { CACHE_CONFIRMED_US = 2000000 };

/* True while confirmations come. */
bool cache_is_confirmed(const struct cache *k);

/* The count of touches: another one means that something changed. */
uint64_t cache_time(const struct cache *k);

/* Puts an answer of an earlier life in: good for an outage only. False when there is no room. */
bool cache_restore(struct cache *k, const char *key, unsigned tags, struct blob *b);

/* Each answer, under the cache's lock: visit may hold the blob, and must not call the cache. */
void cache_each(struct cache *k,
                void (*visit)(void *context, const char *key, unsigned tags, struct blob *b),
                void *context);

#endif
