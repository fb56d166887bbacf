#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "generated/queries.h"
#include "model/moment.h"

bool changes_params(struct call *c, const char *since, const char *upto,
                    const char *params[CHANGES_PARAMS]) {
    struct moment from, to;
    if (!moment_read(since, &from) || !moment_read(upto, &to))
        return fail(c, ERR_INTERNAL, "no moments: %s, %s", since, upto);
    params[0] = from.snapshot;
    params[1] = to.snapshot;
    params[2] = call_printf(c, "%d", CHANGES_MOST + 1);
    return params[2];
}

static bool take(struct call *c, const struct rows *rows, size_t i, struct change *out) {
    const char *xid = rows_text(rows, i, 0);
    const char *active = rows_text(rows, i, 2);
    *out = (struct change){
        .xid = xid ? strtoull(xid, NULL, 10) : 0,
        .plan = call_strdup(c, rows_text(rows, i, 1)),
        .active = active && *active == 't',
        .doc = call_strdup(c, rows_text(rows, i, 3)),
    };
    return out->plan && out->doc;
}

bool changes_take(struct call *c, const struct rows *rows, struct changes *out) {
    size_t count = rows_count(rows);
    *out = (struct changes){.too_many = count > CHANGES_MOST};
    if (count == 0 || out->too_many)
        return true;
    out->at = call_alloc(c, count * sizeof *out->at);
    for (; out->at && out->count < count; out->count++)
        if (!take(c, rows, out->count, &out->at[out->count]))
            return false;
    return out->at;
}

bool changes_between(struct call *c, struct pool *p, const char *since, const char *upto,
                     struct changes *out) {
    AUTO(rows) struct rows *rows = NULL;
    const char *params[CHANGES_PARAMS];
    return changes_params(c, since, upto, params) &&
           pool_read(c, p, &SQL_changes_between, params, COUNT(params), &rows) &&
           changes_take(c, rows, out);
}
