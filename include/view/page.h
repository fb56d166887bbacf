/* The documents as pages for a browser: complete without a script, readable aloud, and printable.
 */
#ifndef VIEW_PAGE_H
#define VIEW_PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/words.h"

/* What pages are made of, each a document of the API; a page takes some of them. */
enum page_part {
    PART_GOAL,      /* with its objectives and their latest updates */
    PART_OBJECTIVE, /* with its latest update and its measures */
    PART_UPDATE,
    PART_CONTEXT, /* the objective that an update is about */
    PART_HEAD,    /* plan, title, organization, demo */
    PART_SUMMARY,
    PART_GOALS, /* collections, from here on; of goals with their latest updates */
    PART_OBJECTIVES,
    PART_UPDATES,
    PART_HISTORY, /* the progress reports of an objective, newest first */
    PART_DEPARTMENTS,
    PART_COUNT
};

/* A page, before it is written: who asks for what, and what there is to say. Texts and documents
 * are lent. */
struct page {
    const char *path;                    /* its own, without a query */
    const char *self;                    /* path and query but for the language (languages.h) */
    const char *base;                    /* what absolute links begin with; no slash at its end */
    const char *license;                 /* of the data, a URL; NULL: none is stated */
    const char *plan, *as_of, *known_at; /* as asked for, and kept in links; NULL: not given */
    enum lang lang;
    const char *lang_asked;  /* its tag, where the address names it; NULL: the browser chose */
    bool is_later;           /* not the first page of its list */
    const struct doc *asked; /* what a list was asked for: an object of texts */
    const struct doc *doc[PART_COUNT];
    const struct doc *const *values; /* of each measure of the objective: a collection */
};

/* The hash of a page's own style, as a source of a policy. In the call's arena. */
const char *page_style_source(struct call *c);

/* The policy of every page: nothing from elsewhere, only its own style and its own script (each by
 * its hash), which may ask this service alone. In the call's arena. */
const char *page_policy(struct call *c);

/* What a plain page begins and ends with; it writes its <main> between them. */
void page_begin(struct buf *b, enum lang lang, const char *title);
void page_end(struct buf *b);

/* The plan at a glance: SUMMARY, GOALS, all OBJECTIVES, the latest UPDATES, DEPARTMENTS. */
MUST_CHECK bool page_plan(struct call *c, struct buf *b, const struct page *p);

/* GOAL, DEPARTMENTS. */
MUST_CHECK bool page_goal(struct call *c, struct buf *b, const struct page *p);

/* A search among the objectives: GOALS, the OBJECTIVES found, DEPARTMENTS. */
MUST_CHECK bool page_objectives(struct call *c, struct buf *b, const struct page *p);

/* OBJECTIVE, its UPDATES, HISTORY and values, DEPARTMENTS. */
MUST_CHECK bool page_objective(struct call *c, struct buf *b, const struct page *p);

/* UPDATES, newest first; GOALS, to choose among. */
MUST_CHECK bool page_updates(struct call *c, struct buf *b, const struct page *p);

/* UPDATE and its CONTEXT. */
MUST_CHECK bool page_update(struct call *c, struct buf *b, const struct page *p);

#endif
