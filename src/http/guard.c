#include "guard.h"

#include <string.h>

#include "text.h"

static const struct ground {
    enum err err;
    const char *detail;
} grounds[REFUSAL_COUNT] = {
    [REFUSAL_LIBRARY] = {ERR_MALFORMED, "the request cannot be read"},
    [REFUSAL_LAYOUT] = {ERR_MALFORMED,
                        "the lines of the request's head are not as RFC 9112 writes them"},
    [REFUSAL_HEADERS] = {ERR_HEADERS_TOO_LARGE,
                         "fewer than 64 headers and 16,000 bytes of them are taken"},
    [REFUSAL_HEADER_NAME] = {ERR_MALFORMED, "a header's name holds a byte that none may have"},
    [REFUSAL_REPEATED] = {ERR_MALFORMED, "a header that may stand once only is repeated"},
    [REFUSAL_HOST] = {ERR_MALFORMED, "one Host header with a host name is needed"},
    [REFUSAL_LENGTH] = {ERR_MALFORMED, "Content-Length is not a number of 1 to 9 digits"},
    [REFUSAL_LENGTH_AND_CODING] = {ERR_MALFORMED,
                                   "Content-Length and Transfer-Encoding exclude each other"},
    [REFUSAL_CODING] = {ERR_NOT_IMPLEMENTED, "no Transfer-Encoding but chunked is understood"},
    [REFUSAL_OLD_CODING] = {ERR_MALFORMED, "HTTP/1.0 has no Transfer-Encoding"},
    [REFUSAL_BODY] = {ERR_MALFORMED, "this method takes no body"},
    [REFUSAL_TOO_LARGE] = {ERR_TOO_LARGE, "the body is larger than any that is taken here"},
    [REFUSAL_TOO_LONG] = {ERR_URI_TOO_LONG, "a path of 1,024 bytes and a query of 2,048 are taken"},
    [REFUSAL_TARGET] = {ERR_MALFORMED, "the request's target cannot be read"},
};

/* Those whose repetition two readers could resolve differently. */
static const char *const once[] = {
    "Content-Length", "Transfer-Encoding", "Host", "Authorization", "Idempotency-Key",
};

bool guard_refuse(struct guard_ruling *r, enum refusal refusal) {
    r->refusal = refusal;
    r->err = grounds[refusal].err;
    r->detail = grounds[refusal].detail;
    return false;
}

/* The library ended a line at `end`: CR and LF are both NUL now. The start of the next line, or
 * NULL. */
static const char *next_line(const char *end) {
    return end[1] == '\0' ? end + 2 : NULL;
}

/* Between a name and its value stand one colon (now NUL) and spaces. */
static bool is_gap(const char *at, const char *value) {
    if (at >= value)
        return false;
    for (at++; at < value; at++) {
        if (*at != ' ' && *at != '\t')
            return false;
    }
    return true;
}

enum refusal guard_layout(const struct request *rq, const char *target, size_t target_len) {
    const char *version = rq->version - strlen("HTTP/");
    if (rq->method + strlen(rq->method) + 1 != target || target + target_len + 1 != version)
        return REFUSAL_LAYOUT;

    const char *line = next_line(rq->version + strlen(rq->version));
    for (size_t i = 0; i < rq->nheaders; i++) {
        const struct pair *h = &rq->headers[i];
        if (!line || line != h->name || !is_gap(h->name + strlen(h->name), h->value))
            return REFUSAL_LAYOUT;
        line = next_line(h->value + strlen(h->value));
    }

    /* The empty line that ends the head. The library puts a NUL over its last byte, and skips white
     * space before a first header. */
    if (line && (size_t)(line - rq->method) > GUARD_HEAD_MAX)
        return REFUSAL_HEADERS;
    bool ended = line && line[0] == (rq->nheaders > 0 ? '\r' : '\0') && line[1] == '\0';
    return ended ? REFUSAL_NONE : REFUSAL_LAYOUT;
}

static size_t count_header(const struct request *rq, const char *name) {
    size_t count = 0;
    for (size_t i = 0; i < rq->nheaders; i++)
        count += text_same(rq->headers[i].name, name);
    return count;
}

static bool names_are_tokens(const struct request *rq) {
    for (size_t i = 0; i < rq->nheaders; i++) {
        const char *name = rq->headers[i].name;
        if (*name == '\0' || name[text_token(name)] != '\0')
            return false;
    }
    return true;
}

static bool is_repeated(const struct request *rq) {
    for (size_t i = 0; i < COUNT(once); i++) {
        if (count_header(rq, once[i]) > 1)
            return true;
    }
    return false;
}

/* host [":" port] of RFC 9110 7.2, as far as its bytes tell. */
static bool is_host(const char *host) {
    size_t len = strlen(host);
    return len > 0 && len <= 255 && text_span(host, ".:-_~%!$&'()*+;=[]") == len;
}

static bool host_is_named(const struct request *rq) {
    const char *host = request_header(rq, "Host");
    if (!host)
        return strcmp(rq->version, "1.0") == 0;
    return is_host(host);
}

/* -1 when it is no number of 1 to 9 digits. */
static int64_t length_of(const char *text) {
    size_t digits = strspn(text, "0123456789");
    if (digits < 1 || digits > 9 || text[digits] != '\0')
        return -1;
    int64_t length = 0;
    for (; *text; text++)
        length = length * 10 + (*text - '0');
    return length;
}

static bool takes_body(enum verb verb) {
    return verb == VERB_POST || verb == VERB_PUT || verb == VERB_PATCH || verb == VERB_OTHER;
}

/* Where the body ends (RFC 9112 6.3), for requests about which there is no doubt. */
static bool check_framing(const struct request *rq, size_t max_body, struct guard_ruling *r) {
    const char *coding = request_header(rq, "Transfer-Encoding");
    const char *length = request_header(rq, "Content-Length");
    r->framed = coding || length;
    if (coding && length)
        return guard_refuse(r, REFUSAL_LENGTH_AND_CODING);
    if (coding && strcmp(rq->version, "1.1") != 0)
        return guard_refuse(r, REFUSAL_OLD_CODING);
    if (coding && strcmp(coding, "chunked") != 0)
        return guard_refuse(r, REFUSAL_CODING);
    if (length && length_of(length) < 0)
        return guard_refuse(r, REFUSAL_LENGTH);

    r->body_length = coding ? -1 : length ? length_of(length) : 0;
    r->has_body = r->body_length != 0;
    if (r->has_body && !takes_body(rq->verb))
        return guard_refuse(r, REFUSAL_BODY);
    if (r->body_length > 0 && (uint64_t)r->body_length > max_body)
        return guard_refuse(r, REFUSAL_TOO_LARGE);
    return true;
}

static bool is_too_long(const struct request *rq) {
    return strlen(rq->path) > GUARD_PATH_MAX || (rq->query && strlen(rq->query) > GUARD_QUERY_MAX);
}

bool guard_check(const struct request *rq, enum refusal layout, size_t max_body,
                 struct guard_ruling *r) {
    *r = (struct guard_ruling){0};
    if (is_too_long(rq))
        return guard_refuse(r, REFUSAL_TOO_LONG);
    /* With that many headers the library has dropped the rest: say so, rather than that the layout
     * shows it. */
    if (rq->nheaders >= REQUEST_HEADERS)
        return guard_refuse(r, REFUSAL_HEADERS);
    if (layout != REFUSAL_NONE)
        return guard_refuse(r, layout);
    if (!names_are_tokens(rq))
        return guard_refuse(r, REFUSAL_HEADER_NAME);
    if (is_repeated(rq))
        return guard_refuse(r, REFUSAL_REPEATED);
    if (!host_is_named(rq))
        return guard_refuse(r, REFUSAL_HOST);
    return check_framing(rq, max_body, r);
}
