/* What stands beside a status in words, so that nobody needs the colour: a shape. */
#ifndef VIEW_SHAPE_H
#define VIEW_SHAPE_H

#include <stddef.h>

#include "base/buf.h"

struct shape {
    const char *status;
    const char *path; /* of SVG, within 16 by 16 */
};

/* Most urgent first. */
extern const struct shape SHAPES[];
extern const size_t SHAPE_COUNT;

/* The row of a status; that of no_information for one that is unknown. */
const struct shape *shape_of(const char *status);

/* As an image in the colour of the words beside it; hidden from who hears the page. */
void shape_add(struct buf *b, const struct shape *s);

#endif
