/* A request's head behind the lenient library: what the guard lets through, a strict reader of the
 * very bytes (RFC 9112) reads in the same way. And what is read without the library (plain.h), the
 * library and the guard would have read and let through in the same words. */
#include "head.h"

#include <stdlib.h>
#include <strings.h>

#include "fuzz.h"
#include "library.h"
#include "plain.h"
#include "text.h"

enum { BODY_MOST = 1000 };

/* Steps over the text if it stands there. */
static bool step(struct input *in, const char *text) {
    size_t len = strlen(text);
    if (in->len < len || memcmp(in->at, text, len) != 0)
        return false;
    in->at += len;
    in->len -= len;
    return true;
}

/* The absolute form names the authority that Host names. */
static bool step_authority(struct input *in, const struct request *rq) {
    const char *host = request_header(rq, "Host");
    size_t len = strlen("http://") + (host ? strlen(host) : 0);
    if (!host || in->len < len || strncasecmp(in->at, "http://", 7) != 0 ||
        strncasecmp(in->at + 7, host, len - 7) != 0)
        return false;
    in->at += len;
    in->len -= len;
    return true;
}

static bool step_target(struct input *in, const struct request *rq) {
    bool origin = in->len > 0 && *in->at == *rq->path;
    return (origin || step_authority(in, rq)) && step(in, rq->path) &&
           (!rq->query || (step(in, "?") && step(in, rq->query)));
}

/* Up to CR LF, within which neither may stand. */
static bool step_line(struct input *in, struct slice *line) {
    size_t n = 0;
    while (n < in->len && !memchr("\r\n", in->at[n], 3))
        n++;
    *line = (struct slice){in->at, n};
    in->at += n;
    in->len -= n;
    return step(in, "\r\n");
}

static bool same_header(struct slice line, const struct pair *h) {
    const char *colon = memchr(line.at, ':', line.len);
    struct slice value = {h->value, strlen(h->value)};
    if (!colon || !text_equal((struct slice){line.at, (size_t)(colon - line.at)}, h->name))
        return false;
    struct slice sent = {colon + 1, line.len - (size_t)(colon + 1 - line.at)};
    sent = text_trim(sent);
    value = text_trim(value);
    return sent.len == value.len && memcmp(sent.at, value.at, sent.len) == 0;
}

/* The library leaves nothing of the two bytes behind the version: CR CR, CR SP, LF CR and LF SP
 * cannot be told from CR LF, the one leniency that the guard cannot see. Whoever stands in front
 * refuses them, or sends CR LF instead. */
static bool step_erased(struct input *in) {
    if (in->len < 2 || !memchr("\r\n", in->at[0], 2) || !memchr("\r\n ", in->at[1], 3))
        return false;
    in->at += 2;
    in->len -= 2;
    return true;
}

/* CR, and then NUL or nothing that has arrived. */
static bool is_cut_return(const struct input *in) {
    return in->len > 0 && in->at[0] == '\r' && (in->len == 1 || in->at[1] == '\0');
}

/* A head that ended at LF LF looks like one of CR LF if that stands behind it: the second leniency.
 * It is the body's beginning, or the next request's, to whoever takes LF for a line's end; who does
 * not refuses the head. */
static bool step_end(struct input *in) {
    return step(in, "\r\n") || is_cut_return(in);
}

/* Only the last line may end in LF LF, and only before that. */
static bool step_last_line(struct input *in, struct slice *line) {
    struct input from = *in;
    if (step_line(in, line))
        return true;
    *in = from;
    const char *end = memchr(in->at, '\n', in->len);
    if (!end || memchr(in->at, '\r', (size_t)(end - in->at)))
        return false;
    *line = (struct slice){in->at, (size_t)(end - in->at)};
    in->at = end;
    in->len -= line->len;
    return step(in, "\n\n") && is_cut_return(in);
}

static bool reads_alike(struct input in, const struct request *rq) {
    struct slice line;
    (void)step(&in, "\r\n");
    if (!step(&in, rq->method) || !step(&in, " ") || !step_target(&in, rq) || !step(&in, " HTTP/"))
        return false;
    if (!step(&in, rq->version) || !step_erased(&in))
        return false;
    for (size_t i = 0; i < rq->nheaders; i++) {
        bool last = i + 1 == rq->nheaders;
        if (!(last ? step_last_line : step_line)(&in, &line) || !same_header(line, &rq->headers[i]))
            return false;
    }
    return step_end(&in);
}

/* RFC 9112 6.3, from the headers alone. */
static void check_framing(const struct request *rq) {
    const char *length = request_header(rq, "Content-Length");
    const char *coding = request_header(rq, "Transfer-Encoding");
    assert(!(length && coding));
    assert(rq->framed == (length || coding));
    assert(rq->body_length == (coding ? -1 : length ? strtoll(length, NULL, 10) : 0));
    assert(rq->body_length <= BODY_MOST && rq->has_body == (rq->body_length != 0));
}

static void try_head(struct call *c, struct input in, char *buffer) {
    struct mg_request_info info = {0};
    struct guard_ruling ruling;
    struct slot slot = {.base = buffer}; /* of a worker that has served before */
    if (in.len == 0)
        return;
    memcpy(buffer, in.at, in.len);
    if (!library_parse(buffer, in.len, &info))
        return;
    struct request *rq = call_alloc(c, sizeof(*rq));
    assert(rq && head_is_whole(&info));
    bool fine = head_read(c, rq, &info, &slot, BODY_MOST, &ruling);
    check_call(c, fine);
    (void)head_keeps_open(rq);
    if (!fine)
        return;
    assert(ruling.refusal == REFUSAL_NONE);
    assert(reads_alike(in, rq));
    check_framing(rq);
}

static void check_same(const struct request *a, const struct request *b) {
    assert(a->verb == b->verb && strcmp(a->path, b->path) == 0);
    assert(strcmp(a->version, b->version) == 0 && a->nheaders == b->nheaders);
    assert(a->query ? b->query && strcmp(a->query, b->query) == 0 : !b->query);
    for (size_t i = 0; i < a->nheaders; i++) {
        assert(strcmp(a->headers[i].name, b->headers[i].name) == 0);
        assert(strcmp(a->headers[i].value, b->headers[i].value) == 0);
    }
    assert(head_keeps_open(a) == head_keeps_open(b));
}

static void try_plain(struct call *c, struct input in, char *buffer) {
    struct mg_request_info info = {0};
    struct guard_ruling ruling;
    struct slot slot = {.base = buffer};
    char *bytes = call_alloc(c, in.len + 1);
    struct request *plain = call_alloc(c, sizeof(*plain));
    struct request *rq = call_alloc(c, sizeof(*rq));
    assert(bytes && plain && rq);
    if (in.len > 0)
        memcpy(bytes, in.at, in.len);
    if (!plain_read(bytes, in.len, plain) ||
        !guard_check(plain, REFUSAL_NONE, BODY_MOST, &ruling) || !request_parse_target(c, plain))
        return;
    assert(!ruling.framed && !ruling.has_body);
    memcpy(buffer, in.at, in.len);
    assert(library_parse(buffer, in.len, &info) && head_is_whole(&info));
    assert(head_read(c, rq, &info, &slot, BODY_MOST, &ruling) || in.len > GUARD_HEAD_MAX);
    assert(head_length(&info) == in.len);
    check_same(plain, rq);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    char *buffer = calloc(1, size + 1);
    assert(buffer);
    try_head(&c, input_of(data, size), buffer);
    memset(buffer, 0, size + 1);
    call_reset(&c, 1000);
    try_plain(&c, input_of(data, size), buffer);
    free(buffer);
    return 0;
}
