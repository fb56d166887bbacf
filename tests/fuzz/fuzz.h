/* What the harnesses share: input taken apart piece by piece, and a call that starts afresh. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/call.h"

/* One input, from any bytes. A rule that is broken ends the process (assert, or the instruments).
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of an input. */
struct input {
    const char *at;
    size_t len;
};

static inline struct input input_of(const uint8_t *data, size_t size) {
    return (struct input){(const char *)data, size};
}

/* The first byte, 0 at the end: for a choice. */
static inline unsigned input_byte(struct input *in) {
    if (in->len == 0)
        return 0;
    in->len--;
    return (unsigned char)*in->at++;
}

/* Up to the next stop, or all that is left, as text in the call's arena; a NUL within cuts it. */
static inline const char *input_text(struct call *c, struct input *in, char stop) {
    const char *end = memchr(in->at, stop, in->len);
    size_t len = end ? (size_t)(end - in->at) : in->len;
    const char *text = call_strndup(c, in->at, len);
    in->at += end ? len + 1 : len;
    in->len -= end ? len + 1 : len;
    return text;
}

/* What ended a call: nothing, a refusal that names its fault, or (never here) a fault of our own.
 */
static inline void check_call(const struct call *c, bool done) {
    assert(done == (c->err == ERR_NONE));
    assert(c->err != ERR_INTERNAL && c->err != ERR_NO_MEMORY && c->err != ERR_UNAVAILABLE);
    assert(done || (c->detail && *c->detail));
    for (const struct fault *f = c->faults; f; f = f->next)
        assert(f->where && f->detail && (f->place != FAULT_POINTER || f->where[0] == '#'));
}

#endif
