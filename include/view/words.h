/* What people read instead of the contract's tokens: statuses, percents and dates in plain words.
 */
#ifndef VIEW_WORDS_H
#define VIEW_WORDS_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"

/* "At risk"; the token itself where it has no words. */
const char *words_status(const char *status);

/* "behind; it may miss its date or budget", or NULL. */
const char *words_status_meaning(const char *status);

/* "October 31, 2026" from "2026-10-31"; the text itself where it is no date. */
void words_add_date(struct buf *b, const char *date);

/* "At least 30 % complete (1 of 3 objectives with a percent)", from a progress object or a goal of
 * the summary. */
void words_add_progress(struct call *c, struct buf *b, const struct doc *progress);

#endif
