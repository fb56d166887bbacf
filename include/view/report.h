/* A quarter's report as a page that prints well. */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/words.h"

/* self as in languages.h. Every figure of the document, each under a caption with the address that
 * gives it again. */
MUST_CHECK bool page_report(struct call *c, struct buf *b, enum lang lang, const char *self,
                            const struct doc *report);

#endif
