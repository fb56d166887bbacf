/* What a body may hold, as a table of fields. All faults are gathered, each with its JSON pointer.
 */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "model/doc.h"

enum field_type {
    FIELD_TEXT,    /* at least one visible character, at most max code points */
    FIELD_NAME,    /* a source: [a-z][a-z0-9._-]* */
    FIELD_SLUG,    /* [a-z0-9]+(-[a-z0-9]+)* */
    FIELD_ID,      /* digits, as text */
    FIELD_CODE,    /* an objective's code, "3.10" */
    FIELD_DATE,    /* YYYY-MM-DD */
    FIELD_TIME,    /* RFC 3339 */
    FIELD_CHOICE,  /* one of choices */
    FIELD_PERCENT, /* 0 to 100, at most two decimals */
    FIELD_WEIGHT,  /* 0 to 1000000, at most three decimals */
    FIELD_AMOUNT,  /* money: below a million million either way, at most two decimals */
    FIELD_INTEGER, /* 1 to max */
    FIELD_COUNT,   /* a whole number from 0, below 10^9 */
    FIELD_NUMBER,  /* any, below 10^15 on either side; how exact it may be only the database says */
    FIELD_BOOL,
    FIELD_URL,         /* http or https */
    FIELD_LIST,        /* of item, at most max */
    FIELD_OBJECT,      /* of fields */
    FIELD_EXTERNAL,    /* any text of 1 to max code points without control characters */
    FIELD_FISCAL_YEAR, /* 2026-27 */
    FIELD_ANY,         /* checked elsewhere */
};

enum field_flag {
    FIELD_OPTIONAL = 0,
    FIELD_REQUIRED = 1,
    FIELD_NOT_NULL = 2 /* may be absent, never null */
};

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    size_t max;
    const char *const *choices; /* NULL-terminated, for FIELD_CHOICE */
    const struct field *fields; /* of FIELD_OBJECT, ended by a row without a name; of FIELD_LIST:
                                   the one row of its items */
};

/* Checks an object against a table that ends with a row without a name. Faults are added to the
 * call under pointer ("#" for the whole body). */
void field_check(struct call *c, const struct field *fields, const struct doc *object,
                 const char *pointer);

/* What is wrong with a text value of a type, as a sentence ("must be a date, YYYY-MM-DD"), or NULL.
 * For parameters too. */
const char *field_refuses(struct call *c, const struct field *field, const char *text);

#endif
