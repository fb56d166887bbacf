#include "server_inside.h"

#include <civetweb.h>
#include <string.h>

#include "base/clock.h"
#include "body.h"
#include "cors.h"
#include "guard.h"
#include "head.h"
#include "metrics.h"
#include "spare.h"

enum {
    PIECE = 65536, /* of an answer, each with a deadline of its own */
    STREAK = 8     /* answers out of the cache, after which a connection is lent */
};

/* A deadline for each piece: who stalls is cut soon, who is merely slow goes on to the end. */
static bool write_piece(const struct line *line, const char *bytes, size_t len) {
    slot_enter(line->slot, PHASE_ANSWER, line->server->config.answer_ms);
    int sent = mg_write(line->conn, bytes, len);
    return sent >= 0 && (size_t)sent == len;
}

bool exchange_write(struct wire *w, const void *bytes, size_t len) {
    const struct line *line = (const struct line *)w;
    const char *at = bytes;
    for (; len > PIECE; at += PIECE, len -= PIECE) {
        if (!write_piece(line, at, PIECE))
            return false;
    }
    return write_piece(line, at, len);
}

/* Without memory for more. */
static int turn_away(struct mg_connection *conn) {
    (void)mg_write(conn, SPARE_ANSWER, SPARE_ANSWER_LENGTH);
    mg_disable_connection_keep_alive(conn);
    return 503;
}

/* The client behind a trusted proxy. */
static const char *spoken_for(const struct server *s, struct desk *d, const struct slot *slot) {
    struct address client = proxies_client(&s->proxies, &slot->peer, &d->rq);
    char *text = call_alloc(&d->call, ADDRESS_TEXT);
    if (text)
        address_client_text(&client, text);
    return text;
}

void exchange_introduce(struct server *s, struct desk *d, struct mg_connection *conn,
                        struct slot *slot) {
    struct request *rq = &d->rq;
    const char *expect = request_header(rq, "Expect");
    d->line = (struct line){
        .wire = {body_read, exchange_write},
        .conn = conn,
        .server = s,
        .slot = slot,
        .body_length = rq->body_length,
        .wants_continue = expect && strcasecmp(expect, "100-continue") == 0 &&
                          strcmp(rq->version, "1.1") == 0,
    };
    rq->wire = &d->line.wire;
    rq->scratch = &d->scratch;
    ids_take(&d->ids, &d->call, rq);

    rq->client = slot->text;
    if (slot->proxy)
        rq->client = spoken_for(s, d, slot);
}

/* The handler's answer, or the problem that it or the guard had. */
static void answer(struct server *s, struct desk *d) {
    struct call *c = &d->call;
    bool fine = c->err == ERR_NONE;
    if (fine && cors_is_preflight(&d->rq))
        cors_preflight(&d->rp);
    else if (fine)
        fine = s->handler.run(s->handler.context, c, &d->rq, &d->rp);
    if (fine && d->rp.status == 0)
        fine = fail(c, ERR_INTERNAL, "the handler of %s left no status", d->rq.path);
    if (fine)
        return;
    if (c->err == ERR_NONE)
        (void)fail(c, ERR_INTERNAL, "the handler of %s failed without an error", d->rq.path);
    reply_problem(c, &d->rq, &d->rp);
}

/* True when nobody can be sure where a next request would begin. After chunks neither: the library
 * reads them leniently. */
static bool is_doubtful(const struct desk *d) {
    const struct line *line = &d->line;
    bool unread = line->body_length != 0 && line->state != BODY_READ;
    return unread || line->body_length < 0 || d->call.err == ERR_LENGTH_REQUIRED;
}

static bool is_last(const struct server *s, const struct desk *d, enum cut cut) {
    return cut != CUT_NONE || is_doubtful(d) || !head_keeps_open(&d->rq) || server_draining(s) ||
           reaper_is_crowded(s->reaper);
}

/* Sends the answer, and sees to what follows on the connection. What the answer goes on with stays
 * in the reply where there is somebody to take it. */
static int finish(struct server *s, struct desk *d, bool last, int64_t began_us) {
    last = last || d->rp.sequel.run;
    int64_t sent = reply_send(&d->call, &d->rq, &d->rp, last);
    int status = d->rp.status;
    access_record(s, &d->call, &d->rq, &d->rp, sent, clock_mono_us() - began_us);
    if (sent < 0 || d->rq.verb == VERB_HEAD)
        sequel_drop(&d->rp.sequel);
    if (last || d->rp.close || sent < 0) {
        body_linger(&d->line);
        mg_disable_connection_keep_alive(d->line.conn);
    }
    return status;
}

/* The library ends a connection that stays idle; what takes longer is a head in pieces. */
void exchange_await_next(const struct server *s, struct slot *slot) {
    slot_enter(slot, PHASE_IDLE, s->config.keep_alive_ms + s->config.head_ms);
}

int exchange_run(struct server *s, struct mg_connection *conn, struct slot *slot) {
    int64_t began = clock_mono_us();
    enum cut cut = slot_begin(&s->slots, slot);
    struct desk *d = desk_take(&s->desks, s->config.budget_ms);
    if (!d)
        return turn_away(conn);

    metrics_active(1);
    struct guard_ruling ruling;
    bool fine = head_read(&d->call, &d->rq, mg_get_request_info(conn), slot, s->config.max_body,
                          &ruling);
    metrics_refusal(ruling.refusal);
    exchange_introduce(s, d, conn, slot);
    slot->taken += fine ? head_length(mg_get_request_info(conn)) + (uint64_t)d->rq.body_length : 0;
    answer(s, d);
    bool last = !fine || is_last(s, d, cut);
    slot->streak = d->rp.ready && !last ? slot->streak + 1 : 0;
    int status = finish(s, d, last, began);
    struct sequel next = d->rp.sequel; /* it may last for days: the desk is for others */
    d->rp.sequel = (struct sequel){0};
    desk_give(&s->desks, d);
    metrics_active(-1);
    if (next.context)
        stream_run(s, conn, slot, &next);
    exchange_await_next(s, slot);
    if (slot->streak == STREAK && s->kept)
        lent_run(s, conn, slot);
    return status;
}

/* Whether the head's time was up: the library has its own clock for those on a connection that is
 * in use already. */
static bool was_slow(const struct server *s, struct slot *slot) {
    int64_t since_us = 0;
    enum phase phase = slot_phase(slot, &since_us);
    int64_t allowed = phase == PHASE_IDLE ? s->config.keep_alive_ms : s->config.head_ms;
    return slot_cut(slot) == CUT_HEAD || clock_mono_us() - since_us >= allowed * 1000;
}

/* Why the library gave up: the first that fits of a slow client, an oversized head, what the guard
 * sees, anything else. */
static void explain(struct server *s, struct desk *d, const struct mg_request_info *info,
                    struct slot *slot, bool slow, int status) {
    struct call *c = &d->call;
    struct guard_ruling r = {0};
    if (slow) {
        (void)fail(c, ERR_TIMEOUT, "the head did not arrive in time");
        return;
    }
    if (status == 413)
        (void)guard_refuse(&r, REFUSAL_HEADERS);
    else if (!head_is_whole(info) || head_read(c, &d->rq, info, slot, s->config.max_body, &r))
        (void)guard_refuse(&r, REFUSAL_LIBRARY);
    metrics_refusal(r.refusal);
    (void)fail(c, r.err, "%s", status == 505 ? "HTTP/1.0 and HTTP/1.1 are spoken here" : r.detail);
}

void exchange_unread(struct server *s, struct mg_connection *conn, struct slot *slot, int status) {
    int64_t began = clock_mono_us();
    slot->ended = true;
    bool slow = was_slow(s, slot);
    (void)slot_begin(&s->slots, slot);
    struct desk *d = desk_take(&s->desks, s->config.budget_ms);
    if (!d) {
        (void)turn_away(conn);
        return;
    }
    d->rq.verb = VERB_OTHER;
    explain(s, d, mg_get_request_info(conn), slot, slow, status);
    exchange_introduce(s, d, conn, slot);
    d->line.body_length = 0;
    answer(s, d);
    (void)finish(s, d, true, began);
    desk_give(&s->desks, d);
}

static void answer_asterisk(struct reply *rp) {
    rp->status = 204;
    reply_header(rp, "Allow", "GET, HEAD, POST, PUT, PATCH, OPTIONS");
}

void exchange_left(struct server *s, struct mg_connection *conn, struct slot *slot) {
    const struct mg_request_info *info = mg_get_request_info(conn);
    if (slot->ended || !info->request_uri || info->local_uri)
        return;
    int64_t began = clock_mono_us();
    (void)slot_begin(&s->slots, slot);
    struct desk *d = desk_take(&s->desks, s->config.budget_ms);
    if (!d) {
        (void)turn_away(conn);
        return;
    }
    struct guard_ruling ruling;
    bool fine = head_read(&d->call, &d->rq, info, slot, s->config.max_body, &ruling);
    metrics_refusal(ruling.refusal);
    exchange_introduce(s, d, conn, slot);
    if (fine && d->rq.verb == VERB_OPTIONS && strcmp(info->request_uri, "*") == 0)
        answer_asterisk(&d->rp);
    else
        (void)fail(&d->call, ERR_MALFORMED, "the target is not one of this server");
    if (d->rp.status == 0)
        reply_problem(&d->call, &d->rq, &d->rp);
    (void)finish(s, d, true, began);
    desk_give(&s->desks, d);
}
