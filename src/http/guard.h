/* Decides from a request's head alone whether it may be answered: what two readers could read
 * differently is refused. */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "http/request.h"

enum {
    GUARD_HEAD_MAX = 16000, /* bytes of a head; the library's buffer holds twice as much */
    GUARD_PATH_MAX = 1024,
    GUARD_QUERY_MAX = 2048
};

/* Why a request was refused; one row of the table in guard.c and one counter of metrics.c each. */
enum refusal {
    REFUSAL_NONE,
    REFUSAL_LIBRARY, /* the library could not read it at all */
    REFUSAL_LAYOUT,  /* lines not ended by CR LF, folded, spaces where none may be */
    REFUSAL_HEADERS, /* too many, or too large */
    REFUSAL_HEADER_NAME,
    REFUSAL_REPEATED, /* a header that may stand once only */
    REFUSAL_HOST,
    REFUSAL_LENGTH,            /* Content-Length is not a number of 1 to 9 digits */
    REFUSAL_LENGTH_AND_CODING, /* Content-Length beside Transfer-Encoding */
    REFUSAL_CODING,            /* Transfer-Encoding other than chunked */
    REFUSAL_OLD_CODING,        /* Transfer-Encoding on HTTP/1.0 */
    REFUSAL_BODY,              /* a body on a method that takes none */
    REFUSAL_TOO_LARGE,
    REFUSAL_TOO_LONG, /* path or query */
    REFUSAL_TARGET,   /* bytes outside RFC 3986 and the like */
    REFUSAL_COUNT
};

/* What the guard found. The last three are 0 where the framing itself was refused. */
struct guard_ruling {
    enum refusal refusal;
    enum err err;
    const char *detail;
    int64_t body_length; /* -1: chunked */
    bool has_body;
    bool framed; /* a length or chunked was given */
};

/*
 * REFUSAL_NONE when the head's lines lie in memory as a strict reader would have left them, else
 * REFUSAL_LAYOUT or REFUSAL_HEADERS. The library below is lenient and ends words with NUL in place,
 * so that every space, bare line feed or folded line that it swallowed shows as a gap. rq's method,
 * version and headers must point into that memory; target is the request target there, target_len
 * its length, the query included.
 */
enum refusal guard_layout(const struct request *rq, const char *target, size_t target_len);

/* True when the head may be answered (RFC 9112 2.2 to 6.3, and stricter); fills r either way.
 * layout is guard_layout's word. */
bool guard_check(const struct request *rq, enum refusal layout, size_t max_body,
                 struct guard_ruling *r);

/* Puts the row of a refusal that was found elsewhere into r; always false. */
bool guard_refuse(struct guard_ruling *r, enum refusal refusal);

#endif
