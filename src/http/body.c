#include "body.h"

#include <civetweb.h>
#include <string.h>

#include "base/clock.h"
#include "server_inside.h"
#include "slots.h"

enum {
    PIECE = 4096,
    LINGER_MS = 2000,
    LINGER_MOST = 32 << 20 /* twice the longest body that any route takes */
};

static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* One call of the library gathers all len bytes; its own timeout starts anew with every byte, so it
 * is the reaper that ends it. */
static bool read_sized(struct line *line, struct call *c, size_t len) {
    char *body = call_alloc(c, len + 1);
    if (!body)
        return false;
    int got = mg_read(line->conn, body, len);
    line->body = body;
    line->len = len;
    return got >= 0 && (size_t)got == len;
}

/* True at the end of a well-formed chunked body; over the limit reading stops. */
static bool read_chunks(struct line *line, size_t limit) {
    char piece[PIECE];
    int got;
    buf_adds(&line->chunks, "");
    while ((got = mg_read(line->conn, piece, sizeof(piece))) > 0) {
        buf_add(&line->chunks, piece, (size_t)got);
        if (line->chunks.len > limit || line->chunks.failed)
            break;
    }
    line->body = line->chunks.data;
    line->len = line->chunks.len;
    return got >= 0;
}

static bool explain(struct line *line, struct call *c) {
    if (slot_cut(line->slot) == CUT_BODY)
        return fail(c, ERR_TIMEOUT, "the body did not arrive in time");
    if (line->body_length < 0)
        return fail(c, ERR_MALFORMED, "the chunks of the body cannot be read");
    return fail(c, ERR_MALFORMED, "the body ended before its length");
}

static bool read_all(struct line *line, struct call *c, size_t limit) {
    if (line->wants_continue)
        (void)mg_write(line->conn, go_on, sizeof(go_on) - 1);

    int64_t began = clock_mono_us();
    slot_enter(line->slot, PHASE_BODY, line->server->config.body_ms);
    bool whole = line->body_length < 0 ? read_chunks(line, limit)
                                       : read_sized(line, c, (size_t)line->body_length);
    slot_enter(line->slot, PHASE_WORK, 0);
    c->deadline_us += clock_mono_us() - began; /* a slow line takes nothing from the work's time */
    if (c->err != ERR_NONE)
        return false;
    if (!whole)
        return explain(line, c);
    if (line->body_length < 0 && !buf_ok(c, &line->chunks))
        return false;
    if (line->len > limit)
        return fail(c, ERR_TOO_LARGE, "a body of %zu bytes is taken here", limit);
    return true;
}

bool body_read(struct wire *w, struct call *c, size_t limit, const char **bytes, size_t *len) {
    struct line *line = (struct line *)w;
    if (line->state == BODY_UNREAD)
        line->state = read_all(line, c, limit) ? BODY_READ : BODY_BROKEN;
    if (line->state == BODY_BROKEN)
        return fail(c, ERR_MALFORMED, "the body could not be read");
    if (line->len > limit)
        return fail(c, ERR_TOO_LARGE, "a body of %zu bytes is taken here", limit);
    *bytes = line->body;
    *len = line->len;
    return true;
}

void body_linger(struct line *line) {
    /* A client that waits for 100 Continue sends nothing; one whose body broke off neither. */
    if (line->state != BODY_UNREAD || line->body_length == 0 || line->wants_continue)
        return;
    char piece[PIECE];
    int64_t deadline = clock_mono_us() + LINGER_MS * 1000;
    size_t left = LINGER_MOST;
    slot_enter(line->slot, PHASE_LINGER, LINGER_MS);
    while (left >= sizeof(piece) && clock_mono_us() < deadline &&
           mg_read(line->conn, piece, sizeof(piece)) > 0)
        left -= sizeof(piece);
    line->state = BODY_BROKEN;
}
