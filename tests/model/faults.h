/* What a check found wrong, for a test to compare. */
#ifndef TESTS_MODEL_FAULTS_H
#define TESTS_MODEL_FAULTS_H

#include "base/buf.h"
#include "base/call.h"

/* The places of the call's faults in their order, one space between: "#/a #/b/0". */
static inline void faults_places(const struct call *c, struct buf *out) {
    for (const struct fault *f = c->faults; f; f = f->next)
        buf_addf(out, "%s%s", out->len ? " " : "", f->where);
    if (!out->data)
        buf_adds(out, "");
}

#endif
