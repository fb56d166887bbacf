/* What the files behind http/server.h share: the server itself. Only those that speak with the
 * library include it. */
#ifndef HTTP_SERVER_INSIDE_H
#define HTTP_SERVER_INSIDE_H

#include <stdatomic.h>

#include "address.h"
#include "desk.h"
#include "finder.h"
#include "http/server.h"
#include "reaper.h"
#include "slots.h"
#include "threads.h"

struct mg_connection;
struct mg_context;

struct kept;

struct server {
    struct server_config config; /* its strings are used while starting only */
    struct server_handler handler;
    struct proxies proxies;
    struct slots slots;
    struct desks desks;
    struct finder finder;
    struct reaper *reaper;
    struct kept *kept; /* NULL: nothing ever lies ready */
    struct mg_context *library;
    uint16_t port;
    int listener; /* the library's descriptor, to be sealed and shut, never closed */
    char why[THREADS_WHY];
    _Atomic bool draining;
};

/* Answers a request; the library's begin_request. Returns its status. */
int exchange_run(struct server *s, struct mg_connection *conn, struct slot *slot);

/* Who asks, under which id, over which wire. */
void exchange_introduce(struct server *s, struct desk *d, struct mg_connection *conn,
                        struct slot *slot);

/* The write of a struct wire that is a struct line, by the library. */
bool exchange_write(struct wire *w, const void *bytes, size_t len);

/* Enters the phase in which the next head is awaited. */
void exchange_await_next(const struct server *s, struct slot *slot);

/* Lends the connection out (kept.h), and sees to what comes back. */
void lent_run(struct server *s, struct mg_connection *conn, struct slot *slot);

/* What came of a look at a lent connection. */
enum look {
    LOOK_NOTHING,  /* nothing has come */
    LOOK_ANSWERED, /* a request, and it has its answer */
    LOOK_STRANGE,  /* something that the worker must read: it lies there untouched */
    LOOK_OVER,     /* the client has gone */
    LOOK_BEGUN     /* a request, and there was no room for the whole answer */
};

/* Answers the next request of a lent connection, if that can be done without the library and
 * without waiting. head is room for it; with LOOK_BEGUN *rest must be passed on to the worker. */
enum look lent_look(struct server *s, struct slot *slot, char *head, size_t size,
                    struct desk **rest);

/* Answers what the library could not read; its http_error. */
void exchange_unread(struct server *s, struct mg_connection *conn, struct slot *slot, int status);

/* Answers what the library read and then left without a word (OPTIONS *, a target of another host):
 * its connection_close. */
void exchange_left(struct server *s, struct mg_connection *conn, struct slot *slot);

/* Runs what follows an answer until it ends; the connection ends after it. */
void stream_run(struct server *s, struct mg_connection *conn, struct slot *slot,
                struct sequel *next);

/* One line in the log and the figures, for an answer of so many bytes that took us microseconds. */
void access_record(const struct server *s, const struct call *c, const struct request *rq,
                   const struct reply *rp, int64_t bytes, int64_t us);

#endif
