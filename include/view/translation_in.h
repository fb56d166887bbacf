/* A translators' table (GET /translations.csv) on its way back in. */
#ifndef VIEW_TRANSLATION_IN_H
#define VIEW_TRANSLATION_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"

/* Whether the first columns of these bytes are those of such a table. */
bool translation_is_table(const char *bytes, size_t len);

/* The table as the body of POST /translations, checked: every fault names a row, as spreadsheets
 * count them, and a column ("#/rows/5/reviewed"). Fails with ERR_MALFORMED or ERR_INVALID. */
MUST_CHECK bool translation_read(struct call *c, const char *bytes, size_t len, struct buf *body);

#endif
