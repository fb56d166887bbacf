#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "live/cache.h"
#include "model/update.h"

#define PUBLIC_CACHE "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"

/* ---- reads ---- */

/* A refused or unchanged answer costs its asker nothing (api.md): what was taken at the gate goes
 * back. */
static void refund_unchanged(struct exchange *x) {
    const char *known = request_header(x->rq, "If-None-Match");
    if (known && x->rp->etag && etag_matches(known, x->rp->etag))
        limiter_return(x->api->reads, x->rq->client);
}

void resource_describe(struct call *c, struct exchange *x, const char *type) {
    x->rp->status = 200;
    x->rp->type = type;
    x->rp->compress = true;
    x->rp->cache_control = c->who ? "no-store" : PUBLIC_CACHE;
    if (!c->who)
        refund_unchanged(x);
}

static bool reply_document(struct call *c, struct exchange *x, struct document *d) {
    x->rp->etag = reply_etag(c, d->revision, d->body.data, d->body.len);
    resource_describe(c, x, "application/json");
    if (d->next)
        reply_header(x->rp, "Link", call_printf(c, "<%s>; rel=\"next\"", d->next));
    reply_take_body(x->rp, &d->body);
    return x->rp->etag != NULL;
}

static const struct entity *entity_of(const struct exchange *x) {
    return x->reads_drafts ? &drafts : x->route->entity;
}

bool resource_list(struct call *c, struct exchange *x) {
    AUTO(document) struct document d = {0};
    struct query q;
    return ask_read(c, x, true, &q) && entity_list(c, x->api->pool, entity_of(x), &q, &d) &&
           reply_document(c, x, &d);
}

bool resource_get(struct call *c, struct exchange *x) {
    AUTO(document) struct document d = {0};
    struct query q;
    return ask_read(c, x, false, &q) && entity_get(c, x->api->pool, entity_of(x), &q, &d) &&
           reply_document(c, x, &d);
}

/* ---- writes ---- */

/* Before the writer is answered, so that whoever hears of the write sees it. */
static void spread(const struct exchange *x) {
    if (x->api->cache)
        cache_touch(x->api->cache, x->route->operation->touches);
    if (x->api->cache && (x->route->operation->flags & OPERATION_ERASES))
        cache_erase(x->api->cache);
    if (x->api->wrote)
        x->api->wrote(x->api->wrote_context);
}

/* A thousand reports may take longer than a statement of one may. */
static struct pool *pool_of(const struct exchange *x) {
    bool is_long = x->route->operation->flags & OPERATION_RAW;
    return is_long && x->api->bulk ? x->api->bulk : x->api->pool;
}

bool resource_run(struct call *c, struct exchange *x, struct outcome *out) {
    bool done = operation_run(c, pool_of(x), x->route->operation, &x->intent, out);
    if ((done || c->err == ERR_OUTCOME_UNKNOWN) && !x->intent.dry_run)
        spread(x);
    return done;
}

bool resource_answer(struct call *c, struct exchange *x, const struct outcome *out,
                     const char *type, struct buf *body) {
    if (!buf_ok(c, body))
        return false;
    x->rp->status = out->status;
    x->rp->type = type;
    x->rp->etag = x->intent.dry_run ? NULL : reply_etag(c, out->revision, body->data, body->len);
    if (out->location)
        reply_header(x->rp, "Location", call_strdup(c, out->location));
    if (out->replayed)
        reply_header(x->rp, "Idempotent-Replayed", "true");
    reply_take_body(x->rp, body);
    return !c->err;
}

bool resource_tell(struct call *c, struct exchange *x, const struct outcome *out) {
    AUTO(buf) struct buf body = {0};
    buf_add(&body, out->body, out->len);
    buf_addc(&body, '\n');
    return resource_answer(c, x, out, "application/json", &body);
}

bool resource_write(struct call *c, struct exchange *x) {
    AUTO(outcome) struct outcome out = {0};
    bool (*tell)(struct call * c, struct exchange * x,
                 const struct outcome *out) = x->form == FORM_HTML ? page_preview : resource_tell;
    return ask_write(c, x) && resource_run(c, x, &out) && tell(c, x, &out);
}
