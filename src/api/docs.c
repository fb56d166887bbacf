#include "ask.h"
#include "exchange.h"
#include "view/reference.h"

static bool answer(struct call *c, struct exchange *x, struct buf *page) {
    x->rp->status = 200;
    x->rp->type = "text/html; charset=utf-8";
    x->rp->compress = true;
    x->rp->cache_control = "public, max-age=300";
    x->rp->etag = reply_etag(c, 0, page->data, page->len);
    reply_header(x->rp, "Content-Security-Policy", reference_policy(c));
    reply_take_body(x->rp, page);
    return !c->err;
}

static struct doc *read_contract(struct call *c, const struct exchange *x) {
    return doc_parse(c, x->api->contract_json->bytes, x->api->contract_json->len);
}

bool docs_list(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf page = {0};
    const char *words;
    if (!ask_words(c, x, &words))
        return false;
    AUTO(doc) struct doc *contract = read_contract(c, x);
    return contract && reference_list(c, &page, contract, words) && answer(c, x, &page);
}

bool docs_operation(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf page = {0};
    if (!ask_nothing(c, x))
        return false;
    AUTO(doc) struct doc *contract = read_contract(c, x);
    return contract && reference_operation(c, &page, contract, route_arg(&x->args, "operation")) &&
           answer(c, x, &page);
}
