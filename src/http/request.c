#include "http/request.h"

#include <string.h>

#include "base/utf8.h"
#include "guard.h"
#include "text.h"

const char *request_header(const struct request *rq, const char *name) {
    for (size_t i = 0; i < rq->nheaders; i++) {
        if (text_same(rq->headers[i].name, name))
            return rq->headers[i].value;
    }
    return NULL;
}

const char *request_param(const struct request *rq, const char *name) {
    for (size_t i = 0; i < rq->nparams; i++) {
        if (strcmp(rq->params[i].name, name) == 0)
            return rq->params[i].value;
    }
    return NULL;
}

static int hex_digit(char byte) {
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* The byte of the escape at `at`, of which len bytes remain; -1 when it is none. */
static int escaped(const char *at, size_t len) {
    if (len < 3 || hex_digit(at[1]) < 0 || hex_digit(at[2]) < 0)
        return -1;
    return hex_digit(at[1]) * 16 + hex_digit(at[2]);
}

/* A part of the target decoded into the call's arena: text without NUL, in UTF-8. NULL fails the
 * call. */
static const char *decode(struct call *c, struct slice part, bool plus_is_space, const char *name) {
    char *out = call_alloc(c, part.len + 1);
    if (!out)
        return NULL;
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        int byte = (unsigned char)part.at[i];
        if (part.at[i] == '%') {
            byte = escaped(part.at + i, part.len - i);
            i += 2;
        } else if (part.at[i] == '+' && plus_is_space) {
            byte = ' ';
        }
        if (byte <= 0) {
            fail(c, ERR_MALFORMED, "%s holds a %% escape that is none, or that of NUL", name);
            return NULL;
        }
        out[len++] = (char)byte;
    }
    if (utf8_valid(out, len))
        return out;
    fail(c, ERR_MALFORMED, "%s is not UTF-8", name);
    return NULL;
}

static bool split_path(struct call *c, struct request *rq) {
    rq->nsegments = 0;
    if (rq->path[0] != '/')
        return fail(c, ERR_MALFORMED, "the path does not begin with a slash");
    if (rq->path[1] == '\0')
        return true;

    struct slice rest = {rq->path + 1, strlen(rq->path + 1)};
    struct slice part;
    /* No quotation mark passes the check before this, so that each stop is a real one. */
    while (text_next(&rest, '/', &part)) {
        if (rq->nsegments == REQUEST_SEGMENTS)
            return fail(c, ERR_MALFORMED, "the path has more than %d segments", REQUEST_SEGMENTS);
        const char *segment = decode(c, part, false, "the path");
        if (!segment)
            return false;
        if (strcmp(segment, "..") == 0)
            return fail(c, ERR_MALFORMED, "the path holds \"..\"");
        rq->segment[rq->nsegments++] = segment;
    }
    return true;
}

static bool split_param(struct call *c, struct request *rq, struct slice part) {
    if (rq->nparams == REQUEST_PARAMS)
        return fail(c, ERR_MALFORMED, "the query has more than %d parameters", REQUEST_PARAMS);
    const char *equals = memchr(part.at, '=', part.len);
    struct slice name = {part.at, equals ? (size_t)(equals - part.at) : part.len};
    struct slice value = {part.at + part.len, 0};
    if (equals)
        value = (struct slice){equals + 1, part.len - name.len - 1};

    struct pair *p = &rq->params[rq->nparams];
    p->name = decode(c, name, true, "the query");
    p->value = p->name ? decode(c, value, true, "the query") : NULL;
    if (!p->value)
        return false;
    rq->nparams++;
    return true;
}

static bool split_query(struct call *c, struct request *rq) {
    rq->nparams = 0;
    struct slice rest = {rq->query, rq->query ? strlen(rq->query) : 0};
    struct slice part;
    while (text_next(&rest, '&', &part)) {
        if (part.len > 0 && !split_param(c, rq, part))
            return false;
    }
    return true;
}

/* pchar without letters and digits, and what else may stand in a path or query (RFC 3986 3.3, 3.4).
 */
#define PCHAR "-._~!$&'()*+,;=:@%"

bool request_parse_target(struct call *c, struct request *rq) {
    if (strlen(rq->path) > GUARD_PATH_MAX)
        return fail(c, ERR_URI_TOO_LONG, "the path has more than %d bytes", GUARD_PATH_MAX);
    if (rq->query && strlen(rq->query) > GUARD_QUERY_MAX)
        return fail(c, ERR_URI_TOO_LONG, "the query has more than %d bytes", GUARD_QUERY_MAX);
    if (rq->path[text_span(rq->path, "/" PCHAR)] != '\0')
        return fail(c, ERR_MALFORMED, "the path holds a byte that must be %%-encoded");
    if (rq->query && rq->query[text_span(rq->query, PCHAR "/?")] != '\0')
        return fail(c, ERR_MALFORMED, "the query holds a byte that must be %%-encoded");
    return split_path(c, rq) && split_query(c, rq);
}

bool request_body(struct call *c, struct request *rq, size_t limit, const char **bytes,
                  size_t *len) {
    *bytes = "";
    *len = 0;
    bool expected = rq->verb == VERB_POST || rq->verb == VERB_PUT || rq->verb == VERB_PATCH;
    if (expected && !rq->framed && !rq->has_body)
        return fail(c, ERR_LENGTH_REQUIRED,
                    "neither Content-Length nor Transfer-Encoding was sent");
    if (!rq->has_body)
        return true;
    if (rq->body_length > 0 && (uint64_t)rq->body_length > limit)
        return fail(c, ERR_TOO_LARGE, "a body of %zu bytes is taken here", limit);
    return rq->wire->read_body(rq->wire, c, limit, bytes, len);
}
