#include "pg/link.h"

#include <stdlib.h>

#include "conn.h"

struct link {
    struct pool_config config;
    const char *channel;
    struct conn conn;
};

struct link *link_new(struct call *c, const struct pool_config *config, const char *channel) {
    struct link *l = calloc(1, sizeof *l);
    if (!l) {
        (void)fail(c, ERR_NO_MEMORY, "no room for a connection");
        return NULL;
    }
    l->config = *config;
    l->channel = channel;
    return l;
}

void link_free(struct link *l) {
    if (l)
        conn_close(&l->conn);
    free(l);
}

bool link_open(struct call *c, struct link *l) {
    if (l->conn.pg)
        return true;
    const char *listen = call_printf(c, "listen %s", l->channel);
    if (listen && conn_open(c, &l->conn, &l->config) && conn_script(c, &l->conn, listen, NULL))
        return true;
    conn_close(&l->conn);
    return false;
}

bool link_run(struct call *c, struct link *l, const struct stmt *s, const char *const *params,
              size_t count, struct rows **out) {
    if (!link_open(c, l))
        return false;
    enum conn_end end = conn_run(c, &l->conn, s, l->config.prepare, params, count, out);
    if (end == CONN_DONE)
        return true;
    if (end != CONN_REFUSED)
        conn_close(&l->conn);
    return c->err ? false : fail(c, ERR_UNAVAILABLE, "the database does not answer now");
}

int link_fd(const struct link *l) {
    return l->conn.pg ? PQsocket(l->conn.pg) : -1;
}

bool link_heard(struct link *l) {
    bool heard = false;
    if (!l->conn.pg)
        return false;
    if (!PQconsumeInput(l->conn.pg))
        conn_close(&l->conn);
    for (PGnotify *n; l->conn.pg && (n = PQnotifies(l->conn.pg)); PQfreemem(n))
        heard |= n->be_pid != PQbackendPID(l->conn.pg);
    return heard;
}
