/* A report while it is written, and the small pieces of it; private to the room. */
#ifndef VIEW_TELLING_H
#define VIEW_TELLING_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"
#include "view/words.h"

/* Where to, in which language, and of what. */
struct telling {
    struct call *c;
    struct buf *b;
    enum lang lang;
    const struct doc *report;
};

void tell(const struct telling *t, enum word word);

/* The word between two pieces of markup. */
void tell_in(const struct telling *t, const char *open, enum word word, const char *close);

/* A text of the city's or of a reporter's, which are English whatever the page is. */
void tell_own(const struct telling *t, const struct doc *d, const char *name);

/* A date written out, as markup in the call's arena: for a placeholder. */
const char *tell_date(const struct telling *t, const struct doc *d, const char *name);

/* Begins a section that bears this id and heading. */
void tell_section(const struct telling *t, const char *id, enum word title);

void tell_table_end(const struct telling *t);

/* "<a href=…>" to an update. */
void tell_update_link(const struct telling *t, const struct doc *update);

/* What was stated and is known otherwise since; nothing while the quarter is open. */
void tell_restated(const struct telling *t);

#endif
