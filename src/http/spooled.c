#include "reply_inside.h"

enum { PIECE = 65536 };

int64_t spooled_write(struct call *c, struct request *rq, const struct spool *spool) {
    char *piece = call_alloc(c, PIECE);
    size_t sent = 0;
    while (piece && sent < spool->filed) {
        ptrdiff_t got = spool_read(spool, sent, piece, PIECE);
        if (got <= 0 || !rq->wire->write(rq->wire, piece, (size_t)got))
            break;
        sent += (size_t)got;
    }
    return sent == spool->filed ? (int64_t)sent : -1;
}
