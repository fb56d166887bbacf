/* The registry of connections: one slot for each worker thread, which serves one connection at a
 * time. */
#ifndef HTTP_SLOTS_H
#define HTTP_SLOTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "base/macros.h"

/* What a connection is doing; each has its own deadline. */
enum phase {
    PHASE_CLOSED,
    PHASE_HEAD,   /* its first request is awaited */
    PHASE_WORK,   /* a handler has it; the call's deadline holds */
    PHASE_BODY,   /* the body is awaited */
    PHASE_ANSWER, /* the client takes the answer */
    PHASE_STREAM, /* the answer goes on; a deadline holds while a piece of it is written */
    PHASE_IDLE,   /* another request is awaited */
    PHASE_LINGER  /* a refused body is read and thrown away, so that the client sees the answer */
};

/* Why the reaper cut a connection; one counter of metrics.c each. */
enum cut {
    CUT_NONE,
    CUT_HEAD, /* the head took too long */
    CUT_BODY,
    CUT_ANSWER,
    CUT_LINGER,
    CUT_STREAM,
    CUT_ROOM,    /* idle longest while threads grow scarce */
    CUT_ADDRESS, /* its address holds more than its share */
    CUT_DRAIN,   /* idle while the server ends */
    CUT_FILES,   /* turned away at the door: no descriptor was left, and nobody idle */
    CUT_COUNT
};

/* Who reads a connection and writes to it. */
enum keeper {
    KEEPER_WORKER,  /* its thread, through the library */
    KEEPER_NOBODY,  /* it is lent (kept.h), and nothing has come */
    KEEPER_WATCHER, /* something has come, and is looked at */
};

struct desk;
struct mg_connection;

struct slot {
    pthread_mutex_t lock; /* guards what follows, up to the worker's own */
    enum phase phase;
    enum cut cut;        /* the first one of this connection */
    int64_t since_us;    /* when the phase began, monotonic */
    int64_t deadline_us; /* of the phase; 0 = none */
    uint64_t serial;     /* which connection of this slot */
    const struct mg_connection *conn;
    bool known; /* who the peer is; the rest of its life it stays so */
    struct address peer;
    uint16_t port;
    bool exempt;             /* from the share of an address */
    bool proxy;              /* it may speak for others */
    char text[ADDRESS_TEXT]; /* the peer as a client, see address_client_text */
    enum keeper keeper;
    bool news;           /* something has come while a watcher looked */
    pthread_cond_t back; /* the worker has it again, with what follows */
    bool over;           /* the client has gone */
    struct desk *rest;   /* an answer that is to be sent to its end; NULL */

    /* The worker's own. */
    const char *base; /* where the library's buffer begins, see head.c */
    bool ended;       /* the library gave the connection up, and said so */
    unsigned streak;  /* answers out of the cache, one after the other */

    /* Of whoever keeps the connection. */
    int fd;         /* the library's; -1: not looked for yet, -2: not to be found */
    uint64_t taken; /* bytes of all its requests */
};

/* Fills in what known stands for, from the connection; false when that cannot be told yet. The
 * library says who it is only some microseconds after it announced the connection, so the reaper
 * asks for those that never came to send a request. */
typedef bool slot_identify(const void *context, struct slot *slot);

struct slots {
    struct slot *slot;
    size_t count;
    slot_identify *identify;
    const void *context;
    _Atomic size_t joined;
    _Atomic size_t open; /* connections */
};

MUST_CHECK bool slots_init(struct slots *s, size_t count, slot_identify *identify,
                           const void *context);
void slots_drop(struct slots *s);

/* A slot for the calling worker, for its life; NULL when there are more workers than slots. */
struct slot *slots_join(struct slots *s);

/* Begins and ends a connection. slot_close returns only when the reaper does not hold it, so that
 * no stranger's descriptor is cut. */
void slot_open(struct slots *s, struct slot *slot, const struct mg_connection *conn,
               int64_t budget_ms);
void slot_close(struct slots *s, struct slot *slot);

/* A head has arrived: enters PHASE_WORK, from when on the peer is known. Returns why the connection
 * was cut, if it was. */
enum cut slot_begin(struct slots *s, struct slot *slot);

/* Enters a phase that must end within budget_ms; 0 = it may last. */
void slot_enter(struct slot *slot, enum phase phase, int64_t budget_ms);

/* What it is doing, and since when. */
enum phase slot_phase(struct slot *slot, int64_t *since_us);

/* Why it was cut, if it was. */
enum cut slot_cut(struct slot *slot);

#endif
