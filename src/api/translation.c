#include "view/translation_in.h"

#include <string.h>
#include <strings.h>

#include "ask.h"
#include "exchange.h"

static bool is_csv(const struct exchange *x) {
    const char *type = request_header(x->rq, "Content-Type");
    return type && strncasecmp(type, "text/csv", strlen("text/csv")) == 0;
}

/* A translators' table is the same list, so that one table of fields holds for both. */
static bool read_table(struct call *c, struct exchange *x, struct buf *body) {
    if (!translation_read(c, x->intent.body, x->intent.len, body))
        return false;
    x->intent.body = body->data;
    x->intent.len = body->len;
    return true;
}

bool translations_take(struct call *c, struct exchange *x) {
    AUTO(outcome) struct outcome out = {0};
    AUTO(buf) struct buf body = {0};
    if (!ask_write(c, x))
        return false;
    bool fine = is_csv(x) ? read_table(c, x, &body)
                          : operation_check(c, x->route->operation, x->intent.body, x->intent.len);
    return fine && resource_run(c, x, &out) && resource_tell(c, x, &out);
}
