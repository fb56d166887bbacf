/* What the pages do so that everybody can read them, and how that was tested: W3C's model of an
 * accessibility statement, as far as it is true. */
#ifndef VIEW_ACCESSIBILITY_H
#define VIEW_ACCESSIBILITY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "view/words.h"

/* self as in languages.h; contact is a mailto: URI, NULL: nobody is named. */
MUST_CHECK bool page_accessibility(struct call *c, struct buf *b, enum lang lang, const char *self,
                                   const char *contact);

#endif
