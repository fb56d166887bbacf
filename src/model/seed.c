#include "model/seed.h"

#include <string.h>

#include "base/clock.h"
#include "generated/queries.h"
#include "model/change.h"
#include "model/doc.h"

/* Columns of import_file: a fault has the pointer of its place as subject; anything else what it
 * counts. */
enum { COL_KIND, COL_SUBJECT, COL_COUNT, COL_DETAIL };

/*
 * The statement says everything that is wrong with a file (sql/functions/8*); here only what JSON
 * itself refuses is settled, since PostgreSQL would let duplicate names pass.
 */
static bool check_syntax(struct call *c, const char *bytes, size_t len) {
    AUTO(doc) struct doc *file = doc_parse(c, bytes, len);
    return file != NULL;
}

static bool is_fault(const struct rows *rows, size_t i) {
    return strcmp(rows_text(rows, i, COL_KIND), "fault") == 0;
}

static bool gather_faults(struct call *c, const struct rows *rows) {
    for (size_t i = 0; i < rows_count(rows); i++)
        if (is_fault(rows, i))
            fault_add(c, FAULT_POINTER, call_strdup(c, rows_text(rows, i, COL_SUBJECT)), "%s",
                      rows_text(rows, i, COL_DETAIL));
    return fault_check(c);
}

static void add_report(struct buf *report, const struct rows *rows) {
    for (size_t i = 0; i < rows_count(rows); i++)
        buf_addf(report, "%s: %s %s\n", rows_text(rows, i, COL_SUBJECT),
                 rows_text(rows, i, COL_COUNT), rows_text(rows, i, COL_KIND));
}

/* Services look once a second anyhow: that they could not be told spoils nothing. */
static void tell_services(const struct call *c, struct pool *p) {
    AUTO(call) struct call own;
    call_init(&own, call_left_ms(c));
    (void)!change_tell(&own, p);
}

bool seed_import(struct call *c, struct pool *p, const char *bytes, size_t len,
                 const struct seed_options *options, struct buf *report) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    const char *params[] = {bytes, now, options->publish ? "true" : "false", "false"};
    if (!check_syntax(c, bytes, len))
        return false;
    bool run = options->dry_run ? pool_try(c, p, &SQL_import_file, params, COUNT(params), &rows)
                                : pool_write(c, p, &SQL_import_file, params, COUNT(params), &rows);
    if (!run || !gather_faults(c, rows))
        return false;
    add_report(report, rows);
    if (options->dry_run)
        buf_adds(report, "dry run: nothing was recorded\n");
    else
        tell_services(c, p);
    return buf_ok(c, report);
}

bool seed_export(struct call *c, struct pool *p, const char *plan, struct buf *out) {
    AUTO(rows) struct rows *rows = NULL;
    if (!pool_read(c, p, &SQL_export_file, &plan, 1, &rows))
        return false;
    if (rows_count(rows) == 0 || !rows_text(rows, 0, 0))
        return fail(c, ERR_NOT_FOUND, plan ? "there is no plan %s" : "no plan is active%s",
                    plan ? plan : "");
    buf_add(out, rows_text(rows, 0, 0), rows_len(rows, 0, 0));
    buf_addc(out, '\n');
    return buf_ok(c, out);
}
