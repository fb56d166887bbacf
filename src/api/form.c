#include "exchange.h"

/* The faces of a document beside JSON, most telling first: what a route offers is among its flags.
 */
static const struct {
    unsigned flag;
    enum form form;
    const char *type;
} FORMS[] = {
    {ROUTE_HTML, FORM_HTML, "text/html"},
    {ROUTE_CSV, FORM_CSV, "text/csv"},
    {ROUTE_ATOM, FORM_ATOM, "application/atom+xml"},
    {ROUTE_FEED, FORM_FEED, "application/feed+json"},
    {ROUTE_ICAL, FORM_ICAL, "text/calendar"},
};

static bool offers(const struct exchange *x, size_t i) {
    return (x->route->flags & FORMS[i].flag) && !x->reads_drafts;
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

/* JSON first, so that curl's "any" means JSON; who wants another form states that it prefers it. */
bool negotiate(struct call *c, struct exchange *x) {
    const char *accept = request_header(x->rq, "Accept");
    int best = accept_quality(accept, "application/json");
    x->form = FORM_JSON;
    if (x->route->flags & ROUTE_AS_IS) {
        x->form = only_form(x);
        return true;
    }
    for (size_t i = 0; i < COUNT(FORMS); i++) {
        int wanted = offers(x, i) ? accept_quality(accept, FORMS[i].type) : 0;
        if (x->route->flags & FORMS[i].flag)
            x->rp->vary = "Accept, Accept-Encoding";
        if (wanted > best) {
            best = wanted;
            x->form = FORMS[i].form;
        }
    }
    return best || accept_quality(accept, "application/problem+json") || refuse(c, x);
}
