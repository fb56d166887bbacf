/*
 * A table on its way in: its columns are known by their names, each cell becomes a value and is
 * checked, and what is wrong with a row is gathered with the row and the column. What was exported
 * is what is taken; what an export only shows is carried along, so that who has edited it can be
 * told.
 */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/entity.h"
#include "model/operation.h"
#include "model/sheet.h"

enum { IMPORT_ROWS = 10000 }; /* at most */

extern const struct entity imports;         /* what became of each */
extern const struct operation imports_post; /* with a key */
extern const struct operation
    imports_operate; /* by who runs the service; its pool logs in as the owner */

/* How the bytes are to be understood. */
struct import_manner {
    const char *table; /* "objectives"; NULL: told by its columns */
    bool is_excel;     /* dates as Excel writes them in the United States, TRUE and FALSE */
    bool has_commas;   /* for the point of a number */
};

struct import;

/* NULL fails the call; with a fault on the parameter "table" where there is none of that name. */
struct import *import_new(struct call *c, const struct import_manner *manner);
void import_free(struct import *im);
void import_auto(struct import **im); /* for AUTO(import) */

/* The names of the columns, in their order. Fails with ERR_INVALID, all unknown and doubled names
 * at once. */
MUST_CHECK bool import_names(struct call *c, struct import *im, const struct cell *names,
                             size_t count);

/* True where the guard of a spreadsheet may stand before a cell of this column. */
bool import_is_text(const struct import *im, size_t column);

/* One row after them; what is wrong with it fails nothing. False: more than IMPORT_ROWS, or no
 * memory. */
MUST_CHECK bool import_row(struct call *c, struct import *im, size_t row, const struct cell *cells,
                           size_t count);

/* The whole of a JSON document instead: a list, or an object with one as "data", as lists are
 * given. */
MUST_CHECK bool import_document(struct call *c, struct import *im, const char *bytes, size_t len);

/* All that was read, for the statements of the operations above. */
MUST_CHECK bool import_end(struct call *c, struct import *im, struct buf *given);

#endif
