/* What the files behind http/server.h share: the server itself. Only those that speak with the
 * library include it. */
#ifndef HTTP_SERVER_INSIDE_H
#define HTTP_SERVER_INSIDE_H

#include <stdatomic.h>

#include "address.h"
#include "desk.h"
#include "http/server.h"
#include "reaper.h"
#include "slots.h"
#include "threads.h"

struct mg_connection;
struct mg_context;

struct server {
    struct server_config config; /* its strings are used while starting only */
    struct server_handler handler;
    struct proxies proxies;
    struct slots slots;
    struct desks desks;
    struct reaper *reaper;
    struct mg_context *library;
    uint16_t port;
    int listener; /* the library's descriptor, to be sealed and shut, never closed */
    char why[THREADS_WHY];
    _Atomic bool draining;
};

/* Answers a request; the library's begin_request. Returns its status. */
int exchange_run(struct server *s, struct mg_connection *conn, struct slot *slot);

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
