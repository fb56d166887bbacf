#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "base/metric.h"
#include "exchange.h"
#include "model/health.h"

static bool say(struct exchange *x, int status, const char *type, const char *body) {
    x->rp->status = status;
    x->rp->type = type;
    x->rp->body = body;
    x->rp->len = strlen(body);
    return true;
}

bool ops_contract(struct call *c, struct exchange *x) {
    bool yaml = strcmp(x->route->pattern, "/openapi.yaml") == 0;
    const struct embedded_file *file = yaml ? x->api->contract_yaml : x->api->contract_json;
    if (!ask_nothing(c, x))
        return false;
    x->rp->status = 200;
    x->rp->type = yaml ? "application/yaml" : "application/json";
    x->rp->body = file->bytes;
    x->rp->len = file->len;
    x->rp->compress = true;
    x->rp->cache_control = "public, max-age=300";
    x->rp->etag = reply_etag(c, 0, file->bytes, file->len);
    return x->rp->etag != NULL;
}

/* The process runs and answers: nothing else is asked. */
bool ops_livez(struct call *c, struct exchange *x) {
    return ask_nothing(c, x) && say(x, 200, "application/json", "{\"status\":\"alive\"}\n");
}

static bool is_draining(const struct exchange *x) {
    return x->api->draining && x->api->draining(x->api->draining_context);
}

/* Worth sending requests to: the database answers, its schema is this program's, and no drain has
 * begun. */
bool ops_readyz(struct call *c, struct exchange *x) {
    if (!ask_nothing(c, x))
        return false;
    if (is_draining(x))
        return fail(c, ERR_UNAVAILABLE, "this instance is shutting down");
    return health_check(c, x->api->pool) &&
           say(x, 200, "application/json", "{\"status\":\"ready\"}\n");
}

/* For a person: what runs, since when, and how the database is. Always 200, so that it can be read
 * in an outage. */
bool ops_health(struct call *c, struct exchange *x) {
    if (!ask_nothing(c, x))
        return false;
    AUTO(call)
    struct call
        look; /* the database's trouble is a part of the answer, not this request's failure */
    call_init(&look, 500);
    bool up = health_check(&look, x->api->pool);
    const char *trouble = !up                            ? look.detail
                          : health_is_full(x->api->pool) ? "the last write found the disk full"
                                                         : NULL;
    AUTO(buf) struct buf b = {0};
    buf_addf(&b, "{\"status\":\"%s\",\"version\":",
             is_draining(x) ? "draining"
             : trouble      ? "degraded"
                            : "ok");
    buf_add_json(&b, x->api->version);
    buf_addf(&b, ",\"uptime_seconds\":%lld,\"database\":{\"status\":\"%s\",\"detail\":",
             (long long)(clock_mono_us() - x->api->started_us) / 1000000, up ? "up" : "down");
    buf_add_json(&b, trouble);
    buf_adds(&b, "}}\n");
    x->rp->status = 200;
    x->rp->type = "application/json";
    reply_take_body(x->rp, &b);
    return true;
}

bool ops_metrics(struct call *c, struct exchange *x) {
    if (!ask_nothing(c, x))
        return false;
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    health_add_metrics(&b, x->api->pool);
    x->rp->status = 200;
    x->rp->type = "text/plain; version=0.0.4; charset=utf-8";
    x->rp->compress = true;
    reply_take_body(x->rp, &b);
    return true;
}
