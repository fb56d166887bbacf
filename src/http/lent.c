#include "server_inside.h"

#include <civetweb.h>

#include "base/clock.h"
#include "guard.h"
#include "head.h"
#include "kept.h"
#include "metrics.h"
#include "plain.h"
#include "sockets.h"

/*
 * What comes on a lent connection. The bytes are looked at where they lie in the socket. Only where
 * they are one plain request, and its answer lies ready, are they taken and answered; the library,
 * which reads everything else, never learns of them.
 */

/* ---- the watcher's side ---- */

/* Sends what there is room for: a watcher waits for nobody. */
static bool offer(struct wire *w, const void *bytes, size_t len) {
    struct line *line = (struct line *)w;
    struct slice *rest = &line->rest[line->rest[0].len > 0];
    ssize_t sent = rest == line->rest ? socket_offer(line->slot->fd, bytes, len) : 0;
    if (sent < 0)
        return false;
    *rest = (struct slice){(const char *)bytes + sent, len - (size_t)sent};
    return true;
}

/* True when the library would read these bytes as one request, no more and no less, and would keep
 * the connection open after it. */
static bool is_sure(const struct server *s, struct desk *d, char *head, size_t len) {
    struct request *rq = &d->rq;
    struct guard_ruling ruling;
    return plain_read(head, len, rq) &&
           guard_check(rq, REFUSAL_NONE, s->config.max_body, &ruling) && head_keeps_open(rq) &&
           request_parse_target(&d->call, rq);
}

static void settle(struct server *s, struct desk *d) {
    const struct line *line = &d->line;
    access_record(s, &d->call, &d->rq, &d->rp, line->sent, clock_mono_us() - line->began_us);
    desk_give(&s->desks, d);
    metrics_active(-1);
}

static enum look send_ready(struct server *s, struct desk *d, struct desk **rest) {
    metrics_active(1);
    metrics_lent();
    if (d->call.err != ERR_NONE)
        reply_problem(&d->call, &d->rq, &d->rp);
    d->line.sent = reply_send(&d->call, &d->rq, &d->rp, false);
    if (d->line.rest[0].len > 0) {
        *rest = d;
        return LOOK_BEGUN;
    }
    enum look look = d->line.sent < 0 ? LOOK_OVER : LOOK_ANSWERED;
    settle(s, d);
    return look;
}

enum look lent_look(struct server *s, struct slot *slot, char *head, size_t size,
                    struct desk **rest) {
    ssize_t len = socket_peek(slot->fd, head, size);
    if (len <= 0)
        return len < 0 ? LOOK_NOTHING : LOOK_OVER;
    int64_t began = clock_mono_us();
    if (slot_cut(slot) != CUT_NONE || server_draining(s) || reaper_is_crowded(s->reaper))
        return LOOK_STRANGE;
    struct desk *d = desk_take(&s->desks, s->config.budget_ms);
    if (d && is_sure(s, d, head, (size_t)len)) {
        exchange_introduce(s, d, NULL, slot);
        d->line.wire.write = offer;
        d->line.began_us = began;
        if (s->handler.recall(s->handler.context, &d->call, &d->rq, &d->rp) &&
            socket_skip(slot->fd, (size_t)len)) {
            slot->taken += (uint64_t)len;
            return send_ready(s, d, rest);
        }
    }
    desk_give(&s->desks, d);
    return LOOK_STRANGE;
}

/* ---- the worker's side ---- */

/* Sends the end of an answer that a watcher began; false when the client has gone. */
static bool finish(struct server *s, struct mg_connection *conn, struct desk *d) {
    struct line *line = &d->line;
    struct slot *slot = line->slot;
    line->conn = conn;
    bool fine = true;
    for (size_t i = 0; fine && i < COUNT(line->rest) && line->rest[i].len > 0; i++)
        fine = exchange_write(&line->wire, line->rest[i].at, line->rest[i].len);
    if (!fine)
        line->sent = -1;
    settle(s, d);
    exchange_await_next(s, slot);
    return fine;
}

/* Where the system has given out more bytes than our requests had, the library holds the beginning
 * of a next one. */
static bool has_read_on(const struct slot *slot) {
    return socket_taken(slot->fd) != (int64_t)slot->taken;
}

void lent_run(struct server *s, struct mg_connection *conn, struct slot *slot) {
    struct desk *rest = NULL;
    slot->streak = 0;
    if (slot->fd == -1) {
        slot->fd = finder_find(&s->finder, s->port, &slot->peer, slot->port);
        slot->fd = slot->fd < 0 ? -2 : slot->fd;
    }
    if (slot->fd < 0 || has_read_on(slot))
        return;
    bool open = kept_lend(s->kept, slot, &rest);
    if (rest)
        open = finish(s, conn, rest);
    if (!open)
        mg_disable_connection_keep_alive(conn);
}
