/* One page, many languages: the links from each to the others. */
#ifndef VIEW_LANGUAGES_H
#define VIEW_LANGUAGES_H

#include "base/buf.h"
#include "view/words.h"

/*
 * self is the page's own path and query, percent-encoded and without "lang", such as
 * "/objectives?goal=7"; ask_page (src/api/ask.h) makes it of a request.
 */

/* self in that language, as text that is still to be escaped. */
void languages_add_address(struct buf *b, enum lang lang, const char *self);

/* A <nav> of links, each by its language's own name, this one marked. */
void languages_add_links(struct buf *b, enum lang lang, const char *self);

/* For a <head>: the same page in each language, and for whoever has none of them. base is what
 * absolute links begin with; no slash at its end. */
void languages_add_alternates(struct buf *b, const char *base, const char *self);

#endif
