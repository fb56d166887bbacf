#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "model/work.h"
#include "view/ical.h"

/* A calendar on its way from rows to lines. */
struct drawing {
    struct buf text;
    const char *base; /* what links begin with */
    const char *host; /* within base, up to its port or path: names are unique with it */
    size_t host_len;
};

static bool add_day(void *context, struct call *c, const struct cell *cells) {
    struct drawing *d = context;
    const char *uid = call_printf(c, "%s@%.*s", cells[CALENDAR_NAME].text, (int)d->host_len,
                                  d->host);
    const char *url = call_printf(c, "%s%s", d->base, cells[CALENDAR_PATH].text);
    if (!uid || !url)
        return false;
    ical_add(&d->text, &(struct ical_event){
                           .uid = uid,
                           .day = cells[CALENDAR_DAY].text,
                           .stamp = cells[CALENDAR_STAMP].text,
                           .summary = cells[CALENDAR_SUMMARY].text,
                           .category = cells[CALENDAR_KIND].text,
                           .url = url,
                       });
    return true;
}

bool calendar_list(struct call *c, struct exchange *x) {
    AUTO(buf) struct buf text = {0};
    struct query q;
    const char *host = strstr(x->api->public_url, "://") + 3;
    if (!ask_read(c, x, true, &q))
        return false;
    struct drawing d = {.base = x->api->public_url, .host = host, .host_len = strcspn(host, ":/")};
    ical_begin(&d.text, "Cerritos in Progress");
    bool done = sheet_each(c, x->api->pool, x->route->entity->sheet, &q, add_day, &d);
    ical_end(&d.text);
    text = d.text;
    if (!done || !buf_ok(c, &text))
        return false;
    x->rp->etag = reply_etag(c, 0, text.data, text.len);
    resource_describe(c, x, "text/calendar; charset=utf-8");
    reply_take_body(x->rp, &text);
    return !c->err;
}
