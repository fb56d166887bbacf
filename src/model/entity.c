#include "model/entity.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "read.h"

size_t read_params(struct call *c, const struct query *q, const char *params[READ_PARAMS]) {
    char *now = call_alloc(c, 25);
    if (now)
        clock_rfc3339(c->now_us, now);
    const char *all[] = {q->plan, q->as_of, now, q->lang, q->include, q->filters};
    memcpy(params, all, sizeof all);
    return q->filters ? COUNT(all) : COUNT(all) - 1;
}

const char *read_last(const struct query *q) {
    return q->viewer ? q->viewer : q->known_at;
}

void document_auto(struct document *d) {
    buf_drop(&d->body);
}

bool entity_get(struct call *c, struct pool *p, const struct entity *e, const struct query *q,
                struct document *out) {
    AUTO(rows) struct rows *rows = NULL;
    const char *params[READ_PARAMS];
    size_t n = read_params(c, q, params);
    params[n++] = read_last(q);
    if (!pool_read(c, p, e->get, params, n, &rows))
        return false;
    if (rows_count(rows) == 0)
        return fail(c, ERR_NOT_FOUND, "there is no such %s", e->what);
    buf_add(&out->body, rows_text(rows, 0, 0), rows_len(rows, 0, 0));
    buf_addc(&out->body, '\n');
    out->revision = rows_int(rows, 0, 1);
    return buf_ok(c, &out->body);
}

static bool read_total(struct call *c, struct pool *p, const struct entity *e,
                       const struct query *q, int64_t *total) {
    AUTO(rows) struct rows *rows = NULL;
    const char *params[READ_PARAMS];
    if (!e->count || q->viewer) {
        fault_add(c, FAULT_PARAMETER, "count", "is not known for %s", e->name);
        return fault_check(c);
    }
    size_t n = read_params(c, q, params);
    params[n++] = read_last(q);
    if (!pool_read(c, p, e->count, params, n, &rows))
        return false;
    *total = rows_int(rows, 0, 0);
    return true;
}

/* "self" has its query already, or none: the cursor joins it. */
static const char *next_link(struct call *c, const struct query *q, const char *cursor) {
    return cursor
               ? call_printf(c, "%s%ccursor=%s", q->self, strchr(q->self, '?') ? '&' : '?', cursor)
               : NULL;
}

static void add_page(struct buf *b, const struct query *q, const char *cursor, const char *next,
                     const int64_t *total) {
    buf_addf(b, "],\"page\":{\"has_more\":%s,\"next_cursor\":", cursor ? "true" : "false");
    buf_add_json(b, cursor);
    if (total)
        buf_addf(b, ",\"total\":%lld", (long long)*total);
    buf_adds(b, "},\"links\":{\"self\":");
    buf_add_json(b, q->self);
    buf_adds(b, ",\"next\":");
    buf_add_json(b, next);
    buf_adds(b, "}}\n");
}

/* One row more than the page is asked for: it says whether there is a next one. */
static bool read_page(struct call *c, struct pool *p, const struct entity *e, const struct query *q,
                      struct rows **rows) {
    const char *params[READ_PARAMS], *key1, *key2;
    char limit[16];
    if (!cursor_read(c, q, e->name, &key1, &key2))
        return false;
    size_t n = read_params(c, q, params);
    snprintf(limit, sizeof limit, "%d", q->limit + 1);
    params[n++] = key1;
    params[n++] = key2;
    params[n++] = limit;
    params[n++] = read_last(q);
    return pool_read(c, p, e->list, params, n, rows);
}

bool entity_list(struct call *c, struct pool *p, const struct entity *e, const struct query *q,
                 struct document *out) {
    AUTO(rows) struct rows *rows = NULL;
    int64_t total = 0;
    if ((q->count_exact && !read_total(c, p, e, q, &total)) || !read_page(c, p, e, q, &rows))
        return false;
    size_t found = rows_count(rows), shown = found > (size_t)q->limit ? (size_t)q->limit : found;
    struct buf *b = &out->body;
    buf_adds(b, "{\"data\":[");
    for (size_t i = 0; i < shown; i++) {
        if (i)
            buf_addc(b, ',');
        buf_add(b, rows_text(rows, i, 0), rows_len(rows, i, 0));
    }
    const char *cursor = found == shown ? NULL
                                        : cursor_write(c, q, e->name, rows_text(rows, shown - 1, 2),
                                                       rows_text(rows, shown - 1, 3));
    out->next = next_link(c, q, cursor);
    add_page(b, q, cursor, out->next, q->count_exact ? &total : NULL);
    return !c->err && buf_ok(c, b);
}
