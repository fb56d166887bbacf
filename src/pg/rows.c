#include "pg/rows.h"

#include <libpq-fe.h>
#include <stdlib.h>

/* A struct rows is libpq's result under another name: nothing to allocate, nothing to keep in step.
 */
static PGresult *result(const struct rows *r) {
    return (PGresult *)(uintptr_t)r;
}

void rows_free(struct rows *r) {
    PQclear(result(r));
}

void rows_auto(struct rows **r) {
    rows_free(*r);
}

size_t rows_count(const struct rows *r) {
    return (size_t)PQntuples(result(r));
}

const char *rows_text(const struct rows *r, size_t row, size_t column) {
    if (column >= (size_t)PQnfields(result(r)) || PQgetisnull(result(r), (int)row, (int)column))
        return NULL;
    return PQgetvalue(result(r), (int)row, (int)column);
}

size_t rows_len(const struct rows *r, size_t row, size_t column) {
    return rows_text(r, row, column) ? (size_t)PQgetlength(result(r), (int)row, (int)column) : 0;
}

int64_t rows_int(const struct rows *r, size_t row, size_t column) {
    const char *text = rows_text(r, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}
