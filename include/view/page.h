/* The documents as plain pages for a browser: complete without a script, readable aloud. */
#ifndef VIEW_PAGE_H
#define VIEW_PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/catalog.h"
#include "view/words.h"

/* The policy of every page: nothing from elsewhere, no script, only its own style (by hash). In the
 * call's arena. */
const char *page_policy(struct call *c);

/* What a page begins and ends with; a page writes its <main> between them. */
void page_begin(struct buf *b, enum lang lang, const char *title);
void page_end(struct buf *b);

/* The plan at a glance, self as in languages.h: the summary, then each goal with its objectives (a
 * collection document of all of them); at the end, for programs, what data there is (its head is
 * the summary). */
MUST_CHECK bool page_plan(struct call *c, struct buf *b, enum lang lang, const char *self,
                          const struct doc *summary, const struct doc *objectives,
                          const struct catalog *data);

#endif
