/* What one request needs while it is answered. There are as many desks as requests at once, not as
 * many as threads: 2,048 idle threads hold none, and the one used last is handed out first, so that
 * it is still in the cache. */
#ifndef HTTP_DESK_H
#define HTTP_DESK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "http/reply.h"
#include "http/request.h"
#include "ids.h"
#include "text.h"

struct mg_connection;
struct server;
struct slot;

/* The wire of a request that came over a connection of the library. */
struct line {
    struct wire wire; /* the first member */
    struct mg_connection *conn;
    struct server *server;
    struct slot *slot;
    int64_t body_length;
    bool wants_continue;
    enum { BODY_UNREAD, BODY_READ, BODY_BROKEN } state;
    const char *body;
    size_t len;
    struct buf chunks; /* holds a chunked body */
    /* Of a lent connection: */
    int64_t began_us;
    int64_t sent;         /* bytes of the answer; -1: the client has gone */
    struct slice rest[2]; /* of them, what there was no room for yet: of its one or two writes */
};

struct desk {
    struct desk *next;
    struct call call;
    struct request rq;
    struct reply rp;
    struct line line;
    struct buf scratch;
    struct ids ids;
};

/* Embedded by value; {0} but for the lock. */
struct desks {
    pthread_mutex_t lock; /* guards what follows */
    struct desk *free;
    size_t count;
};

void desks_init(struct desks *d);
void desks_drop(struct desks *d);

/* A desk with a fresh call, an empty request and an empty reply; NULL when out of memory. */
struct desk *desk_take(struct desks *d, int64_t budget_ms);
void desk_give(struct desks *d, struct desk *desk);

#endif
