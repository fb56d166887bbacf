/* The tables that can be brought in: what names a row of each, what is taken of it, and what is
 * only shown. */
#ifndef MODEL_IMPORT_TABLES_H
#define MODEL_IMPORT_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"
#include "model/operation.h"
#include "model/sheet.h"

enum { IMPORT_FIELDS = 100 };

#define IMPORT_TABLE_NAMES "goals, objectives, updates, measures, departments, funding"

struct import_table {
    const char *name;
    const struct sheet *sheet;         /* whose columns it has; NULL: nobody exports it */
    const struct operation *operation; /* whose fields it takes, and whose check holds */
    const struct field
        *names;             /* what names a row, and its revision; ended by a row without a name */
    const char *const *key; /* what may be there once */
    const char *const *shown; /* not taken, though the operation has it or no sheet shows it */
};

/* NULL: there is none of that name, or none is told by these columns. */
const struct import_table *import_table_named(const char *name);
const struct import_table *import_table_of(const char *const *columns, size_t count);

/* All its fields in one table that ends with a row without a name; what is only shown is FIELD_ANY.
 */
void import_table_fields(const struct import_table *t, struct field out[IMPORT_FIELDS + 1]);

/* A number as the export writes it, before which no guard stands. */
bool import_is_number(const struct import_table *t, const struct field *f);

#endif
