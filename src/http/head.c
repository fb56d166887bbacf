#include "head.h"

#include <civetweb.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* What malloc aligns to, and so where the library's buffer begins. */
enum { BUFFER_ALIGN = 16 };

static const struct {
    const char *method;
    enum verb verb;
} verbs[] = {
    {"GET", VERB_GET},     {"HEAD", VERB_HEAD},     {"POST", VERB_POST},       {"PUT", VERB_PUT},
    {"PATCH", VERB_PATCH}, {"DELETE", VERB_DELETE}, {"OPTIONS", VERB_OPTIONS},
};

static enum verb verb_of(const char *method) {
    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (strcmp(verbs[i].method, method) == 0)
            return verbs[i].verb;
    }
    return VERB_OTHER;
}

/*
 * The library passes over white space before a request, and reads on beyond what arrived: into
 * bytes of an earlier connection, with whatever key stood there. So a request must stand at the
 * very start of the buffer, or after one empty line (RFC 9112 2.2). The buffer's address is not
 * told, but malloc aligns it, and the lowest one seen on a thread is it.
 */
static bool begins_buffer(struct slot *slot, const char *method) {
    const char *start = method;
    if ((uintptr_t)start % BUFFER_ALIGN == 2)
        start -= 2;
    if ((uintptr_t)start % BUFFER_ALIGN != 0)
        return false;
    if (start != method && (start[0] != '\r' || start[1] != '\n'))
        return false;
    if (!slot->base || start < slot->base)
        slot->base = start;
    return start == slot->base;
}

static void take_headers(struct request *rq, const struct mg_request_info *info) {
    size_t count = (size_t)info->num_headers;
    rq->nheaders = count < REQUEST_HEADERS ? count : REQUEST_HEADERS;
    for (size_t i = 0; i < rq->nheaders; i++)
        rq->headers[i] = (struct pair){info->http_headers[i].name, info->http_headers[i].value};
}

/* The library leaves spaces at the end of a value (RFC 9110 5.5). */
static bool trim_headers(struct call *c, struct request *rq) {
    for (size_t i = 0; i < rq->nheaders; i++) {
        struct slice value = {rq->headers[i].value, strlen(rq->headers[i].value)};
        if (value.len == 0 || value.at[value.len - 1] != ' ')
            continue;
        value = text_trim(value);
        rq->headers[i].value = call_strndup(c, value.at, value.len);
        if (!rq->headers[i].value)
            return false;
    }
    return true;
}

/* Where the library gave up it has not split the target yet. */
static bool take_target(struct call *c, struct request *rq, const struct mg_request_info *info) {
    const char *mark = strchr(info->request_uri, '?');
    rq->query = mark ? mark + 1 : info->query_string;
    rq->path = info->local_uri_raw;
    if (!rq->path)
        rq->path = mark ? call_strndup(c, info->request_uri, (size_t)(mark - info->request_uri))
                        : info->request_uri;
    return rq->path;
}

static size_t target_length(const struct mg_request_info *info) {
    size_t len = strlen(info->request_uri);
    return info->query_string ? len + 1 + strlen(info->query_string) : len;
}

/* http://authority/path (RFC 9112 3.2.2), with the authority that Host names. */
static bool is_absolute(const struct request *rq, const struct mg_request_info *info) {
    static const char scheme[] = "http://";
    const char *uri = info->request_uri;
    const char *host = request_header(rq, "Host");
    size_t skip = sizeof(scheme) - 1;
    if (!host || !info->local_uri_raw || strncasecmp(uri, scheme, skip) != 0)
        return false;
    size_t len = strlen(host);
    return info->local_uri_raw == uri + skip + len && strncasecmp(uri + skip, host, len) == 0;
}

static bool is_target(const struct request *rq, const struct mg_request_info *info) {
    return info->request_uri[0] == '/' || strcmp(info->request_uri, "*") == 0 ||
           is_absolute(rq, info);
}

bool head_is_whole(const struct mg_request_info *info) {
    /* The library counts the headers last. */
    return info->request_method && info->request_uri && info->http_version && info->num_headers > 0;
}

size_t head_length(const struct mg_request_info *info) {
    if (info->num_headers < 1)
        return 0;
    const char *last = info->http_headers[info->num_headers - 1].value;
    return (size_t)(last + strlen(last) - info->request_method) + strlen("\r\n\r\n");
}

static bool refused(struct call *c, const struct guard_ruling *r) {
    return fail(c, r->err, "%s", r->detail);
}

bool head_read(struct call *c, struct request *rq, const struct mg_request_info *info,
               struct slot *slot, size_t max_body, struct guard_ruling *r) {
    *r = (struct guard_ruling){0};
    rq->method = info->request_method;
    rq->verb = verb_of(rq->method);
    rq->version = info->http_version;
    take_headers(rq, info);

    /* Only now do all pointers lead into the library's buffer. */
    enum refusal layout = REFUSAL_LAYOUT;
    if (begins_buffer(slot, rq->method))
        layout = guard_layout(rq, info->request_uri, target_length(info));
    if (!take_target(c, rq, info) || !trim_headers(c, rq))
        return false;

    bool fine = guard_check(rq, layout, max_body, r);
    rq->body_length = r->body_length;
    rq->has_body = r->has_body;
    rq->framed = r->framed;
    if (!fine)
        return refused(c, r);
    if (is_target(rq, info) && (rq->path[0] == '*' || request_parse_target(c, rq)))
        return true;

    (void)guard_refuse(r, REFUSAL_TARGET);
    return refused(c, r); /* unless request_parse_target knew better */
}

bool head_keeps_open(const struct request *rq) {
    const char *connection = NULL;
    for (size_t i = 0; i < rq->nheaders; i++) {
        if (!text_same(rq->headers[i].name, "Connection"))
            continue;
        if (text_lists(rq->headers[i].value, "close") ||
            text_lists(rq->headers[i].value, "upgrade"))
            return false;
        connection = connection ? connection : rq->headers[i].value;
    }
    /* The first of them is all that the library looks at; one that does not say keep-alive ends the
     * connection there. */
    return connection ? text_lists(connection, "keep-alive")
                      : rq->version && strcmp(rq->version, "1.1") == 0;
}
