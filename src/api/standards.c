/* The plan and its data for programs that know open standards: StratML, and catalogues. */
#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "model/department.h"
#include "model/goal.h"
#include "model/measure.h"
#include "model/objective.h"
#include "model/plan.h"
#include "view/catalog.h"
#include "view/stratml.h"

/* All of them: a limit is for who asks by pages. */
enum { ALL_OF_THEM = 1000000 };

static const char *suffix_of(struct call *c, const char *slug) {
    return slug ? call_printf(c, "?plan=%s", slug) : "";
}

static bool reply_with(struct call *c, struct exchange *x, const char *type, struct buf *b) {
    x->rp->etag = reply_etag(c, 0, b->data, b->len);
    resource_describe(c, x, type);
    reply_take_body(x->rp, b);
    return !c->err;
}

/* ---- StratML ---- */

static const struct {
    const struct entity *entity;
    const char *include;
} PARTS[] = {{&goals, NULL},
             {&objectives, "latest_update"},
             {&measures, NULL},
             {&departments, NULL}};

struct parts {
    struct doc *plan, *list[COUNT(PARTS)];
};

static void parts_auto(struct parts *p) {
    doc_free(p->plan);
    for (size_t i = 0; i < COUNT(PARTS); i++)
        doc_free(p->list[i]);
}

static bool read_parts(struct call *c, struct exchange *x, const struct query *asked,
                       struct parts *p) {
    AUTO(document) struct document whole = {0};
    if (!entity_get(c, x->api->pool, &plan, asked, &whole))
        return false;
    p->plan = doc_parse(c, whole.body.data, whole.body.len);
    for (size_t i = 0; p->plan && !c->err && i < COUNT(PARTS); i++) {
        AUTO(document) struct document text = {0};
        struct query q = *asked;
        q.include = PARTS[i].include;
        q.filters = "{}";
        q.limit = ALL_OF_THEM;
        q.self = "/";
        if (entity_list(c, x->api->pool, PARTS[i].entity, &q, &text))
            p->list[i] = doc_parse(c, text.body.data, text.body.len);
    }
    return !c->err;
}

bool stratml_get(struct call *c, struct exchange *x) {
    AUTO(parts) struct parts p = {0};
    AUTO(buf) struct buf b = {0};
    struct query q;
    if (!ask_read(c, x, false, &q) || !read_parts(c, x, &q, &p))
        return false;
    struct stratml s = {
        .plan = p.plan,
        .goals = p.list[0],
        .objectives = p.list[1],
        .measures = p.list[2],
        .departments = p.list[3],
        .as_of = q.as_of,
        .source = call_printf(c, "%s%s%s", x->api->public_url, x->route->pattern,
                              suffix_of(c, q.plan)),
        .contact = x->api->contact,
    };
    return stratml_write(c, &b, &s) && reply_with(c, x, "application/xml; charset=utf-8", &b);
}

/* ---- DCAT-US ---- */

bool catalog_get(struct call *c, struct exchange *x) {
    AUTO(document) struct document text = {0};
    AUTO(buf) struct buf b = {0};
    struct query q = {0};
    if (!ask_plan(c, x, &q.plan) || c->err ||
        !entity_get(c, x->api->pool, x->route->entity, &q, &text))
        return false;
    AUTO(doc) struct doc *head = doc_parse(c, text.body.data, text.body.len);
    struct catalog k = {
        .head = head,
        .base = x->api->public_url,
        .suffix = suffix_of(c, q.plan),
        .contact = x->api->contact,
        .license = x->api->license,
    };
    return head && catalog_dcat(c, &b, &k) && reply_with(c, x, "application/json", &b);
}
