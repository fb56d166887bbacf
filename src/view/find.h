/* The form that looks for objectives: words, goal, status, department. */
#ifndef VIEW_FIND_H
#define VIEW_FIND_H

#include "parts.h"

/* With what was asked for already filled in; GOALS and DEPARTMENTS are what one can choose among.
 */
void add_find(struct call *c, struct buf *b, const struct page *p);

/* A <select> of goals, as its fields are. */
void add_goal_choice(struct call *c, struct buf *b, const struct page *p);

#endif
