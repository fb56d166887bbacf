/* What other sites put on their pages: the widget, pages for frames, badges, fragments. */
#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "model/goal.h"
#include "model/objective.h"
#include "model/plan.h"
#include "view/glance.h"
#include "view/paste.h"
#include "view/widget.h"

/* Whoever isolates a page from other origins has to be told that these are for it. */
static void share(struct exchange *x) {
    reply_header(x->rp, "Cross-Origin-Resource-Policy", "cross-origin");
}

static bool reply_with(struct call *c, struct exchange *x, const char *type, struct buf *b) {
    x->rp->etag = reply_etag(c, 0, b->data, b->len);
    resource_describe(c, x, type);
    share(x);
    reply_header(x->rp, "Content-Language", lang_tag(x->lang));
    reply_take_body(x->rp, b);
    return !c->err;
}

static bool reply_html(struct call *c, struct exchange *x, const char *policy, struct buf *b) {
    reply_header(x->rp, "Content-Security-Policy", policy);
    return policy && reply_with(c, x, "text/html; charset=utf-8", b);
}

/* ---- the script ---- */

/* An edition is for ever what it is; which one is the newest may change with every release. */
bool widget_get(struct call *c, struct exchange *x) {
    const struct embedded_file *file = widget_file();
    const char *asked = route_arg(&x->args, "edition");
    char edition[WIDGET_EDITION];
    widget_edition(edition);
    if (!ask_nothing(c, x))
        return false;
    if (asked && strcmp(asked, edition) != 0)
        return fail(c, ERR_NOT_FOUND,
                    "this edition is not served here; /embed names the one that is");
    x->rp->status = 200;
    x->rp->type = "text/javascript; charset=utf-8";
    x->rp->body = file->bytes;
    x->rp->len = file->len;
    x->rp->compress = true;
    x->rp->cache_control = asked ? "public, max-age=31536000, immutable"
                                 : "public, max-age=300, stale-while-revalidate=3600, "
                                   "stale-if-error=604800";
    x->rp->etag = reply_etag(c, 0, file->bytes, file->len);
    share(x);
    return x->rp->etag != NULL;
}

/* ---- what it shows, without a script ---- */

static const struct {
    const struct entity *entity;
    enum glance_kind kind;
    const char *include;
} KINDS[] = {
    {&summary, GLANCE_PLAN, NULL},
    {&goals, GLANCE_GOAL, "latest_update"},
    {&objectives, GLANCE_OBJECTIVE, "latest_update"},
};

/* One of the three faces of what the route is about. */
static bool look(struct call *c, struct exchange *x, struct buf *b,
                 bool (*write)(struct call *c, struct buf *b, const struct glance *g)) {
    AUTO(document) struct document text = {0};
    struct query q;
    size_t kind = 0;
    while (KINDS[kind].entity != x->route->entity)
        kind++;
    if (!ask_read(c, x, false, &q))
        return false;
    q.include = KINDS[kind].include;
    if (!entity_get(c, x->api->pool, x->route->entity, &q, &text))
        return false;
    AUTO(doc) struct doc *d = doc_parse(c, text.body.data, text.body.len);
    const struct glance g = {
        .kind = KINDS[kind].kind,
        .doc = d,
        .base = x->api->public_url,
        .lang = x->lang,
    };
    return d && write(c, b, &g);
}

bool embed_page(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    return look(c, x, &b, glance_page) &&
           reply_html(c, x, glance_policy(c, x->api->embed_hosts), &b);
}

bool embed_fragment(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    return look(c, x, &b, glance_fragment) &&
           reply_html(c, x, "default-src 'none'; frame-ancestors 'none'", &b);
}

bool embed_badge(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    return look(c, x, &b, glance_badge) && reply_with(c, x, "image/svg+xml", &b);
}

/* ---- the lines to paste ---- */

static bool read_all(struct call *c, struct exchange *x, struct query *q, struct document *whole,
                     struct document *all) {
    if (!ask_read(c, x, false, q) || !entity_get(c, x->api->pool, &summary, q, whole))
        return false;
    q->filters = "{}";
    q->self = "/objectives";
    q->limit = QUERY_LIMIT_MOST;
    return entity_list(c, x->api->pool, &objectives, q, all);
}

bool embed_index(struct call *c, struct exchange *x) {
    AUTO(document) struct document whole_text = {0}, all_text = {0};
    AUTO(buf) struct buf b = {0};
    struct query q;
    if (!read_all(c, x, &q, &whole_text, &all_text))
        return false;
    AUTO(doc) struct doc *whole = doc_parse(c, whole_text.body.data, whole_text.body.len);
    AUTO(doc)
    struct doc *all = whole ? doc_parse(c, all_text.body.data, all_text.body.len) : NULL;
    const struct paste p = {
        .summary = whole,
        .objectives = all,
        .base = x->api->public_url,
        .plan = q.plan,
        .hosts = x->api->embed_hosts,
        .lang = x->lang,
    };
    return all && paste_page(c, &b, &p) && reply_html(c, x, paste_policy(c), &b);
}
