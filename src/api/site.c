#include <string.h>

#include "ask.h"
#include "base/buf.h"
#include "base/clock.h"
#include "exchange.h"
#include "http/problem.h"
#include "view/accessibility.h"
#include "view/languages.h"
#include "view/page.h"

static bool reply_json(struct call *c, struct exchange *x, struct buf *body) {
    if (!buf_ok(c, body))
        return false;
    x->rp->status = 200;
    x->rp->type = "application/json";
    x->rp->cache_control = "public, max-age=300";
    x->rp->etag = reply_etag(c, 0, body->data, body->len);
    reply_take_body(x->rp, body);
    return !c->err;
}

/* ---- / ---- */

/* Links to what can be read without a name or a key, from the table itself. */
static void add_index(struct buf *b, const char *version) {
    buf_adds(b, "{\"title\":\"Cerritos in Progress\",\"version\":");
    buf_add_json(b, version);
    buf_adds(b, ",\"links\":{");
    const char *mark = "";
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        bool well_known = r->pattern[1] == '.'; /* found without a link, or not set */
        bool is_public = r->scope == SCOPE_PUBLIC;
        bool asks = r->entity && r->entity->filters && !r->entity->list &&
                    r->entity->get; /* nothing without them */
        if (strcmp(r->method, "GET") != 0 || strchr(r->pattern, '{') || well_known || asks ||
            !is_public)
            continue;
        buf_addf(b, "%s\"%s\":\"%s\"", mark, r->pattern[1] ? r->pattern + 1 : "self", r->pattern);
        mark = ",";
    }
    buf_adds(b, "}}\n");
}

bool site_index(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    struct query q;
    if (!ask_read(c, x, false, &q))
        return false;
    add_index(&b, x->api->version);
    return reply_json(c, x, &b);
}

/* ---- /problems ---- */

static void add_problem_json(struct buf *b, const struct problem *p) {
    buf_addf(b, "{\"type\":\"/problems/%s\",\"code\":\"%s\",\"status\":%d,\"title\":", p->code,
             p->code, p->status);
    buf_add_json(b, p->title);
    buf_adds(b, ",\"help\":");
    buf_add_json(b, p->help);
    buf_addc(b, '}');
}

/* The problems speak the contract's language, as they do in JSON. */
static void add_problem_html(struct buf *b, const struct problem *p, const char *kept) {
    buf_addf(b, "<section lang=\"en\" aria-labelledby=\"%s\">\n<h2 id=\"%s\">%d ", p->code, p->code,
             p->status);
    buf_add_html(b, p->title);
    buf_addf(b, "</h2>\n<p class=\"quiet\"><a href=\"/problems/%s%s\">/problems/%s</a></p>\n<p>",
             p->code, kept, p->code);
    buf_add_html(b, p->help);
    buf_adds(b, "</p>\n</section>\n");
}

static bool problems_page(struct call *c, struct exchange *x, const struct problem *first,
                          size_t count) {
    AUTO(buf) struct buf b = {0};
    const char *self = ask_page(c, x);
    bool is_asked = request_param(x->rq, "lang") != NULL;
    const char *kept = is_asked ? call_printf(c, "?lang=%s", lang_tag(x->lang)) : "";
    if (!self || !kept)
        return false;
    page_begin(&b, x->lang, words_text(x->lang, WORD_PROBLEMS_TITLE));
    languages_add_links(&b, x->lang, self);
    buf_adds(&b, "<main id=\"main\">\n<h1>");
    words_add(&b, x->lang, WORD_PROBLEMS, NULL);
    buf_adds(&b, "</h1>\n");
    for (size_t i = 0; i < count; i++)
        add_problem_html(&b, first + i, kept);
    buf_adds(&b, "</main>\n");
    page_end(&b);
    return page_reply(c, x, &b);
}

bool site_problems(struct call *c, struct exchange *x) {
    if (!ask_nothing(c, x))
        return false;
    if (x->form == FORM_HTML)
        return problems_page(c, x, PROBLEMS, PROBLEM_COUNT);
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "{\"data\":[");
    for (size_t i = 0; i < PROBLEM_COUNT; i++) {
        buf_adds(&b, i ? "," : "");
        add_problem_json(&b, &PROBLEMS[i]);
    }
    buf_adds(&b, "],\"links\":{\"self\":\"/problems\"}}\n");
    return reply_json(c, x, &b);
}

bool site_problem(struct call *c, struct exchange *x) {
    const struct problem *p = problem_find(route_arg(&x->args, "code"));
    if (!ask_nothing(c, x))
        return false;
    if (!p)
        return fail(c, ERR_NOT_FOUND, "there is no such problem; /problems lists them");
    if (x->form == FORM_HTML)
        return problems_page(c, x, p, 1);
    AUTO(buf) struct buf b = {0};
    add_problem_json(&b, p);
    buf_addc(&b, '\n');
    return reply_json(c, x, &b);
}

/* ---- /accessibility ---- */

bool site_accessibility(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    if (!ask_nothing(c, x))
        return false;
    const char *self = ask_page(c, x);
    return self && page_accessibility(c, &b, x->lang, self, x->api->contact) &&
           page_reply(c, x, &b);
}

/* ---- /.well-known/security.txt (RFC 9116) ---- */

enum { SECURITY_DAYS = 180, DAY_S = 86400 };

/* It must say until when it holds: whoever runs the service holds to it for half a year from today,
 * and says so anew each day. */
static void add_expiry(struct buf *b) {
    char at[25];
    int64_t today = clock_wall_us() / 1000000 / DAY_S;
    clock_rfc3339((today + SECURITY_DAYS) * DAY_S * 1000000, at);
    buf_addf(b, "Expires: %.19sZ\n", at);
}

bool site_security(struct call *c, struct exchange *x) {
    const struct api *api = x->api;
    if (!ask_nothing(c, x))
        return false;
    if (!api->security_contact)
        return fail(c, ERR_NOT_FOUND,
                    "whoever runs this service has named no contact (PROGRESS_SECURITY_CONTACT)");
    AUTO(buf) struct buf b = {0};
    buf_addf(&b, "Contact: %s\n", api->security_contact);
    add_expiry(&b);
    buf_adds(&b, "Preferred-Languages: en\n");
    if (strcmp(api->public_host, "localhost") != 0)
        buf_addf(&b, "Canonical: https://%s%s\n", api->public_host, x->route->pattern);
    if (!buf_ok(c, &b))
        return false;
    x->rp->status = 200;
    x->rp->type = "text/plain; charset=utf-8";
    x->rp->cache_control = "public, max-age=3600";
    x->rp->etag = reply_etag(c, 0, b.data, b.len);
    reply_take_body(x->rp, &b);
    return !c->err;
}
