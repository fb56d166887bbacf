#include <string.h>

#include "ask.h"
#include "base/buf.h"
#include "exchange.h"
#include "model/department.h"
#include "model/goal.h"
#include "model/measure.h"
#include "model/objective.h"
#include "model/plan.h"
#include "model/update.h"
#include "view/page.h"

enum {
    LATEST = 5,   /* updates on the front page */
    NEWEST = 20,  /* on an objective's */
    POINTS = 200, /* of a history */
};

/* What a page is made of, while it is written. */
struct material {
    const char *code; /* of the objective that it is about */
    struct doc *asked;
    struct doc *part[PART_COUNT];
    struct doc **values; /* of each measure of the objective */
    size_t count;
};

static void material_auto(struct material *m) {
    doc_free(m->asked);
    for (size_t i = 0; i < PART_COUNT; i++)
        doc_free(m->part[i]);
    for (size_t i = 0; i < m->count; i++)
        doc_free(m->values[i]);
}

/* ---- filters ---- */

static const char *none(struct call *c, const struct query *q, const struct material *m) {
    (void)c, (void)q, (void)m;
    return "{}";
}

static const char *asked(struct call *c, const struct query *q, const struct material *m) {
    (void)c, (void)m;
    return q->filters;
}

/* {"objective":"7.1"} and more of it. */
static const char *name_it(struct call *c, const char *member, const char *value,
                           const char *more) {
    AUTO(buf) struct buf b = {0};
    buf_addf(&b, "{\"%s\":", member);
    buf_add_json(&b, value);
    buf_addf(&b, "%s}", more);
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

static const char *by_code(struct call *c, const struct query *q, const struct material *m) {
    (void)q;
    return name_it(c, "code", m->code, "");
}

static const char *of_it(struct call *c, const struct query *q, const struct material *m) {
    (void)q;
    return name_it(c, "objective", m->code, "");
}

static const char *reports_of_it(struct call *c, const struct query *q, const struct material *m) {
    (void)q;
    return name_it(c, "objective", m->code, ",\"kind\":\"progress\"");
}

/* ---- which documents each page is made of ---- */

enum source {
    GOAL,
    OBJECTIVE,
    UPDATE,
    ITS_OBJECTIVE,
    HEAD,
    SUMMARY,
    GOALS,
    ALL,
    FOUND,
    LAST,
    NEW,
    LISTED,
    REPORTS,
    DEPARTMENTS,
    SOURCES_COUNT
};

/* Without a limit it is one document; with the visitor's own, a page of a list. */
enum { ONE = 0, VISITORS = -1, WHOLE = QUERY_LIMIT_MOST };

static const struct {
    enum page_part part;
    const struct entity *entity;
    const char *include;
    const char *(*filters)(struct call *c, const struct query *q, const struct material *m);
    int limit;
    bool is_counted; /* how many there are in all is part of the page */
} SOURCES[SOURCES_COUNT] = {
    [GOAL] = {PART_GOAL, &goals, "latest_update,objectives", asked, ONE, false},
    [OBJECTIVE] = {PART_OBJECTIVE, &objectives, "latest_update,measures", asked, ONE, false},
    [UPDATE] = {PART_UPDATE, &updates, NULL, asked, ONE, false},
    [ITS_OBJECTIVE] = {PART_CONTEXT, &objectives, NULL, by_code, ONE, false},
    [HEAD] = {PART_HEAD, &plan_catalog, NULL, NULL, ONE, false},
    [SUMMARY] = {PART_SUMMARY, &summary, NULL, NULL, ONE, false},
    [GOALS] = {PART_GOALS, &goals, "latest_update", none, WHOLE, false},
    [ALL] = {PART_OBJECTIVES, &objectives, "latest_update", none, WHOLE, false},
    [FOUND] = {PART_OBJECTIVES, &objectives, "latest_update", asked, VISITORS, true},
    [LAST] = {PART_UPDATES, &updates, NULL, none, LATEST, false},
    [NEW] = {PART_UPDATES, &updates, NULL, of_it, NEWEST, false},
    [LISTED] = {PART_UPDATES, &updates, NULL, asked, VISITORS, false},
    [REPORTS] = {PART_HISTORY, &updates, NULL, reports_of_it, POINTS, false},
    [DEPARTMENTS] = {PART_DEPARTMENTS, &departments, NULL, none, WHOLE, false},
};

enum { SOURCES_OF_A_PAGE = 6 };

/* What a page is about comes first: where it is not there, nothing else is asked for. */
static const struct face {
    const char *pattern; /* of its route */
    bool is_list;
    bool (*write)(struct call *c, struct buf *b, const struct page *p);
    size_t count;
    enum source sources[SOURCES_OF_A_PAGE];
} FACES[] = {
    {"/", false, page_plan, 6, {SUMMARY, HEAD, GOALS, ALL, LAST, DEPARTMENTS}},
    {"/goals/{number}", false, page_goal, 3, {GOAL, HEAD, DEPARTMENTS}},
    {"/objectives", true, page_objectives, 4, {FOUND, HEAD, GOALS, DEPARTMENTS}},
    {"/objectives/{code}", false, page_objective, 5, {OBJECTIVE, HEAD, NEW, REPORTS, DEPARTMENTS}},
    {"/updates", true, page_updates, 3, {LISTED, HEAD, GOALS}},
    {"/updates/{id}", false, page_update, 3, {UPDATE, HEAD, ITS_OBJECTIVE}},
};

static const struct face *face_of(const struct route *route) {
    for (size_t i = 0; i < COUNT(FACES); i++)
        if (strcmp(FACES[i].pattern, route->pattern) == 0)
            return &FACES[i];
    return NULL;
}

/* ---- reading them ---- */

static struct doc *parse(struct call *c, const struct document *d) {
    return doc_parse(c, d->body.data, d->body.len);
}

static bool read_list(struct call *c, struct exchange *x, const struct entity *e,
                      const struct query *q, struct doc **out) {
    AUTO(document) struct document d = {0};
    if (!entity_list(c, x->api->pool, e, q, &d))
        return false;
    *out = parse(c, &d);
    return *out != NULL;
}

static bool read_one(struct call *c, struct exchange *x, const struct entity *e,
                     const struct query *q, struct doc **out) {
    AUTO(document) struct document d = {0};
    if (!entity_get(c, x->api->pool, e, q, &d))
        return false;
    *out = parse(c, &d);
    return *out != NULL;
}

static bool read_source(struct call *c, struct exchange *x, const struct query *q, enum source s,
                        struct material *m) {
    struct query own = *q;
    bool is_asked = SOURCES[s].limit == VISITORS;
    const struct entity *e = SOURCES[s].entity;
    struct doc **part = &m->part[SOURCES[s].part];
    own.include = SOURCES[s].include;
    own.filters = SOURCES[s].filters ? SOURCES[s].filters(c, q, m) : NULL;
    if (c->err)
        return false;
    if (SOURCES[s].limit == ONE)
        return read_one(c, x, e, &own, part);
    own.count_exact = SOURCES[s].is_counted;
    own.limit = is_asked ? q->limit : SOURCES[s].limit;
    own.cursor = is_asked ? q->cursor : NULL;
    own.self = is_asked ? q->self : x->rq->path;
    return read_list(c, x, e, &own, part);
}

/* The histories of what an objective is measured by. */
static bool read_values(struct call *c, struct exchange *x, const struct query *q,
                        struct material *m) {
    const struct doc *measured = doc_get(m->part[PART_OBJECTIVE], "measures");
    struct query own = *q;
    size_t all = doc_count(measured);
    own.limit = POINTS;
    own.cursor = NULL;
    own.self = x->rq->path;
    if (all == 0)
        return true;
    m->values = call_alloc(c, all * sizeof(void *));
    for (; m->values && m->count < all; m->count++) {
        const char *slug = doc_get_text(doc_at(measured, m->count), "slug");
        own.filters = name_it(c, "measure", slug, "");
        m->values[m->count] = NULL;
        if (c->err || !read_list(c, x, &measure_values, &own, &m->values[m->count]))
            return false;
    }
    return !c->err;
}

static bool gather(struct call *c, struct exchange *x, const struct face *face,
                   const struct query *q, struct material *m) {
    m->code = route_arg(&x->args, "code");
    for (size_t i = 0; i < face->count; i++) {
        if (!read_source(c, x, q, face->sources[i], m))
            return false;
        if (face->sources[i] == UPDATE)
            m->code = doc_get_text(m->part[PART_UPDATE], "objective");
    }
    if (face->is_list && !(m->asked = doc_parse(c, q->filters, strlen(q->filters))))
        return false;
    return read_values(c, x, q, m);
}

/* ---- giving a page ---- */

bool page_reply(struct call *c, struct exchange *x, struct buf *page) {
    if (!buf_ok(c, page))
        return false;
    x->rp->etag = reply_etag(c, 0, page->data, page->len);
    resource_describe(c, x, "text/html; charset=utf-8");
    reply_header(x->rp, "Content-Security-Policy", page_policy(c));
    reply_header(x->rp, "Content-Language", lang_tag(x->lang));
    reply_take_body(x->rp, page);
    return !c->err;
}

static bool write_page(struct call *c, struct exchange *x, const struct face *face,
                       const struct query *q, const struct material *m) {
    AUTO(buf) struct buf b = {0};
    struct page p = {
        .path = x->rq->path,
        .self = ask_page(c, x),
        .base = x->api->public_url,
        .license = x->api->license,
        .plan = q->plan,
        .as_of = q->as_of,
        .known_at = q->known_at,
        .lang = x->lang,
        .lang_asked = request_param(x->rq, "lang"),
        .is_later = q->cursor != NULL,
        .asked = m->asked,
        .values = (const struct doc *const *)m->values,
    };
    for (size_t i = 0; i < PART_COUNT; i++)
        p.doc[i] = m->part[i];
    return p.self && face->write(c, &b, &p) && page_reply(c, x, &b);
}

bool page_preview(struct call *c, struct exchange *x, const struct outcome *out) {
    static const struct face FACE = {.write = page_update};
    AUTO(material) struct material m = {0};
    const struct query q = {
        .plan = x->intent.plan,
        .lang = x->lang == LANG_EN ? NULL : lang_tag(x->lang),
    };
    m.part[PART_UPDATE] = doc_parse(c, out->body, out->len);
    m.code = doc_get_text(m.part[PART_UPDATE], "objective");
    if (!m.part[PART_UPDATE] || !read_source(c, x, &q, HEAD, &m) ||
        !read_source(c, x, &q, ITS_OBJECTIVE, &m) || !write_page(c, x, &FACE, &q, &m))
        return false;
    x->rp->cache_control = NULL; /* it was made for whoever holds the key */
    x->rp->etag = NULL;
    return true;
}

bool page_give(struct call *c, struct exchange *x) {
    const struct face *face = x->route->operation ? NULL : face_of(x->route);
    AUTO(material) struct material m = {0};
    struct query q;
    if (!face) /* its handler knows what it is a page of */
        return x->route->handle(c, x);
    return ask_read(c, x, face->is_list, &q) && gather(c, x, face, &q, &m) &&
           write_page(c, x, face, &q, &m);
}
