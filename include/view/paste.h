/* The page for who puts the progress on a page of their own: what there is, live, and the lines to
 * paste. */
#ifndef VIEW_PASTE_H
#define VIEW_PASTE_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/words.h"

struct paste {
    const struct doc *summary;
    const struct doc *objectives; /* a collection of all of them */
    const char *base;             /* what links begin with; no slash at its end */
    const char *plan;             /* its slug where it was asked for, or NULL */
    const char *hosts;            /* who may frame embedded pages: origins */
    enum lang lang;
};

MUST_CHECK bool paste_page(struct call *c, struct buf *b, const struct paste *p);

/* The policy of that page: this service alone, for what it shows live. In the call's arena. */
const char *paste_policy(struct call *c);

#endif
