/* Parts of an answer that are not its head. */
#ifndef HTTP_REPLY_INSIDE_H
#define HTTP_REPLY_INSIDE_H

#include "base/buf.h"
#include "http/reply.h"

/* The line Repr-Digest (RFC 9530 3) of a body as it is sent, its coding included. */
void reply_add_digest(struct buf *out, const char *body, size_t len);

/* Sends what lies in the file, piece by piece, each with a deadline of its own. Returns the bytes
 * sent; -1 when not all could be. */
int64_t spooled_write(struct call *c, struct request *rq, const struct spool *spool);

#endif
