#include <string.h>
#include <strings.h>

#include "ask.h"
#include "exchange.h"
#include "view/table_in.h"

/* What thousands of rows may take longer than one, on a machine that does much else. */
enum { MORE_US = 30000000 };

static enum csv_dialect dialect(const struct exchange *x) {
    const char *text = request_param(x->rq, "dialect");
    return !text ? CSV_PLAIN : strcmp(text, "excel") == 0 ? CSV_EXCEL : CSV_RFC4180;
}

static bool is_json(const struct exchange *x) {
    const char *type = request_header(x->rq, "Content-Type");
    return strncasecmp(type, "application/json", strlen("application/json")) == 0;
}

bool import_take(struct call *c, struct exchange *x) {
    AUTO(outcome) struct outcome out = {0};
    AUTO(buf) struct buf given = {0};
    c->deadline_us += MORE_US;
    if (!ask_write(c, x))
        return false;
    const struct table_manner manner = {
        .table = request_param(x->rq, "table"),
        .dialect = dialect(x),
        .is_json = is_json(x),
    };
    if (!table_read(c, &manner, x->intent.body, x->intent.len, &given))
        return false;
    x->intent.body = given.data;
    x->intent.len = given.len;
    return resource_run(c, x, &out) && resource_tell(c, x, &out);
}
