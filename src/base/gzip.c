/* zlib then promises not to write to what it reads. */
#define ZLIB_CONST

#include "base/gzip.h"

#include <limits.h>
#include <zlib.h>

#include "base/buf.h"

enum {
    WINDOW = 15 + 16, /* the largest, with the header of gzip: no name, no time */
    LEVEL = 6,
    MEMORY = 8,
    PIECE = 4096,
};

/* Feeds what next_in holds; the last feed ends the member. */
static bool feed(z_stream *z, int flush, struct buf *out) {
    unsigned char piece[PIECE];
    int rc = Z_OK;
    do {
        /* cppcheck-suppress autoVariables ; deflate needs it no longer than the loop */
        z->next_out = piece;
        z->avail_out = sizeof(piece);
        rc = deflate(z, flush);
        if (rc == Z_STREAM_ERROR)
            return false;
        /* cppcheck-suppress uninitvar ; deflate wrote this much */
        buf_add(out, piece, sizeof(piece) - z->avail_out);
    } while (z->avail_out == 0);
    return flush != Z_FINISH || rc == Z_STREAM_END;
}

void gzip_add(struct buf *out, const void *bytes, size_t len) {
    if (out->failed)
        return;
    z_stream z = {0};
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        out->failed = true;
        return;
    }

    z.next_in = bytes;
    bool fine = true;
    while (fine && len > UINT_MAX) {
        z.avail_in = UINT_MAX;
        len -= UINT_MAX;
        fine = feed(&z, Z_NO_FLUSH, out);
    }
    z.avail_in = (unsigned)len;
    fine = fine && feed(&z, Z_FINISH, out);
    if (!fine)
        out->failed = true;
    (void)deflateEnd(&z);
}
