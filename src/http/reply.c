#include "http/reply.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "cors.h"
#include "ids.h"
#include "reply_inside.h"
#include "text.h"

enum {
    GZIP_LEAST = 860,        /* below, a packet is not filled either way */
    ONE_WRITE_MOST = 131072, /* above, copying costs more than a second write */
    DIGITS = 24
};

static const struct reason {
    int status;
    const char *line;
} reasons[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {303, "HTTP/1.1 303 See Other\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {409, "HTTP/1.1 409 Conflict\r\n"},
    {410, "HTTP/1.1 410 Gone\r\n"},
    {411, "HTTP/1.1 411 Length Required\r\n"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {414, "HTTP/1.1 414 URI Too Long\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    {428, "HTTP/1.1 428 Precondition Required\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
};

void reply_drop(struct reply *rp) {
    buf_drop(&rp->owned);
    spool_drop(&rp->spool);
    blob_release(rp->ready);
    rp->ready = NULL;
    sequel_drop(&rp->sequel);
}

void sequel_drop(struct sequel *s) {
    if (s->context)
        s->drop(s->context);
    *s = (struct sequel){0};
}

void reply_auto(struct reply *rp) {
    reply_drop(rp);
}

void reply_header(struct reply *rp, const char *name, const char *value) {
    assert(rp->nheaders < REPLY_HEADERS);
    if (!value || value[strcspn(value, "\r\n")] != '\0')
        return;
    rp->headers[rp->nheaders++] = (struct pair){name, value};
}

void reply_take_body(struct reply *rp, struct buf *b) {
    buf_drop(&rp->owned);
    rp->owned = *b;
    buf_init(b);
    rp->body = rp->owned.data ? rp->owned.data : "";
    rp->len = rp->owned.len;
}

void reply_take_spool(struct reply *rp, struct spool *s) {
    if (s->file <= 0) {
        reply_take_body(rp, &s->text);
        spool_drop(s);
        return;
    }
    spool_drop(&rp->spool);
    rp->spool = *s;
    *s = (struct spool){0};
    rp->body = NULL;
    rp->len = rp->spool.filed;
    rp->compress = false;
}

static void add_number(struct buf *out, uint64_t n) {
    char digits[DIGITS];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    buf_add(out, digits + at, sizeof(digits) - at);
}

static void add_header(struct buf *out, const char *name, const char *value) {
    buf_adds(out, name);
    buf_add(out, ": ", 2);
    buf_adds(out, value);
    buf_add(out, "\r\n", 2);
}

static void add_status(struct buf *out, int status) {
    for (size_t i = 0; i < COUNT(reasons); i++) {
        if (reasons[i].status == status) {
            buf_adds(out, reasons[i].line);
            return;
        }
    }
    buf_adds(out, "HTTP/1.1 ");
    add_number(out, (uint64_t)status);
    buf_adds(out, " \r\n");
}

/* What is sent of a reply: the coding chosen, and whether a 304 says enough. */
struct shape {
    const char *body;
    size_t len;
    int status;
    bool gzip;
    bool has_type; /* 304 and 204 have no representation to describe */
};

static bool prefers_gzip(const struct request *rq, const struct reply *rp) {
    if (!rp->compress || rp->len < GZIP_LEAST)
        return false;
    const char *header = request_header(rq, "Accept-Encoding");
    int gzip = accept_encoding_quality(header, "gzip");
    return gzip > 0 && gzip >= accept_encoding_quality(header, "identity");
}

static bool is_unchanged(const struct request *rq, const struct reply *rp) {
    bool read = rq->verb == VERB_GET || rq->verb == VERB_HEAD;
    return read && rp->status == 200 && rp->etag &&
           etag_matches(request_header(rq, "If-None-Match"), rp->etag);
}

/* The coding is chosen even for a 304, whose ETag must be the one of the 200 that it stands for
 * (RFC 9110 15.4.5). */
static struct shape shape_of(const struct request *rq, const struct reply *rp, struct buf *packed) {
    struct shape s = {.status = rp->status,
                      .body = rp->body,
                      .len = rp->len,
                      .gzip = prefers_gzip(rq, rp)};
    if (is_unchanged(rq, rp))
        return (struct shape){.status = 304, .gzip = s.gzip};

    if (s.status == 204)
        return (struct shape){.status = 204};
    s.has_type = rp->type;
    if (!s.gzip)
        return s;
    gzip_add(packed, rp->body, rp->len);
    s.gzip = !packed->failed;
    if (s.gzip) {
        s.body = packed->data;
        s.len = packed->len;
    }
    return s;
}

static void add_etag(struct buf *out, const char *etag, bool gzip) {
    size_t len = strlen(etag);
    bool marked = gzip && len >= 2 && etag[len - 1] == '"';
    buf_adds(out, "ETag: ");
    buf_add(out, etag, marked ? len - 1 : len);
    buf_adds(out, marked ? "-gz\"\r\n" : "\r\n");
}

static void add_vary(struct buf *out, const struct reply *rp) {
    bool coding = rp->compress && !text_lists(rp->vary, "Accept-Encoding");
    if (!coding && !rp->vary)
        return;
    buf_adds(out, "Vary: ");
    buf_adds(out, rp->vary);
    if (coding)
        buf_adds(out, rp->vary ? ", Accept-Encoding" : "Accept-Encoding");
    buf_add(out, "\r\n", 2);
}

static bool is_html(const struct reply *rp) {
    return rp->type && strncasecmp(rp->type, "text/html", 9) == 0;
}

/* What does not depend on who asks: what a 304 repeats, then what only the body's bearer says. */
static void add_lasting(struct buf *out, const struct request *rq, const struct reply *rp,
                        const struct shape *s) {
    add_status(out, s->status);
    add_header(out, "Cache-Control", rp->cache_control ? rp->cache_control : "no-store");
    if (rp->etag)
        add_etag(out, rp->etag, s->gzip);
    add_vary(out, rp);
    if (s->has_type)
        add_header(out, "Content-Type", rp->type);
    if (s->has_type && s->gzip)
        buf_adds(out, "Content-Encoding: gzip\r\n");
    if (s->status != 204 && s->status != 304 && !rp->sequel.run) {
        buf_adds(out, "Content-Length: ");
        add_number(out, s->len);
        buf_add(out, "\r\n", 2);
    }
    if (rp->digest && s->body)
        reply_add_digest(out, s->body, s->len);
    buf_adds(out, "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n");
    if (!is_html(rp))
        buf_adds(out, "Content-Security-Policy: default-src 'none'\r\n");
    for (size_t i = 0; i < rp->nheaders; i++)
        add_header(out, rp->headers[i].name, rp->headers[i].value);
    buf_adds(out, cors_lines(rq));
}

/* RFC 9112 9.3: 1.1 stays open unless told, 1.0 closes unless told. */
static void add_connection(struct buf *out, const struct request *rq, bool last) {
    if (last)
        buf_adds(out, "Connection: close\r\n");
    else if (rq->version && strcmp(rq->version, "1.0") == 0)
        buf_adds(out, "Connection: keep-alive\r\n");
}

/* Of this answer alone. */
static void add_moment(struct buf *out, const struct call *c, const struct request *rq,
                       const struct reply *rp, bool last) {
    char date[30];
    clock_http_date(rp->ready ? c->now_us : clock_wall_us(), date);
    add_header(out, "Date", date);
    if (rp->ready && rp->age_s >= 0) {
        buf_adds(out, "Age: ");
        add_number(out, (uint64_t)rp->age_s);
        buf_add(out, "\r\n", 2);
    }
    if (c->request_id[0])
        add_header(out, "X-Request-Id", c->request_id);
    const char *trace = ids_traceparent(rq);
    if (trace)
        add_header(out, "traceparent", trace);
    add_connection(out, rq, last);
    buf_add(out, "\r\n", 2);
}

/* Header and body together: two writes of a small answer cost half the speed. */
static int64_t write_out(struct request *rq, struct buf *out, const struct shape *s) {
    bool body = rq->verb != VERB_HEAD && s->len > 0 && s->body;
    bool apart = body && s->len > ONE_WRITE_MOST;
    if (body && !apart)
        buf_add(out, s->body, s->len);
    if (out->failed || !rq->wire->write(rq->wire, out->data, out->len))
        return -1;
    if (!apart)
        return (int64_t)out->len;
    return rq->wire->write(rq->wire, s->body, s->len) ? (int64_t)(out->len + s->len) : -1;
}

/* Of an answer made before: its head goes out as it lies there. */
static struct shape ready_shape(struct buf *out, const struct request *rq, const struct reply *rp) {
    const struct blob_bytes *part = rp->ready->part;
    const char *header = request_header(rq, "Accept-Encoding");
    int gzip = part[BLOB_BODY_GZIP].len ? accept_encoding_quality(header, "gzip") : 0;
    struct shape s = {.status = rp->status};
    s.gzip = gzip > 0 && gzip >= accept_encoding_quality(header, "identity");
    const char *known = request_header(rq, "If-None-Match");
    if (known && etag_matches(known, part[BLOB_ETAG].at))
        s.status = 304;
    const struct blob_bytes *head =
        &part[s.status == 304 ? (s.gzip ? BLOB_UNCHANGED_GZIP : BLOB_UNCHANGED)
                              : (s.gzip ? BLOB_HEAD_GZIP : BLOB_HEAD)];
    buf_add(out, head->at, head->len);
    if (s.status == 304)
        return s;
    const struct blob_bytes *body = &part[s.gzip ? BLOB_BODY_GZIP : BLOB_BODY];
    s.body = body->at;
    s.len = body->len;
    return s;
}

int64_t reply_send(struct call *c, struct request *rq, struct reply *rp, bool last) {
    AUTO(buf) struct buf packed = {0};
    AUTO(buf) struct buf own = {0};
    struct buf *out = rq->scratch ? rq->scratch : &own;
    buf_clear(out);

    struct shape s = rp->ready ? ready_shape(out, rq, rp) : shape_of(rq, rp, &packed);
    if (!rp->ready)
        add_lasting(out, rq, rp, &s);
    add_moment(out, c, rq, rp, last || rp->close);
    rp->status = s.status;
    int64_t head = write_out(rq, out, &s);
    if (head < 0 || !rp->spool.file || s.status != 200 || rq->verb == VERB_HEAD)
        return head;
    int64_t body = spooled_write(c, rq, &rp->spool);
    return body < 0 ? -1 : head + body;
}

/* ---- ready answers ---- */

/* One head for each way in which the body may go out. */
struct blob *reply_freeze(struct call *c, const struct request *rq, const struct reply *rp) {
    AUTO(buf) struct buf packed = {0};
    AUTO(buf) struct buf heads = {0};
    if (rp->compress && rp->len >= GZIP_LEAST)
        gzip_add(&packed, rp->body, rp->len);
    bool pays = !packed.failed && packed.len > 0 && packed.len < rp->len;
    const struct shape shapes[] = {
        {.status = rp->status, .body = rp->body, .len = rp->len, .has_type = rp->type},
        {.status = rp->status,
         .body = packed.data,
         .len = packed.len,
         .has_type = rp->type,
         .gzip = true},
        {.status = 304},
        {.status = 304, .gzip = true},
    };
    size_t ends[COUNT(shapes) + 1] = {0};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (pays || !shapes[i].gzip)
            add_lasting(&heads, rq, rp, &shapes[i]);
        ends[i + 1] = heads.len;
    }
    if (!buf_ok(c, &heads))
        return NULL;
    struct blob_bytes parts[BLOB_PARTS] = {
        [BLOB_ETAG] = {rp->etag, rp->etag ? strlen(rp->etag) : 0},
        [BLOB_BODY] = {rp->body, rp->len},
        [BLOB_BODY_GZIP] = {packed.data, pays ? packed.len : 0},
    };
    for (size_t i = 0; i < COUNT(shapes); i++)
        parts[BLOB_HEAD + i] = (struct blob_bytes){heads.data + ends[i], ends[i + 1] - ends[i]};
    return blob_new(c, parts, ERR_NONE, c->now_us);
}

void reply_take_ready(struct reply *rp, struct blob *ready, int64_t age_s) {
    blob_release(rp->ready);
    rp->ready = ready;
    rp->age_s = age_s;
    rp->status = 200;
}
