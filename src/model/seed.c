#include "model/seed.h"

#include <string.h>

#include "base/clock.h"
#include "generated/queries.h"
#include "model/change.h"
#include "model/doc.h"
#include "model/translation.h"

/* Columns of both statements: a fault or a warning has the pointer of its place as subject;
 * anything else what it counts. */
enum { COL_KIND, COL_SUBJECT, COL_COUNT, COL_DETAIL };

/* What a file is, and the statement that takes it. */
struct sort {
    const struct stmt *statement;
    const char *params[4];
};

/*
 * A sheet of translations is checked as one that is posted. Of a plan's file the statement says
 * everything that is wrong (sql/functions/8*); here only what JSON itself refuses is settled, since
 * PostgreSQL would let duplicate names pass.
 */
static bool sort_out(struct call *c, const char *bytes, size_t len, const char *now,
                     const struct seed_options *options, struct sort *out) {
    AUTO(doc) struct doc *file = doc_parse(c, bytes, len);
    if (!file)
        return false;
    if (!doc_get(file, "items")) {
        *out = (struct sort){&SQL_import_file,
                             {bytes, now, options->publish ? "true" : "false", "false"}};
        return true;
    }
    *out = (struct sort){&SQL_import_translations,
                         {bytes, options->plan, now, options->shipped ? "true" : "false"}};
    return operation_check(c, &translations_post, bytes, len);
}

static bool is_kind(const struct rows *rows, size_t i, const char *kind) {
    return strcmp(rows_text(rows, i, COL_KIND), kind) == 0;
}

static bool gather_faults(struct call *c, const struct rows *rows) {
    for (size_t i = 0; i < rows_count(rows); i++)
        if (is_kind(rows, i, "fault"))
            fault_add(c, FAULT_POINTER, call_strdup(c, rows_text(rows, i, COL_SUBJECT)), "%s",
                      rows_text(rows, i, COL_DETAIL));
    return fault_check(c);
}

static void add_report(struct buf *report, const struct rows *rows) {
    for (size_t i = 0; i < rows_count(rows); i++)
        if (is_kind(rows, i, "warning"))
            buf_addf(report, "%s: %s\n", rows_text(rows, i, COL_SUBJECT),
                     rows_text(rows, i, COL_DETAIL));
        else
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
    struct sort s;
    char now[25];
    clock_rfc3339(c->now_us, now);
    if (!sort_out(c, bytes, len, now, options, &s))
        return false;
    bool run = options->dry_run ? pool_try(c, p, s.statement, s.params, COUNT(s.params), &rows)
                                : pool_write(c, p, s.statement, s.params, COUNT(s.params), &rows);
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
