#include "shape.h"

#include <string.h>

#include "base/macros.h"

/* web/widget.js draws the same ones; a test holds them together. */
const struct shape SHAPES[] = {
    {"off_track", "M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z"},
    {"at_risk", "M8 1l7.5 14H.5z"},
    {"on_hold", "M3 1h4v14H3zM9 1h4v14H9z"},
    {"on_track", "M8 1a7 7 0 1 0 .01 0z"},
    {"completed", "M6 14L0 8l2.5-2.5L6 9l7.5-7.5L16 4z"},
    {"ongoing", "M2 1l13 7-13 7z"},
    {"not_started", "M8 1a7 7 0 1 0 .01 0zm0 3a4 4 0 1 1-.01 0z"},
    {"cancelled", "M1 6h14v4H1z"},
    {"no_information", "M1 6h4v4H1zM6 6h4v4H6zM11 6h4v4h-4z"},
};

const size_t SHAPE_COUNT = COUNT(SHAPES);

const struct shape *shape_of(const char *status) {
    for (size_t i = 0; status && i < SHAPE_COUNT; i++)
        if (strcmp(SHAPES[i].status, status) == 0)
            return &SHAPES[i];
    return &SHAPES[SHAPE_COUNT - 1];
}

void shape_add(struct buf *b, const struct shape *s) {
    buf_addf(b,
             "<svg aria-hidden=\"true\" width=\"12\" height=\"12\" viewBox=\"0 0 16 16\" "
             "fill=\"currentColor\"><path d=\"%s\"/></svg>",
             s->path);
}
