/* A list as a table: all its rows, in columns whose order never changes. New columns stand at the
 * end. */
#ifndef MODEL_SHEET_H
#define MODEL_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "model/query.h"
#include "pg/pool.h"

struct column {
    const char *name;
    bool is_number;
};

/* One value as text; NULL where there is none. Lists are JSON. */
struct cell {
    const char *text;
    size_t len;
};

enum { SHEET_COLUMNS = 40 }; /* no sheet has more */

struct sheet {
    const char *name; /* "objectives" */
    const struct stmt *rows;
    const struct column *columns;
    size_t count; /* of columns */
};

extern const struct sheet goals_sheet;
extern const struct sheet objectives_sheet;
extern const struct sheet updates_sheet;
extern const struct sheet reports_sheet; /* of one period, figure by figure */
extern const struct sheet measures_sheet;
extern const struct sheet measure_values_sheet;
extern const struct sheet departments_sheet;
extern const struct sheet periods_sheet;
extern const struct sheet work_sheet;
extern const struct sheet audit_sheet;
extern const struct sheet translations_sheet;

/* Sees the cells of one row, as many as there are columns; false ends it: it has failed the call.
 */
typedef bool sheet_visit(void *context, struct call *c, const struct cell *cells);

/* Shows every row of what q asks for (it knows no pages), one by one, in constant memory. */
MUST_CHECK bool sheet_each(struct call *c, struct pool *p, const struct sheet *s,
                           const struct query *q, sheet_visit *visit, void *context);

#endif
