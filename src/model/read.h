/* What every read statement is given first (sql/queries). */
#ifndef MODEL_READ_H
#define MODEL_READ_H

#include "model/query.h"

enum { READ_PARAMS = 10 };

/* Gives how many of params are filled: without filters one less, since plan and summary are named
 * by their path alone. */
size_t read_params(struct call *c, const struct query *q, const char *params[READ_PARAMS]);

/* What it is given last: whose drafts, or what was known by when; a draft has no history. */
const char *read_last(const struct query *q);

#endif
