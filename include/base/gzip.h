/* Compresses a body once: the only file that knows zlib. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stddef.h>

#include "base/macros.h"

struct buf;

/* Appends the gzip member (RFC 1952, no time stamp, so equal input gives equal bytes) of len bytes
 * to out; a failure is out's own sticky failure. */
void gzip_add(struct buf *out, const void *bytes, size_t len);

#endif
