/* The contract's own texts as HTML: the little of CommonMark that they are written in, which is
 * paragraphs, "## " headings, "- " and "1. " lists, fences, tables and `code`. Everything else is
 * what it says. */
#ifndef VIEW_PROSE_H
#define VIEW_PROSE_H

#include "base/buf.h"

/* NULL adds nothing. "## " becomes a heading of this level. */
void prose_add(struct buf *b, const char *text, int level);

/* One line of it: `code` alone. NULL adds nothing. */
void prose_add_line(struct buf *b, const char *text);

#endif
