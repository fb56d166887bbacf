/* Keeps the cache honest and those who listen informed: looks for what others have changed once a
 * second and whenever one of them says so, tells them what we have changed, and renews everything
 * at the city's midnight. */
#ifndef LIVE_FRESHNESS_H
#define LIVE_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"
#include "base/log.h"
#include "live/cache.h"
#include "live/hub.h"
#include "model/change.h"

struct freshness;

/* Starts its thread, which alone uses the follower and tells the hub from now on. Borrows all,
 * until it is freed. Cache, hub and log may be NULL. NULL fails the call. */
struct freshness *freshness_new(struct call *c, struct cache *k, struct hub *h, struct follower *f,
                                struct log *log);
void freshness_free(struct freshness *f); /* accepts NULL */

/* Something was written here: the others are told, within 20 ms of the last time. Any thread. */
void freshness_wrote(void *freshness);

/* Waits until a first look has worked; false when it has not within ms. */
bool freshness_await(struct freshness *f, int64_t ms);

#endif
