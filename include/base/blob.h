/* An answer as it is sent, made once and lent to many threads: immutable bytes with a count of who
 * holds them. What the parts mean is the http room's affair; here they are bytes. */
#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"

enum blob_part {
    BLOB_ETAG,           /* of the identity coding, with its quotes */
    BLOB_HEAD,           /* of the 200: status line and the lines that never vary */
    BLOB_HEAD_GZIP,      /* the same for the gzip coding; empty where that does not pay */
    BLOB_UNCHANGED,      /* the same of the 304 */
    BLOB_UNCHANGED_GZIP, /* and its gzip coding's */
    BLOB_BODY,
    BLOB_BODY_GZIP,
    BLOB_PARTS
};

struct blob_bytes {
    const char *at; /* a NUL stands behind */
    size_t len;
};

struct blob {
    struct blob_bytes part[BLOB_PARTS];
    enum err err;    /* not ERR_NONE: no document but a refusal, and its sentence is the body */
    int64_t made_us; /* wall clock: when what it tells was read */
    size_t size;     /* of memory, this struct included */
    atomic_uint holders;
};

/* Copies the parts; the caller holds it. NULL fails the call. */
struct blob *blob_new(struct call *c, const struct blob_bytes parts[BLOB_PARTS], enum err err,
                      int64_t made_us);

/* One holder more; returns it. Any thread that holds it already, or whose owner does. */
struct blob *blob_hold(struct blob *b);

/* One less; the last frees it. Accepts NULL. */
void blob_release(struct blob *b);

#endif
