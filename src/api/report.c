#include "view/report.h"

#include "ask.h"
#include "exchange.h"
#include "view/page.h"

static bool report_page(struct call *c, struct exchange *x) {
    AUTO(document) struct document d = {0};
    AUTO(buf) struct buf page = {0};
    struct query q;
    if (!ask_read(c, x, false, &q) || !entity_get(c, x->api->pool, x->route->entity, &q, &d))
        return false;
    AUTO(doc) struct doc *report = doc_parse(c, d.body.data, d.body.len);
    const char *self = ask_page(c, x);
    if (!report || !self || !page_report(c, &page, x->lang, self, report))
        return false;
    return page_reply(c, x, &page);
}

bool report_get(struct call *c, struct exchange *x) {
    return x->form == FORM_HTML ? report_page(c, x) : resource_get(c, x);
}
