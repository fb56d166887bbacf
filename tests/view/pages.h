/* Pages of documents that a test writes down. */
#ifndef TESTS_VIEW_PAGES_H
#define TESTS_VIEW_PAGES_H

#include "view/page.h"

/* A page in English of a plan "The <Plan> & more", with nothing else to say yet. */
extern const struct page A_PAGE;

/* JSON with ' for ". Freed by doc_auto. */
struct doc *pages_parse(struct call *c, const char *text);

/* What write makes of the page when this part of it is this JSON (a NULL ends the pairs); the
 * page's own parts stay. */
struct part {
    enum page_part part;
    const char *json;
};

void pages_render(struct buf *b, const struct page *p, const struct part *parts,
                  bool (*write)(struct call *c, struct buf *b, const struct page *p));

void pages_hold(const struct buf *b, const char *text);
void pages_lack(const struct buf *b, const char *text);

/* That one stands before the other. */
void pages_order(const struct buf *b, const char *first, const char *second);

#endif
