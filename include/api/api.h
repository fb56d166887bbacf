/* Where data and wire meet: every request runs through the gate's steps to the handler of its
 * route. */
#ifndef API_API_H
#define API_API_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "base/embedded.h"
#include "http/reply.h"
#include "http/request.h"
#include "model/key.h"

struct cache;
struct hub;
struct limiter;
struct pool;

enum { API_TABLES = 2 }; /* that are read at a time */

/* What handlers may use: made in serve.c, read-only afterwards. */
struct api {
    struct pool *pool;
    struct pool *bulk; /* for tables of any length, and many writes in one: few connections, each
                          for long */
    struct keyring *keyring;
    struct cache *cache;          /* NULL: nothing is kept */
    struct hub *hub;              /* NULL: nothing is told live */
    int64_t heartbeat_ms;         /* between two signs of life to who listens */
    void (*wrote)(void *context); /* after a write that may have changed something; may be NULL */
    void *wrote_context;
    sem_t *tables;           /* turns to read one: API_TABLES when nobody does */
    struct limiter *reads;   /* per address */
    struct limiter *guesses; /* refused keys, per address */
    struct limiter *writes;  /* per key */
    const struct embedded_file *contract_json;
    const struct embedded_file *contract_yaml;
    bool (*draining)(void *context); /* true from the first moment of a drain */
    void *draining_context;
    int64_t started_us; /* monotonic */
    const char *version;
    const char *security_contact; /* a URI; NULL: none is named */
    const char *contact;          /* whom the public asks, a mailto: URI; or NULL */
    const char *license;          /* of the data, a URL; or NULL */
    const char *public_host;
    const char *public_url; /* what absolute links begin with; no slash at its end */
    const char
        *embed_hosts;      /* who may show embedded pages in frames: origins, by commas or spaces */
    bool webhooks_by_http; /* a subscription may have an address without TLS */
};

/* The http room's handler: context is the struct api. */
bool api_run(void *context, struct call *c, struct request *rq, struct reply *rp);

/* Its recall: what is kept of public documents, and of names that none bears. */
bool api_recall(void *context, struct call *c, struct request *rq, struct reply *rp);

/* Asks for every answer that is kept and has no name in its path, tables of any length aside:
 * context is the struct api. */
void api_warm(void *context);

#endif
