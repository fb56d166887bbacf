/* A write, as a descriptor; and the one function that carries any of them to the database and back.
 */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "model/field.h"
#include "model/tag.h"
#include "pg/pool.h"

enum operation_flag {
    OPERATION_KEYED = 1,      /* Idempotency-Key is required */
    OPERATION_IF_MATCH = 2,   /* If-Match is required */
    OPERATION_MERGES = 4,     /* a merge patch (RFC 7396): null clears, absent keeps */
    OPERATION_BODILESS = 8,   /* the body may be absent: it counts as {} */
    OPERATION_ERASES = 16,    /* what was kept from before may not be given even in an outage */
    OPERATION_APART = 32,     /* what it changes is of no plan */
    OPERATION_RAW = 64,       /* the handler checks the body (model/batch.h) */
    OPERATION_LIST = 128,     /* of OPERATION_RAW: the body is a list, fields are of its items */
    OPERATION_XML = 256,      /* of OPERATION_RAW: the body is XML */
    OPERATION_TABLE = 512,    /* of OPERATION_RAW: the body is a table, CSV or JSON, and large */
    OPERATION_MATCHES = 1024, /* If-Match may be given: "*" is as none */
};

struct operation {
    const struct stmt *statement;
    const struct field *fields; /* ended by a row without a name; likewise: */
    const struct field *params; /* query parameters beside plan and dry_run; NULL: none */
    void (*check)(struct call *c,
                  const struct doc *body); /* rules across fields, adds faults; may be NULL */
    unsigned flags;
    unsigned touches; /* bits of enum tag: what it may change */
};

/* One write as it came in. Strings live as long as the call. */
struct intent {
    const char *plan; /* NULL: the active one */
    const char *args; /* a JSON object: the names in the path */
    const char *body; /* the bytes as sent: what PostgreSQL stores must not pass through a double */
    size_t len;
    const char *target;          /* method, path and query, for the fingerprint */
    const char *idempotency_key; /* as the client named it, or NULL */
    int64_t if_match;            /* a revision; -1: none given */
    bool dry_run;
};

/* What came of it. */
struct outcome {
    int status; /* 200, 201 or 202 */
    const char *location;
    int64_t revision;
    const char *body; /* in rows */
    size_t len;
    bool replayed;
    struct rows *rows;
};

void outcome_auto(struct outcome *o); /* for AUTO(outcome) */

/* Checks the body: well-formed, every field, every rule. All faults at once. */
MUST_CHECK bool operation_check(struct call *c, const struct operation *op, const char *bytes,
                                size_t len);

/* Does it, as c->who. The body must have passed operation_check. */
MUST_CHECK bool operation_run(struct call *c, struct pool *p, const struct operation *op,
                              const struct intent *in, struct outcome *out);

/* The Idempotency-Key header's value (IETF draft): a quoted string, or bare; 1 to 255 visible
 * characters. NULL adds a fault. */
const char *idempotency_key_parse(struct call *c, const char *header);

#endif
