/* The HTTP server: CivetWeb's threads, the guard before every request, deadlines by the reaper, a
 * drain that loses nothing. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"

struct server;

struct server_config {
    const char *listen;          /* address, "127.0.0.1" */
    int port;                    /* 0: any free one, see server_port */
    int threads;                 /* 0: as many as NOFILE and pids.max allow, at most 2048 */
    int64_t keep_alive_ms;       /* an idle connection's life, 5000…15000 */
    int64_t head_ms;             /* to send the request's head */
    int64_t body_ms;             /* to send the body */
    int64_t answer_ms;           /* to take the answer, or each 64 KB of a large one */
    int64_t budget_ms;           /* of a handler: becomes the call's deadline */
    size_t max_body;             /* over this no route reads: 413 before reading */
    const char *public_host;     /* authentication_domain */
    const char *trusted_proxies; /* comma list of addresses or CIDRs; NULL or "": none */
    struct log *log;
};

/*
 * Who answers. run fills rp, or fails c and returns false (the server then sends the problem
 * document). recall does the same where the answer lies ready, and returns true; false: only run
 * knows, and nobody may notice that it was asked. It must not wait for anything; NULL: nothing ever
 * lies ready. Called on threads with 100 KB of stack.
 */
struct server_handler {
    bool (*run)(void *context, struct call *c, struct request *rq, struct reply *rp);
    bool (*recall)(void *context, struct call *c, struct request *rq, struct reply *rp);
    void *context;
};

/* Starts listening and answering. NULL fails the call: ERR_UNAVAILABLE with a sentence that names
 * the port when it is taken. */
struct server *server_new(struct call *c, const struct server_config *config,
                          const struct server_handler *handler);

/* The port it listens on; the number of worker threads and why that many (a sentence for the banner
 * and the log). */
int server_port(const struct server *s);
int server_threads(const struct server *s, const char **why);

/* True from the first moment of a drain: /readyz says 503. Any thread. */
bool server_draining(const struct server *s);

/* Ends kindly: answers carry Connection: close for one keep-alive time, idle connections are
 * closed, then waits until nothing is in flight, at most budget_ms. Returns false when something
 * still was. */
bool server_drain(struct server *s, int64_t budget_ms);

/* Stops and frees. Accepts NULL. */
void server_free(struct server *s);

#endif
