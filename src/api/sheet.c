#include "model/sheet.h"

#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "base/spool.h"
#include "exchange.h"
#include "view/csv.h"

enum {
    KEPT_MOST = 1 << 20, /* bytes that are kept ready like any other answer; more goes to a file */
    WHOLE_MS = 30000,    /* for all of a large one */
    PAUSE_MS = 1500,     /* that the database may take over one piece of it */
};

/* A table on its way from the database to its file. */
struct making {
    struct exchange *x;
    const struct sheet *sheet;
    struct spool spool;
    size_t rows;
    int64_t began_us;
};

/*
 * A large one takes longer than a request may: as long as pieces keep coming it has its own time.
 * Nor is it one that others should wait for, since it is not kept.
 */
static void take_time(struct call *c, struct making *m) {
    int64_t now = clock_mono_us(), end = m->began_us + (int64_t)WHOLE_MS * 1000;
    int64_t next = now + (int64_t)PAUSE_MS * 1000;
    forgo(c, m->x);
    c->deadline_us = next < end ? next : end;
}

static bool add_row(void *context, struct call *c, const struct cell *cells) {
    struct making *m = context;
    csv_add_row(&m->spool.text, m->sheet, cells, m->x->dialect);
    m->rows++;
    if (m->spool.text.len <= m->spool.most)
        return true;
    take_time(c, m);
    return spool_flow(c, &m->spool);
}

/* The figures by which a receiver sees that nothing is missing: they are of the file itself,
 * whatever coding it travels in. */
static bool vouch(struct call *c, struct making *m) {
    struct reply *rp = m->x->rp;
    uint8_t digest[SHA256_SIZE];
    char *hex = call_alloc(c, SHA256_HEX);
    AUTO(buf) struct buf spelled = {0};
    if (!hex)
        return false;
    if (m->spool.file > 0)
        digest_end(&m->spool.digest, digest);
    else
        sha256(m->spool.text.data, m->spool.text.len, digest);
    hex_encode(digest, sizeof digest, hex);
    reply_header(rp, "CSV-Version", CSV_VERSION);
    reply_header(rp, "CSV-SHA256", hex);
    reply_header(rp, "X-Row-Count", call_printf(c, "%zu", m->rows));
    reply_header(rp, "Content-Disposition",
                 call_printf(c, "inline; filename=\"%s.csv\"", m->sheet->name));
    rp->etag = call_printf(c, "\"r0-%.16s\"", hex);
    rp->digest = m->spool.file <= 0;
    reply_spell_digest(&spelled, digest);
    if (buf_ok(c, &spelled) && !rp->digest)
        reply_header(rp, "Repr-Digest", call_strdup(c, spelled.data));
    return !c->err;
}

bool sheet_list(struct call *c, struct exchange *x) {
    struct query q;
    struct making m = {.x = x, .sheet = x->route->entity->sheet, .began_us = clock_mono_us()};
    m.spool.most = KEPT_MOST;
    if (!ask_read(c, x, true, &q))
        return false;
    csv_begin(&m.spool.text, m.sheet, x->dialect);
    bool done = sheet_each(c, x->api->bulk, m.sheet, &q, add_row, &m) && spool_end(c, &m.spool) &&
                vouch(c, &m);
    if (done) {
        resource_describe(c, x, "text/csv; charset=utf-8; header=present");
        reply_take_spool(x->rp, &m.spool);
    }
    spool_drop(&m.spool);
    return done;
}
