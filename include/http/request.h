/* One HTTP request as the rest of the house sees it: split, decoded, bounded; it knows nothing of
 * the library below. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"

enum verb {
    VERB_GET,
    VERB_HEAD,
    VERB_POST,
    VERB_PUT,
    VERB_PATCH,
    VERB_DELETE,
    VERB_OPTIONS,
    VERB_OTHER
};

enum { REQUEST_SEGMENTS = 8, REQUEST_PARAMS = 32, REQUEST_HEADERS = 64 };

struct buf;

struct pair {
    const char *name;
    const char *value;
};

/* Where the bytes of a request come from and go to: CivetWeb in the service, memory in the tests.
 */
struct wire {
    /* Reads the body, at most limit bytes, before the body's deadline; the same bytes when asked
     * again. Fails with ERR_TOO_LARGE, ERR_TIMEOUT, ERR_MALFORMED. */
    bool (*read_body)(struct wire *w, struct call *c, size_t limit, const char **bytes,
                      size_t *len);
    /* Writes a whole answer, or a large one in two parts; false when the client is gone, or took
     * too long over a piece. */
    bool (*write)(struct wire *w, const void *bytes, size_t len);
};

/* All strings live as long as the call. */
struct request {
    enum verb verb;
    const char *method;                    /* as sent */
    const char *path;                      /* as sent, without the query */
    const char *query;                     /* as sent, or NULL */
    const char *version;                   /* "1.1" or "1.0" */
    const char *segment[REQUEST_SEGMENTS]; /* of the path: split at "/", then percent-decoded; "/"
                                              has none */
    size_t nsegments;
    struct pair params[REQUEST_PARAMS]; /* of the query, decoded ("+" is a space), in order */
    size_t nparams;
    struct pair headers[REQUEST_HEADERS];
    size_t nheaders;
    const char *client; /* address of who asks: the peer, or from X-Forwarded-For behind a trusted
                           proxy; IPv6 as its /64 */
    const char
        *route; /* set by the gate: the pattern that matched, for log and metrics; NULL before */
    int64_t body_length; /* -1: chunked; 0: none */
    bool has_body;
    bool framed; /* a Content-Length (0 included) or Transfer-Encoding was sent */
    struct wire *wire;
    struct buf *scratch; /* where the answer is put together; NULL: memory of its own */
};

/* The header's value by case-insensitive name, or NULL. */
const char *request_header(const struct request *rq, const char *name);

/* The first parameter of that name, decoded, or NULL. */
const char *request_param(const struct request *rq, const char *name);

/* Splits and decodes path and query into rq (its path and query fields must be set). Fails with
 * ERR_MALFORMED on bytes outside RFC 3986, bad escapes, %00, "..", invalid UTF-8, more segments or
 * parameters than fit; ERR_URI_TOO_LONG past 1 KB / 2 KB. */
MUST_CHECK bool request_parse_target(struct call *c, struct request *rq);

/* Reads the body (see struct wire), after `100 Continue` where the client waits for that: so ask
 * when the request is authorised. NUL-terminated for convenience; an empty body is "" of length 0.
 * A POST, PUT or PATCH with neither Content-Length nor Transfer-Encoding fails with
 * ERR_LENGTH_REQUIRED: where a body is optional, look at rq->framed first. */
MUST_CHECK bool request_body(struct call *c, struct request *rq, size_t limit, const char **bytes,
                             size_t *len);

/* The quality (0..1000) that an Accept-like header gives to a type such as "application/json" (RFC
 * 9110 12.5.1: the most specific range wins); 1000 when the header is absent. */
int accept_quality(const char *header, const char *type);

/* The language that an Accept-Language header asks for (RFC 9110 12.5.4, RFC 4647 3.4): what find
 * says of the range with the highest quality that it knows, the first of equals; -1: of none. find
 * gets a range such as "zh-TW" or "*", and returns -1 for what it does not know. */
int accept_language(const char *header, int (*find)(const char *range, size_t len));

/* The quality of a content coding such as "gzip" in Accept-Encoding; 0 when the header is absent.
 */
int accept_encoding_quality(const char *header, const char *coding);

#endif
