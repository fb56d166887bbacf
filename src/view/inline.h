/* What a page brings with itself, so that it is whole in one answer: its policy names their hashes.
 */
#ifndef VIEW_INLINE_H
#define VIEW_INLINE_H

#include "base/buf.h"

void add_style(struct buf *b); /* and the icon */
void add_script(struct buf *b);

#endif
