/* Imports that wait in the database, as whoever does them sees it: one at a time, whole or not at
 * all. */
#ifndef MODEL_IMPORT_JOB_H
#define MODEL_IMPORT_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"
#include "pg/pool.h"

/* The next that waits, or was cut short, now marked as under way; 0: none, or another is at it. */
MUST_CHECK bool import_begin(struct call *c, struct pool *p, int64_t *id);

/* Does it and settles it in one transaction. state: "done", "failed" or, where another has it by
 * now, NULL; lives as long as the call. */
MUST_CHECK bool import_run(struct call *c, struct pool *p, int64_t id, const char **state,
                           int64_t *rows);

/* What was cut short on purpose waits again, as if it had not begun. */
MUST_CHECK bool import_release(struct call *c, struct pool *p, int64_t id);

/* How an import stands, for who made it by imports_operate. Fails with ERR_NOT_FOUND. */
struct import_state {
    const char *id, *state, *table; /* live as long as the call */
    int64_t rows, rows_done, created, changed, unchanged, error_count, warning_count;
    const char *detail; /* NULL: nothing is to be said */
    struct buf errors;  /* lines "row 17, due_on: must be a date", warnings after them */
};
void import_state_auto(struct import_state *s); /* for AUTO(import_state) */

MUST_CHECK bool import_look(struct call *c, struct pool *p, const char *id,
                            struct import_state *out);

/* The same of a report that was given. */
MUST_CHECK bool import_state_read(struct call *c, const char *report, size_t len,
                                  struct import_state *out);

#endif
