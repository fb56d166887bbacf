#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "model/batch.h"
#include "view/open311.h"

/* What a thousand items may take longer than one, on a machine that does much else. */
enum { MORE_US = 10000000 };

/* What the items' own bodies condemn travels beside them, among the names of the call. */
static bool add_refused(struct call *c, struct exchange *x, bool spare) {
    AUTO(buf) struct buf refused = {0};
    if (!batch_check(c, x->route->operation, x->intent.body, x->intent.len, spare, &refused))
        return false;
    x->intent.args = call_printf(c, "%.*s%s\"refused\":%s}", (int)strlen(x->intent.args) - 1,
                                 x->intent.args, x->intent.args[1] == '}' ? "" : ",", refused.data);
    return x->intent.args != NULL;
}

bool batch_take(struct call *c, struct exchange *x) {
    AUTO(outcome) struct outcome out = {0};
    c->deadline_us += MORE_US;
    if (!ask_write(c, x))
        return false;
    const char *on_error = request_param(x->rq, "on_error");
    return add_refused(c, x, on_error && strcmp(on_error, "report") == 0) &&
           resource_run(c, x, &out) && resource_tell(c, x, &out);
}

static bool tell_xml(struct call *c, struct exchange *x, const struct outcome *out) {
    AUTO(buf) struct buf body = {0};
    return open311_write(c, out->body, out->len, &body) &&
           resource_answer(c, x, out, "application/xml", &body);
}

/* What partners send in XML is the same list, so that one table of fields holds for both. */
bool open311_take(struct call *c, struct exchange *x) {
    AUTO(outcome) struct outcome out = {0};
    c->deadline_us += MORE_US;
    AUTO(buf) struct buf list = {0};
    bool is_xml = x->route->operation->flags & OPERATION_XML;
    if (!ask_write(c, x))
        return false;
    if (is_xml) {
        if (!open311_read(c, x->intent.body, x->intent.len, &list))
            return false;
        x->intent.body = list.data;
        x->intent.len = list.len;
    }
    if (!add_refused(c, x, true) || !resource_run(c, x, &out))
        return false;
    return is_xml ? tell_xml(c, x, &out) : resource_tell(c, x, &out);
}
