/* Turns a head as the library left it into a request, and asks the guard about it. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "guard.h"
#include "http/request.h"
#include "slots.h"

struct mg_request_info;

/* Fills rq, which points into the library's buffer and the call's arena. False when the head must
 * be refused: r says why, and c failed with it. */
MUST_CHECK bool head_read(struct call *c, struct request *rq, const struct mg_request_info *info,
                          struct slot *slot, size_t max_body, struct guard_ruling *r);

/* True when the library got to the end of the head, so that head_read may look at it. */
bool head_is_whole(const struct mg_request_info *info);

/* Its bytes as they were sent; 0 where that cannot be told. Only of a head that head_read took. */
size_t head_length(const struct mg_request_info *info);

/* True when the connection may serve another request after this one (RFC 9112 9.3), in the
 * library's opinion too. */
bool head_keeps_open(const struct request *rq);

#endif
