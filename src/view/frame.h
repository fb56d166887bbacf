/* What stands around a page's <main>: head, way, notices, foot. */
#ifndef VIEW_FRAME_H
#define VIEW_FRAME_H

#include "parts.h"

enum place { PLACE_PLAN, PLACE_OBJECTIVES, PLACE_UPDATES };

struct crumb {
    const char *path; /* NULL: there are no more */
    const char *text;
};

struct frame {
    const char *title;       /* what this page is about; NULL: the plan */
    const char *here;        /* the same in a word or two */
    const char *description; /* a sentence, for who finds the page elsewhere */
    enum place place;
    struct crumb crumbs[2]; /* between the plan and this page */
    const char *feed;       /* the path of these updates as Atom */
    const char *table;      /* the path of this data as CSV */
};

/* Ends within <main>, before its <h1>. */
void frame_begin(struct call *c, struct buf *b, const struct page *p, const struct frame *f);

/* Begins with the end of <main>. */
void frame_end(struct buf *b, const struct page *p, const struct frame *f);

#endif
