/*
 * Tables as CSV (RFC 4180): CRLF, UTF-8, a line of names, quotes doubled, nothing for null. In a
 * dialect for spreadsheets a text that one would take for a formula is guarded by an apostrophe.
 */
#ifndef VIEW_CSV_H
#define VIEW_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/sheet.h"

enum csv_dialect {
    CSV_PLAIN,   /* guarded, no byte order mark: what import reads back */
    CSV_RFC4180, /* the values as they are, for programs */
    CSV_EXCEL,   /* guarded, and marked as UTF-8 by a byte order mark */
};

/* Raised when a column moves, goes or means something else; new columns at the end raise nothing.
 */
#define CSV_VERSION "1"

/* The line of names, after the mark where the dialect has one. */
void csv_begin(struct buf *b, const struct sheet *s, enum csv_dialect d);

void csv_add_row(struct buf *b, const struct sheet *s, const struct cell *cells,
                 enum csv_dialect d);

/*
 * True when the guard puts an apostrophe before it: a text that begins with any number of
 * apostrophes and then = + - @, a tab or a carriage return. So the guard is undone, and no value
 * changed, by taking one apostrophe from what begins with one or more of them and then such a
 * character.
 */
bool csv_is_guarded(const char *text, size_t len);

#endif
