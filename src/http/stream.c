#include "http/stream.h"

#include <civetweb.h>

#include "server_inside.h"
#include "sockets.h"

enum {
    WRITE_MS = 5000,       /* to take a piece; whoever needs longer comes again */
    WAITING_BYTES = 65536, /* what the system holds for a client that does not read */
};

struct stream {
    struct outlet outlet; /* the first member */
    struct mg_connection *conn;
    struct slot *slot;
    int64_t write_ms;
    int fd; /* the library's, for looking; -1: not found */
};

/* Between two writes nothing is due; the reaper ends the one that takes too long. */
static bool write_piece(struct outlet *o, const void *bytes, size_t len) {
    struct stream *s = (struct stream *)o;
    slot_enter(s->slot, PHASE_STREAM, s->write_ms);
    int sent = mg_write(s->conn, bytes, len);
    slot_enter(s->slot, PHASE_STREAM, 0);
    return sent >= 0 && (size_t)sent == len;
}

static bool is_open(struct outlet *o) {
    const struct stream *s = (struct stream *)o;
    return s->fd < 0 || !socket_has_ended(s->fd);
}

void stream_run(struct server *server, struct mg_connection *conn, struct slot *slot,
                struct sequel *next) {
    int64_t patience = server->config.answer_ms;
    struct stream s = {
        .outlet = {write_piece, is_open},
        .conn = conn,
        .slot = slot,
        .write_ms = patience < WRITE_MS ? patience : WRITE_MS,
        .fd = finder_find(&server->finder, server->port, &slot->peer, slot->port),
    };
    slot_enter(slot, PHASE_STREAM, 0);
    if (s.fd >= 0)
        socket_narrow(s.fd, WAITING_BYTES);
    next->run(next->context, &s.outlet);
    sequel_drop(next);
}
