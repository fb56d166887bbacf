/* What a statement gave back: text values, borrowed from the result until it is freed. */
#ifndef PG_ROWS_H
#define PG_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct rows;

void rows_free(struct rows *r);
void rows_auto(struct rows **r); /* for AUTO(rows) */

size_t rows_count(const struct rows *r);

/* The value as text; NULL for SQL null and for a column that is not there. */
const char *rows_text(const struct rows *r, size_t row, size_t column);
size_t rows_len(const struct rows *r, size_t row, size_t column);

/* The value as a number; 0 for null. */
int64_t rows_int(const struct rows *r, size_t row, size_t column);

#endif
