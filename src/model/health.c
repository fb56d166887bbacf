#include "model/health.h"

#include "base/clock.h"
#include "generated/queries.h"

bool health_check(struct call *c, struct pool *p) {
    AUTO(rows) struct rows *rows = NULL;
    return pool_read(c, p, &SQL_ready, NULL, 0, &rows);
}

bool health_is_full(struct pool *p) {
    return pool_is_full(p);
}

void health_add_metrics(struct buf *b, struct pool *p) {
    size_t idle, lent;
    pool_usage(p, &idle, &lent);
    buf_addf(b,
             "# HELP db_client_connection_count Connections to PostgreSQL\n"
             "# TYPE db_client_connection_count gauge\n"
             "db_client_connection_count{state=\"idle\"} %zu\n"
             "db_client_connection_count{state=\"used\"} %zu\n",
             idle, lent);
}

bool health_sweep(struct call *c, struct pool *p) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    AUTO(rows) struct rows *more = NULL;
    const char *params[] = {now};
    return pool_write(c, p, &SQL_idempotency_sweep, params, COUNT(params), &rows) &&
           pool_write(c, p, &SQL_deliveries_sweep, params, COUNT(params), &more);
}
