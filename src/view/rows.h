/* What stands in the lists of several pages: objectives as rows, updates as cards. */
#ifndef VIEW_ROWS_H
#define VIEW_ROWS_H

#include "parts.h"

/* <ul> of those objectives of a collection that belong to the goal (0: all of them). */
void add_objectives(struct call *c, struct buf *b, const struct page *p, const struct doc *list,
                    double goal);

/* How an objective stands: status and what it means, percent, of which days. */
void add_standing(struct call *c, struct buf *b, const struct page *p, const struct doc *objective);

/* What its dates say against it; nothing where they say nothing. */
void add_lateness(struct call *c, struct buf *b, const struct page *p, const struct doc *objective);

/* Why an archived one is not counted; nothing of another. */
void add_archived(struct buf *b, const struct page *p, const struct doc *objective);

/* <ol> of a collection's updates, newest first; each headed by <h2> or <h3>. */
void add_updates(struct call *c, struct buf *b, const struct page *p, const struct doc *list,
                 int level);

/* One update whole, without a heading: what became of it first, so that nobody reads past it. */
void add_update(struct call *c, struct buf *b, const struct page *p, const struct doc *update);

/* "October 31, 2026", "Correction of October 31, 2026"…: what heads it. */
const char *update_title(struct call *c, const struct page *p, const struct doc *update);

/* Links to the first page of a list and to the next. */
void add_pages(struct buf *b, const struct page *p, const struct doc *list);

#endif
