#include <string.h>

#include "exchange.h"

/* The faces of a document beside JSON, most telling first, and who makes them: what a route offers
 * is among its flags. */
static const struct {
    unsigned flag;
    enum form form;
    const char *type;
    bool (*handle)(struct call *c, struct exchange *x);
} FORMS[] = {
    {ROUTE_HTML, FORM_HTML, "text/html", page_give},
    {ROUTE_CSV, FORM_CSV, "text/csv", sheet_list},
    {ROUTE_ATOM, FORM_ATOM, "application/atom+xml", feed_list},
    {ROUTE_FEED, FORM_FEED, "application/feed+json", feed_list},
    {ROUTE_ICAL, FORM_ICAL, "text/calendar", calendar_list},
    {ROUTE_SVG, FORM_SVG, "image/svg+xml", embed_badge},
};

static bool is_dry_run(const struct exchange *x) {
    const char *dry = request_param(x->rq, "dry_run");
    return dry && strcmp(dry, "true") == 0;
}

/* A write is shown as a page before it is done, never after. */
static bool offers(const struct exchange *x, size_t i) {
    bool is_there = !x->reads_drafts && (!x->route->operation || is_dry_run(x));
    return (x->route->flags & FORMS[i].flag) && is_there;
}

/* What the route has one form of; JSON where nothing else is said. */
static enum form only_form(const struct exchange *x) {
    for (size_t i = 0; i < COUNT(FORMS); i++)
        if (offers(x, i))
            return FORMS[i].form;
    return FORM_JSON;
}

static bool refuse(struct call *c, const struct exchange *x) {
    AUTO(buf) struct buf others = {0};
    for (size_t i = 0; i < COUNT(FORMS); i++)
        if (offers(x, i))
            buf_addf(&others, " or %s", FORMS[i].type);
    buf_adds(&others, "");
    return buf_ok(c, &others) &&
           fail(c, ERR_NOT_ACCEPTABLE, "this is given as application/json%s", others.data);
}

bool is_worded(const struct exchange *x) {
    const struct entity *e = x->route->entity;
    unsigned flags = x->route->flags;
    bool is_translated = e && e->is_translated && !(flags & ROUTE_AS_IS);
    return x->form == FORM_HTML || x->form == FORM_SVG ||
           (x->form == FORM_JSON && ((flags & ROUTE_HTML) || is_translated));
}

/* The parameter wins. A browser's wish is heard for pages alone: programs that say nothing of a
 * language get the city's own words. What the parameter says wrong, the handler refuses. */
static enum lang choose_lang(const struct exchange *x) {
    const char *asked = is_worded(x) ? request_param(x->rq, "lang") : NULL;
    int lang = asked ? lang_named(asked)
               : x->form == FORM_HTML
                   ? accept_language(request_header(x->rq, "Accept-Language"), lang_find)
                   : -1;
    return lang >= 0 ? (enum lang)lang : LANG_EN;
}

/* JSON first, so that curl's "any" means JSON; who wants another form states that it prefers it. */
bool negotiate(struct call *c, struct exchange *x) {
    const char *accept = request_header(x->rq, "Accept");
    int best = accept_quality(accept, "application/json");
    x->form = FORM_JSON;
    x->handle = x->route->handle;
    if (x->route->flags & ROUTE_AS_IS) {
        x->form = only_form(x);
        x->lang = choose_lang(x);
        if (x->form == FORM_HTML)
            x->rp->vary = "Accept-Encoding, Accept-Language";
        return true;
    }
    for (size_t i = 0; i < COUNT(FORMS); i++) {
        int wanted = offers(x, i) ? accept_quality(accept, FORMS[i].type) : 0;
        if ((x->route->flags & FORMS[i].flag) && !x->route->operation)
            x->rp->vary = x->route->flags & ROUTE_HTML ? "Accept, Accept-Encoding, Accept-Language"
                                                       : "Accept, Accept-Encoding";
        if (wanted > best) {
            best = wanted;
            x->form = FORMS[i].form;
            x->handle = FORMS[i].handle;
        }
    }
    x->lang = choose_lang(x);
    return best || accept_quality(accept, "application/problem+json") || refuse(c, x);
}
