/* What a table is while it is read: shared by the files of the import alone. */
#ifndef MODEL_IMPORT_INSIDE_H
#define MODEL_IMPORT_INSIDE_H

#include "import_tables.h"
#include "model/import.h"

enum {
    IMPORT_COLUMNS = 100,
    IMPORT_ROW_MS = 60000, /* nothing of a row waits for anything */
};

struct import {
    struct import_manner manner;
    const struct import_table *table;
    struct field fields[IMPORT_FIELDS + 1];      /* all that the table knows, for field_check */
    const struct field *columns[IMPORT_COLUMNS]; /* of a spreadsheet; NULL: one without a name */
    size_t column_count;
    size_t first; /* the number of the first row */
    size_t rows;  /* that hold anything */
    size_t items; /* in data, empty rows too */
    struct buf data, bad, errors;
    size_t error_count;
    struct buf text; /* of the row that is being read */
    struct call row; /* what is said of it */
};

/* The field that a column is a part of, as service_name is of service; NULL where it is whole. */
const struct field *import_object_of(const struct import *im, const struct field *column);

/* The row's cells as the object that its columns describe, into im->text. What is no value of its
 * column stays a text, to be refused as one. */
void import_add_cells(struct import *im, const struct cell *cells);

#endif
