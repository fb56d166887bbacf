/*
 * Connections to PostgreSQL, a fixed number, lent for one statement at a time under the call's
 * deadline. One maintenance thread opens them; nobody else ever waits for a login. Nothing here can
 * hang: libpq is only used without blocking.
 */
#ifndef PG_POOL_H
#define PG_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "base/log.h"
#include "pg/rows.h"
#include "pg/stmt.h"

struct pool;

struct pool_config {
    const char *url;         /* libpq URL or key=value string */
    const char *role;        /* SET ROLE after login; NULL: stay who we are */
    const char *search_path; /* NULL: the server's own */
    size_t size;
    int64_t checkout_ms;  /* the longest wait for a free connection */
    int64_t login_ms;     /* the longest wait to be let in; 0: as long as a login may take */
    int64_t statement_ms; /* statement_timeout of the session */
    bool prepare;         /* false behind a pooler that cannot keep named statements */
    const struct stmt *const *statements; /* prepared at login */
    size_t statement_count;
    struct log *log;
    bool verbatim; /* the server's own words in errors: for the command line, never for an answer */
};

/* Starts the maintenance thread; returns at once, connected or not. The strings of config must
 * outlive the pool. */
struct pool *pool_new(struct call *c, const struct pool_config *config);

/* Closes every connection. No call may be using it. Accepts NULL. */
void pool_free(struct pool *p);

/* Waits until every connection is ready or the call's deadline passes; with none ready by then it
 * fails with why the last login did not work. */
MUST_CHECK bool pool_wait(struct call *c, struct pool *p);

/* True while the breaker is closed, that is: a statement is worth trying. */
bool pool_is_up(struct pool *p);

/* True when the last write was refused because the database's disk is full. */
bool pool_is_full(struct pool *p);

/* Connections now idle and lent, for /metrics. */
void pool_usage(struct pool *p, size_t *idle, size_t *lent);

/*
 * Runs a statement that changes nothing and may be repeated: a connection lost under it costs one
 * more try. Fails with ERR_UNAVAILABLE when the database is away or too slow, or with what the
 * statement itself raised.
 */
MUST_CHECK bool pool_read(struct call *c, struct pool *p, const struct stmt *s,
                          const char *const *params, size_t count, struct rows **out);

/* Sees one row (row 0 of r, which is gone afterwards). False ends the statement: it has failed the
 * call. */
typedef bool pool_visit(void *context, struct call *c, const struct rows *r);

/*
 * Runs a statement that changes nothing and shows its rows one by one, in constant memory. The
 * call's deadline is looked at anew for each: who visits may move it. Fails as pool_read does;
 * rows may have been seen by then.
 */
MUST_CHECK bool pool_each(struct call *c, struct pool *p, const struct stmt *s,
                          const char *const *params, size_t count, pool_visit *visit,
                          void *context);

/*
 * Runs a write that carries an idempotency key, in a transaction of its own and one round trip.
 * When the connection dies under it, the same write is repeated on another one until the deadline;
 * then ERR_OUTCOME_UNKNOWN.
 */
MUST_CHECK bool pool_write(struct call *c, struct pool *p, const struct stmt *s,
                           const char *const *params, size_t count, struct rows **out);

/* Runs a write and rolls it back: every check, nothing recorded. */
MUST_CHECK bool pool_try(struct call *c, struct pool *p, const struct stmt *s,
                         const char *const *params, size_t count, struct rows **out);

#endif
