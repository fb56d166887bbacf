#include "support/memory_wire.h"

#include "support/suite.h"

static bool read_body(struct wire *w, struct call *c, size_t limit, const char **bytes,
                      size_t *len) {
    struct memory_wire *m = (struct memory_wire *)w;
    m->reads++;
    if (m->len > limit) {
        c->err = ERR_TOO_LARGE;
        return false;
    }
    *bytes = m->body;
    *len = m->len;
    return true;
}

/* The gate fills a reply and never writes. */
static bool write_nothing(struct wire *w, const void *bytes, size_t len) {
    (void)w, (void)bytes, (void)len;
    ck_abort_msg("the gate wrote to the wire");
    return false;
}

void memory_wire_init(struct memory_wire *m, const char *body, size_t len) {
    *m = (struct memory_wire){{read_body, write_nothing}, body, len, 0};
}
