#include "model/pull.h"

#include "ask.h"
#include "exchange.h"

/*
 * GET /changes: asked of the database each time, since an instance's cache may be a second behind
 * what another has committed. The ETag moves with the answer alone, so who asks with it and finds
 * nothing new pays for no body and no allowance.
 */
bool pull_list(struct call *c, struct exchange *x) {
    AUTO(document) struct document d = {0};
    struct query q;
    if (!ask_changes(c, x, &q) || !pull_page(c, x->api->pool, &q, &d))
        return false;
    x->rp->etag = reply_etag(c, 0, d.body.data, d.body.len);
    resource_describe(c, x, "application/json");
    x->rp->cache_control = "no-cache";
    if (d.next)
        reply_header(x->rp, "Link", call_printf(c, "<%s>; rel=\"next\"", d.next));
    reply_take_body(x->rp, &d.body);
    return !c->err;
}
