/* Finds a connection's descriptor among the library's without looking at all of them each time. */
#ifndef HTTP_FINDER_H
#define HTTP_FINDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "address.h"

enum { FINDER_PORTS = 65536 };

struct finder {
    pthread_mutex_t lock;           /* whoever looks has it, for some tenths of a millisecond */
    _Atomic int seen[FINDER_PORTS]; /* by the peer's port: a descriptor plus 1; 0: look for it */
};

void finder_init(struct finder *f);
void finder_drop(struct finder *f);

/*
 * Our side of the connection with a peer; -1 when there is none, or no telling which of two. Who
 * looks at every descriptor (0.3 us each) notes all whom he comes by, so that of a thousand
 * newcomers few have to; what was noted is tried before it is believed. Only the connection's own
 * worker may ask, who keeps it from being closed.
 */
int finder_find(struct finder *f, uint16_t port, const struct address *peer, uint16_t peer_port);

#endif
