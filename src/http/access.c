#include "server_inside.h"

#include <string.h>

#include "metrics.h"

static enum log_level level_of(int status) {
    return status >= 500 && status != 503 ? LOG_ERROR : LOG_INFO;
}

/* A key belongs into a header; whoever puts one into the path shall not have it in our log too. */
static const char *shown(const char *path) {
    return path && strstr(path, "cip_") ? "(withheld: it holds a key)" : path;
}

/* No query, no header: they may hold secrets. What went wrong in here is said here and nowhere
 * else. */
void access_record(const struct server *s, const struct call *c, const struct request *rq,
                   const struct reply *rp, int64_t bytes, int64_t us) {
    metrics_request(rq->verb, rp->status, us);
    if (!s->config.log)
        return;
    bool ours = rp->status >= 500;
    const struct log_field fields[] = {
        {.name = "method", .type = LOG_TEXT, .text = rq->method},
        {.name = "route", .type = LOG_TEXT, .text = rq->route},
        {.name = "path", .type = LOG_TEXT, .text = shown(rq->path)},
        {.name = "status", .type = LOG_INT, .number = rp->status},
        {.name = "bytes", .type = LOG_INT, .number = bytes},
        {.name = "duration_us", .type = LOG_INT, .number = us},
        {.name = "client", .type = LOG_TEXT, .text = rq->client},
        {.name = "request_id", .type = LOG_TEXT, .text = c->request_id},
        {.name = ours ? "error" : NULL, .type = ours ? LOG_TEXT : LOG_END, .text = c->detail},
        {.type = LOG_END},
    };
    log_line(s->config.log, level_of(rp->status), "request", fields);
}
