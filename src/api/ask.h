/* From a request's parameters to a query of the model: everything unknown or malformed is a fault,
 * all at once. */
#ifndef API_ASK_H
#define API_ASK_H

#include "exchange.h"
#include "model/query.h"

/* The parameters of a read, by the form that was asked for; x->intent's plan and dry_run are for
 * writes. */
MUST_CHECK bool ask_read(struct call *c, struct exchange *x, bool list, struct query *q);

/* The parameters of a pull of changes; the cursor is the parameter "after". */
MUST_CHECK bool ask_changes(struct call *c, struct exchange *x, struct query *q);

/* The parameters of a write: plan, dry_run, and its operation's own. */
MUST_CHECK bool ask_write(struct call *c, struct exchange *x);

/* Path and query of a page without its language: what links to its other languages are made of
 * (view/languages.h). NULL fails the call. */
const char *ask_page(struct call *c, const struct exchange *x);

/* A route that takes a plan alone: its slug, NULL for the active one. */
MUST_CHECK bool ask_plan(struct call *c, const struct exchange *x, const char **plan);

/* A search that takes words alone, "q"; NULL where none are given. */
MUST_CHECK bool ask_words(struct call *c, const struct exchange *x, const char **words);

/* A route that takes no parameters but the language of its pages. */
MUST_CHECK bool ask_nothing(struct call *c, const struct exchange *x);

#endif
