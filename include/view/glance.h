/* How far the plan, a goal or an objective has come, at a glance: for pages of other sites, as
 * HTML, as a page for their frames, and as a badge. */
#ifndef VIEW_GLANCE_H
#define VIEW_GLANCE_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/words.h"

enum glance_kind { GLANCE_PLAN, GLANCE_GOAL, GLANCE_OBJECTIVE };

struct glance {
    enum glance_kind kind;
    const struct doc *doc; /* the summary; a goal or an objective with its latest update */
    const char *base;      /* what links begin with; no slash at its end */
    enum lang lang;
};

/* A part of a page: no style, classes that begin with "cerritos-progress", links that are whole. */
MUST_CHECK bool glance_fragment(struct call *c, struct buf *b, const struct glance *g);

/* The same as a page. */
MUST_CHECK bool glance_page(struct call *c, struct buf *b, const struct glance *g);

/* The policy of that page: it loads nothing, and stands in the frames of these hosts alone. In the
 * call's arena. */
const char *glance_policy(struct call *c, const char *hosts);

/* A small SVG, text as text: what, and its status in a word, a colour and a shape. */
MUST_CHECK bool glance_badge(struct call *c, struct buf *b, const struct glance *g);

#endif
