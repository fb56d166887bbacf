#include "model/import_job.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "generated/queries.h"
#include "model/doc.h"
#include "model/import.h"
#include "read.h"

enum { ID_SIZE = 24 };

static const char *const DIALECTS[] = {"excel", "rfc4180", NULL};

static const struct field PARAMS[] = {
    {"table", FIELD_NAME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"dialect", FIELD_CHOICE, FIELD_OPTIONAL, 0, DIALECTS, NULL},
    {0},
};
static const struct field NO_FIELDS[] = {{0}};

const struct entity imports = {
    .name = "imports",
    .what = "import",
    .get = &SQL_imports_get,
    .is_apart = true,
};

const struct operation imports_post = {
    .statement = &SQL_imports_post,
    .fields = NO_FIELDS,
    .params = PARAMS,
    .flags = OPERATION_KEYED | OPERATION_RAW | OPERATION_TABLE,
    .touches = TAG_ALL,
};

const struct operation imports_operate = {
    .statement = &SQL_imports_operate,
    .fields = NO_FIELDS,
    .flags = OPERATION_RAW | OPERATION_TABLE,
    .touches = TAG_ALL,
};

bool import_begin(struct call *c, struct pool *p, int64_t *id) {
    AUTO(rows) struct rows *rows = NULL;
    *id = 0;
    if (!pool_write(c, p, &SQL_import_begin, NULL, 0, &rows))
        return false;
    if (rows_count(rows))
        *id = rows_int(rows, 0, 0);
    return true;
}

bool import_run(struct call *c, struct pool *p, int64_t id, const char **state, int64_t *count) {
    AUTO(rows) struct rows *rows = NULL;
    char text[ID_SIZE], now[25];
    snprintf(text, sizeof text, "%lld", (long long)id);
    clock_rfc3339(c->now_us, now);
    *state = NULL;
    if (!pool_write(c, p, &SQL_import_run, (const char *const[]){text, now}, 2, &rows))
        return false;
    if (rows_count(rows) == 0)
        return true;
    *state = call_strdup(c, rows_text(rows, 0, 0));
    *count = rows_int(rows, 0, 1);
    return *state != NULL;
}

bool import_release(struct call *c, struct pool *p, int64_t id) {
    AUTO(rows) struct rows *rows = NULL;
    char text[ID_SIZE];
    snprintf(text, sizeof text, "%lld", (long long)id);
    return pool_write(c, p, &SQL_import_release, (const char *const[]){text}, 1, &rows);
}

/* ---- a report ---- */

void import_state_auto(struct import_state *s) {
    buf_drop(&s->errors);
}

static const char *copy(struct call *c, const struct doc *d, const char *name) {
    const char *text = doc_get_text(d, name);
    return text ? call_strdup(c, text) : NULL;
}

static int64_t count_of(const struct doc *d, const char *name) {
    return (int64_t)doc_number(doc_get(d, name));
}

static void add_lines(struct buf *out, const char *what, const struct doc *list) {
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *item = doc_at(list, i);
        const char *column = doc_get_text(item, "column");
        buf_addf(out, "%srow %lld%s%s: %s\n", what, (long long)count_of(item, "row"),
                 column && *column ? ", " : "", column ? column : "", doc_get_text(item, "detail"));
    }
}

bool import_state_read(struct call *c, const char *report, size_t len, struct import_state *out) {
    AUTO(doc) struct doc *d = doc_parse(c, report, len);
    if (!d)
        return false;
    *out = (struct import_state){
        .id = copy(c, d, "id"),
        .state = copy(c, d, "state"),
        .table = copy(c, d, "table"),
        .rows = count_of(d, "rows"),
        .rows_done = count_of(d, "rows_done"),
        .created = count_of(d, "created"),
        .changed = count_of(d, "changed"),
        .unchanged = count_of(d, "unchanged"),
        .error_count = count_of(d, "error_count"),
        .warning_count = count_of(d, "warning_count"),
        .detail = copy(c, d, "detail"),
    };
    add_lines(&out->errors, "", doc_get(d, "errors"));
    add_lines(&out->errors, "warning: ", doc_get(d, "warnings"));
    return !c->err && (!out->errors.failed || buf_ok(c, &out->errors));
}

bool import_look(struct call *c, struct pool *p, const char *id, struct import_state *out) {
    AUTO(document) struct document d = {0};
    struct query q = {.filters = call_printf(c, "{\"id\":\"%s\"}", id), .viewer = "{}"};
    return q.filters && entity_get(c, p, &imports, &q, &d) &&
           import_state_read(c, d.body.data, d.body.len, out);
}
