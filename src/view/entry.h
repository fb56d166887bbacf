/* An update as a subscriber's reader shows it, whatever the feed's format. */
#ifndef VIEW_ENTRY_H
#define VIEW_ENTRY_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/feed.h"

enum { ENTRY_ID_SIZE = 46 };

/* "urn:uuid:…", the same for ever: of a plan and a name within it. Not of where it is served, so
 * that a move of the site makes nothing new. */
void entry_id(const struct feed *f, const char *name, char out[ENTRY_ID_SIZE]);

/* "Correction: Objective 7.1: The status of requests is shown in the app." */
void entry_add_title(struct buf *b, const struct doc *update);

/* The whole of it as HTML. */
void entry_add_html(struct buf *b, struct call *c, const struct doc *update);

#endif
