/* From the bytes of a table, CSV or JSON, to what the statements of an import are given. */
#ifndef VIEW_TABLE_IN_H
#define VIEW_TABLE_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "view/csv.h"

struct table_manner {
    const char *table; /* "objectives"; NULL: told by its columns */
    enum csv_dialect dialect;
    bool is_json;
};

/* Fails where it cannot be read as a table; what is wrong with single rows is in what is given. */
MUST_CHECK bool table_read(struct call *c, const struct table_manner *manner, const char *bytes,
                           size_t len, struct buf *given);

#endif
