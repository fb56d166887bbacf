/* Bytes in any number in constant memory: what is too much goes to a temporary file without a
 * name, which the system takes back by itself whatever becomes of us. */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/secret.h"

/* Embedded by value; zero-initialise and set most. Append to text; then say spool_flow. */
struct spool {
    struct buf text;      /* what has not gone to the file */
    size_t most;          /* bytes that stay in memory */
    int file;             /* 0: none is needed so far */
    size_t filed;         /* bytes in it */
    struct digest digest; /* of what is in it */
};

void spool_drop(struct spool *s);
void spool_auto(struct spool *s); /* for AUTO(spool) */

/* To be said now and then, at least once for each piece of the size of most: makes room when there
 * is too much. Fails with ERR_UNAVAILABLE when the disk has no room, and as buf_ok does. */
MUST_CHECK bool spool_flow(struct call *c, struct spool *s);

/* To be said once, at the end: text holds all of it, or the file does and text is empty. */
MUST_CHECK bool spool_end(struct call *c, struct spool *s);

/* After spool_end, of what is in the file: at most len bytes from offset; 0 at the end, -1 when it
 * cannot be read. */
ptrdiff_t spool_read(const struct spool *s, size_t offset, void *out, size_t len);

#endif
