/* The histories of an objective: its percents, and the values of its measures, each as a picture
 * and as the table of its numbers. */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "parts.h"

/* From its progress reports, those that stand. */
void add_percents(struct call *c, struct buf *b, const struct page *p, const struct doc *reports);

/* A measure and its values, newest first; index: which of the page's it is. */
void add_measure(struct call *c, struct buf *b, const struct page *p, const struct doc *measure,
                 const struct doc *values, size_t index);

#endif
