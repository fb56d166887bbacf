/*
 * Connections on which one answer out of the cache follows the other are lent, between two
 * requests, to a few threads that watch many at once: to wake a thread for each request costs more
 * than the answer. What is not of that kind is left lying in the socket, and the worker, who sleeps
 * meanwhile, lets the library read it as ever.
 */
#ifndef HTTP_KEPT_H
#define HTTP_KEPT_H

#include <stdbool.h>

struct desk;
struct kept;
struct server;
struct slot;

/* Starts the watchers, one for each processor. NULL when out of memory, threads or descriptors:
 * then workers go on by themselves. */
struct kept *kept_new(struct server *s);

/* Gives all connections back, and stops. From then on none is lent. */
void kept_stop(struct kept *k);

/* After kept_stop, and after all workers have ended. Accepts NULL. */
void kept_free(struct kept *k);

/*
 * Lends the calling worker's connection, in PHASE_IDLE, until something comes that only the worker
 * can do. Returns false when the connection is to be ended: the client has gone, or was silent for
 * a keep-alive time. *rest is an answer whose end is still to be sent, or NULL.
 */
bool kept_lend(struct kept *k, struct slot *slot, struct desk **rest);

#endif
