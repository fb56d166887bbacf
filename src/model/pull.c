#include "model/pull.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "generated/queries.h"

enum { SWEPT_AT_ONCE = 10000 };

/* What a row of a page says; the first says where the page leads. */
enum { DOC, PLACE, REST, HAS_MORE, IS_SNAPSHOT, RESET };

static const char *const ENTITIES[] = {"plan",       "goal",    "objective", "update",
                                       "department", "measure", "period",    NULL};
static const char *const OPS[] = {"created",   "changed",  "published", "superseded",
                                  "retracted", "redacted", NULL};

static const struct field FILTERS[] = {
    {"entity", FIELD_CHOICE, FIELD_OPTIONAL, 0, ENTITIES, NULL},
    {"op", FIELD_CHOICE, FIELD_OPTIONAL, 0, OPS, NULL},
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"objective", FIELD_CODE, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity changes = {
    .name = "changes",
    .what = "change",
    .filters = FILTERS,
    .reads = TAG_ALL,
};

static bool is_true(const struct rows *rows, size_t column) {
    const char *text = rows_text(rows, 0, column);
    return text && *text == 't';
}

static bool read_rows(struct call *c, struct pool *p, const struct query *q, struct rows **rows) {
    const char *place, *rest;
    char now[25], limit[16];
    if (!cursor_read(c, q, changes.name, &place, &rest))
        return false;
    clock_rfc3339(c->now_us, now);
    snprintf(limit, sizeof limit, "%d", q->limit);
    const char *params[] = {q->plan, now, q->filters, place, rest, limit};
    return pool_read(c, p, &SQL_changes_page, params, COUNT(params), rows);
}

static void add_data(struct buf *b, const struct rows *rows) {
    buf_adds(b, "{\"data\":[");
    for (size_t i = 1; i < rows_count(rows); i++) {
        if (i > 1)
            buf_addc(b, ',');
        buf_add(b, rows_text(rows, i, DOC), rows_len(rows, i, DOC));
    }
    buf_addf(b, "],\"snapshot\":%s,\"reset\":", is_true(rows, IS_SNAPSHOT) ? "true" : "false");
    buf_add_json(b, rows_text(rows, 0, RESET));
}

/* The cursor is given at the end too: it is what the next pull begins with. */
static void add_page(struct buf *b, const struct query *q, const char *cursor, const char *next) {
    buf_addf(b, ",\"page\":{\"has_more\":%s,\"next_cursor\":", next ? "true" : "false");
    buf_add_json(b, cursor);
    buf_adds(b, "},\"links\":{\"self\":");
    buf_add_json(b, q->self);
    buf_adds(b, ",\"next\":");
    buf_add_json(b, next);
    buf_adds(b, "}}\n");
}

bool pull_page(struct call *c, struct pool *p, const struct query *q, struct document *out) {
    AUTO(rows) struct rows *rows = NULL;
    if (!read_rows(c, p, q, &rows))
        return false;
    const char *cursor = cursor_write(c, q, changes.name, rows_text(rows, 0, PLACE),
                                      rows_text(rows, 0, REST));
    if (!cursor)
        return fail(c, ERR_INTERNAL, "no room for a cursor");
    if (is_true(rows, HAS_MORE))
        out->next = call_printf(c, "%s%cafter=%s", q->self, strchr(q->self, '?') ? '&' : '?',
                                cursor);
    add_data(&out->body, rows);
    add_page(&out->body, q, cursor, out->next);
    return !c->err && buf_ok(c, &out->body);
}

bool pull_sweep(struct call *c, struct pool *p, int64_t days) {
    char limit[16], kept[16];
    int64_t gone = SWEPT_AT_ONCE;
    snprintf(limit, sizeof limit, "%d", SWEPT_AT_ONCE);
    snprintf(kept, sizeof kept, "%d", (int)days);
    while (gone == SWEPT_AT_ONCE) {
        AUTO(rows) struct rows *rows = NULL;
        if (!pool_write(c, p, &SQL_change_sweep, (const char *const[]){kept, limit}, 2, &rows))
            return false;
        gone = rows_int(rows, 0, 0);
    }
    return true;
}
