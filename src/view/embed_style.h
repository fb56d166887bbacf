/* What the pages for other sites begin with, and the hash of their style for a policy. */
#ifndef VIEW_EMBED_STYLE_H
#define VIEW_EMBED_STYLE_H

#include "base/buf.h"
#include "view/words.h"

enum { STYLE_HASH = 45 };

/* In base64, as 'sha256-…' takes it. */
void embed_style_hash(char out[STYLE_HASH]);

/* Up to the style; the head is still open. title is plain text. */
void embed_begin(struct buf *b, enum lang lang, const char *title);

#endif
