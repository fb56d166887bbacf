/* A read, after its parameters were checked: which plan, as of when, which rows, which page. */
#ifndef MODEL_QUERY_H
#define MODEL_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"

enum { QUERY_LIMIT_DEFAULT = 50, QUERY_LIMIT_MOST = 500 };

/* Strings live as long as the call. */
struct query {
    const char *plan;     /* slug; NULL: the active one */
    const char *as_of;    /* date; NULL: now */
    const char *known_at; /* time: only what was recorded by then; NULL: all. Never of drafts */
    const char *lang;     /* NULL: the city's own words */
    const char *include;  /* sorted comma list, or NULL */
    const char *filters;  /* a JSON object: the filters of a list, the names of a get */
    const char *viewer;   /* a JSON object: whose drafts, or audit; NULL for public reads */
    const char *self;     /* path and query of the page, without cursor: what links are made of */
    const char *cursor;   /* as given, or NULL */
    int limit;
    bool count_exact;
};

/*
 * Cursors are opaque and versioned (base64url). One pins what it was made for: resource, plan,
 * filters, as_of and known_at; and rests on the keys of the last row. Reading fails with a fault on
 * the parameter "cursor", or "after" where changes are pulled.
 */
const char *cursor_write(struct call *c, const struct query *q, const char *resource,
                         const char *key1, const char *key2);
MUST_CHECK bool cursor_read(struct call *c, const struct query *q, const char *resource,
                            const char **key1, const char **key2);

#endif
