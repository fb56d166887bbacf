#include "view/feed.h"

#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "model/update.h"

/* This very page: the first one, and where in it by the cursor. */
static const char *self_of(struct call *c, const struct query *q) {
    if (!q->cursor)
        return q->self;
    return call_printf(c, "%s%ccursor=%s", q->self, strchr(q->self, '?') ? '&' : '?', q->cursor);
}

static bool write_feed(struct call *c, struct exchange *x, const struct feed *f, struct buf *b) {
    return x->form == FORM_ATOM ? feed_atom(c, b, f) : feed_json(c, b, f);
}

bool feed_list(struct call *c, struct exchange *x) {
    AUTO(document) struct document head_text = {0}, page_text = {0};
    AUTO(buf) struct buf b = {0};
    struct query q;
    if (!ask_read(c, x, true, &q) || !entity_list(c, x->api->pool, &updates_feed, &q, &page_text) ||
        !entity_get(c, x->api->pool, &updates_feed, &q, &head_text))
        return false;
    AUTO(doc) struct doc *head = doc_parse(c, head_text.body.data, head_text.body.len);
    AUTO(doc)
    struct doc *page = head ? doc_parse(c, page_text.body.data, page_text.body.len) : NULL;
    struct feed f = {
        .head = head,
        .page = page,
        .base = x->api->public_url,
        .self = self_of(c, &q),
        .first = q.self,
        .next = page_text.next,
        .suffix = q.plan ? call_printf(c, "?plan=%s", q.plan) : "",
    };
    if (!page || c->err || !write_feed(c, x, &f, &b))
        return false;
    x->rp->etag = reply_etag(c, 0, b.data, b.len);
    resource_describe(c, x,
                      x->form == FORM_ATOM ? "application/atom+xml; charset=utf-8"
                                           : "application/feed+json");
    reply_take_body(x->rp, &b);
    return !c->err;
}
