#include "view/staff.h"
#include "ask.h"
#include "exchange.h"

/* The page for staff, and what a key may know of itself. The page is public and holds no data: all
 * that it shows comes by requests that bring a key. */

bool staff_page(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    if (!ask_nothing(c, x) || !staff_shell(c, &b, x->lang))
        return false;
    x->rp->etag = reply_etag(c, 0, b.data, b.len);
    resource_describe(c, x, "text/html; charset=utf-8");
    reply_header(x->rp, "Content-Security-Policy", staff_policy(c));
    reply_header(x->rp, "Content-Language", lang_tag(x->lang));
    reply_take_body(x->rp, &b);
    return !c->err;
}

/* Asked for anew each time, since they only fit each other: a 304 nearly always. */
bool staff_file(struct call *c, struct exchange *x) {
    const char *type = NULL;
    const struct embedded_file *file = staff_find(route_arg(&x->args, "name"), &type);
    if (!ask_nothing(c, x))
        return false;
    if (!file)
        return fail(c, ERR_NOT_FOUND, "the staff page has no such file");
    x->rp->etag = reply_etag(c, 0, file->bytes, file->len);
    resource_describe(c, x, type);
    x->rp->cache_control = "public, no-cache";
    x->rp->body = file->bytes;
    x->rp->len = file->len;
    return !c->err;
}

bool staff_key(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    if (!ask_nothing(c, x) || !key_tell(c, x->api->pool, &b))
        return false;
    x->rp->status = 200;
    x->rp->type = "application/json";
    reply_take_body(x->rp, &b);
    return true;
}
