/*
 * Reads tables as CSV (RFC 4180), also as spreadsheets write them: with a byte order mark or not,
 * lines ended by CRLF, LF or CR, cells set apart by commas, semicolons or tabs, whichever the line
 * of names has most of.
 */
#ifndef VIEW_CSV_IN_H
#define VIEW_CSV_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "model/sheet.h"

enum { CSV_CELLS = 100 }; /* in a row, at most */

/* Sees one row, numbered from 1 as spreadsheets do; each cell ends with a NUL, is never NULL and
 * lives until it returns. An empty line is a row of one empty cell. False ends the reading: it has
 * failed the call. */
typedef bool csv_visit(void *context, struct call *c, size_t row, const struct cell *cells,
                       size_t count);

/* Shows every row. Fails with ERR_MALFORMED, naming the row, on what is not UTF-8, a NUL, a quote
 * that is not closed or stands where none may, and more than CSV_CELLS cells. */
MUST_CHECK bool csv_read(struct call *c, const char *bytes, size_t len, csv_visit *visit,
                         void *context);

/* What sets cells apart in these bytes: ',', ';' or a tab. */
char csv_separator(const char *bytes, size_t len);

/* Takes back the guard that a spreadsheet's dialect put before a text (view/csv.h). */
struct cell csv_unguarded(const struct cell *cell);

#endif
