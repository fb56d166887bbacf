/* What the two who ask for changes share: the parameters of the statement, and its rows. */
#ifndef MODEL_CHANGES_H
#define MODEL_CHANGES_H

#include "model/change.h"
#include "pg/rows.h"

enum { CHANGES_PARAMS = 3 };

MUST_CHECK bool changes_params(struct call *c, const char *since, const char *upto,
                               const char *params[CHANGES_PARAMS]);

/* Copies the rows into the call's memory. */
MUST_CHECK bool changes_take(struct call *c, const struct rows *rows, struct changes *out);

#endif
