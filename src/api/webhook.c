#include <string.h>

#include "exchange.h"
#include "model/doc.h"

/* What a body alone cannot say: whether this service sends without TLS at all. */
static bool check_scheme(struct call *c, const struct exchange *x) {
    AUTO(doc) struct doc *body = doc_parse(c, x->intent.body, x->intent.len);
    const char *url = doc_get_text(body, "url");
    if (!x->api->webhooks_by_http && url && strncmp(url, "https://", 8) != 0)
        fault_add(c, FAULT_POINTER, "#/url",
                  "must begin with https:// (PROGRESS_WEBHOOK_HTTP allows others)");
    return body && fault_check(c);
}

bool webhook_write(struct call *c, struct exchange *x) {
    return check_scheme(c, x) && resource_write(c, x);
}
