/* Updates for subscribers: Atom (RFC 4287, pages by RFC 5005) and JSON Feed 1.1. An update that was
 * corrected or withdrawn keeps its id and says what became of it. */
#ifndef VIEW_FEED_H
#define VIEW_FEED_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"

struct feed {
    const struct doc *head; /* plan, title, organization, demo, founded */
    const struct doc *page; /* a collection document of updates, each with its changed_at */
    const char *base;       /* "https://plan.example.org": what links begin with */
    const char *self;       /* path and query of this page, of the first page, and of the next */
    const char *first;
    const char *next;   /* NULL: there is none */
    const char *suffix; /* what links to documents end with: "" or "?plan=…" */
};

MUST_CHECK bool feed_atom(struct call *c, struct buf *b, const struct feed *f);
MUST_CHECK bool feed_json(struct call *c, struct buf *b, const struct feed *f);

#endif
