/* One connection to PostgreSQL, used by one thread at a time, never blocking past the call's
 * deadline. */
#ifndef PG_CONN_H
#define PG_CONN_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/call.h"
#include "pg/pool.h"

struct conn {
    PGconn *pg; /* NULL: closed */
    struct log *log;
    bool verbatim; /* see struct pool_config */
    bool full;     /* its last refusal was for want of room on the database's disk */
};

/* What a statement's end says about the connection and about trying again. */
enum conn_end {
    CONN_DONE,    /* it succeeded */
    CONN_REFUSED, /* the statement failed, and the connection is sound: the call has the error */
    CONN_RETRY,   /* rolled back by the server; the same statement may succeed now */
    CONN_UNSENT,  /* lost before the server can have seen it */
    CONN_LOST,    /* lost, or late, after it was sent: the outcome is not known */
    CONN_STALE,   /* its prepared statement is no longer good: reconnect, then once more */
};

/* Logs in, sets the session up and prepares the statements, all before the call's deadline. */
MUST_CHECK bool conn_open(struct call *c, struct conn *k, const struct pool_config *config);

/* Accepts a closed one. */
void conn_close(struct conn *k);

/* False when the server has hung up on an idle connection. One poll, no waiting. */
bool conn_is_sound(struct conn *k);

/*
 * Runs one statement and waits for its very end, since a commit may fail after its rows have come.
 * With prepared false the text goes along. Only CONN_REFUSED has failed the call.
 */
enum conn_end conn_run(struct call *c, struct conn *k, const struct stmt *s, bool prepared,
                       const char *const *params, size_t count, struct rows **out);

/* Who is shown the rows of a statement, and whether that has begun. */
struct conn_tour {
    pool_visit *visit;
    void *context;
    bool *begun;
};

/* The same, each row shown as it comes. A visitor that wants no more has failed the call: then the
 * connection is good for nothing (CONN_UNSENT, which speaks of no outage). */
enum conn_end conn_each(struct call *c, struct conn *k, const struct stmt *s, bool prepared,
                        const char *const *params, size_t count, const struct conn_tour *tour);

/* Runs a script of several statements (simple protocol); the last result is given back when out is
 * not NULL. */
MUST_CHECK bool conn_script(struct call *c, struct conn *k, const char *sql, struct rows **out);

#endif
