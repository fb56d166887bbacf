#include "live/batch.h"

#include <stdlib.h>
#include <string.h>

/* Copies a text to *at, which moves behind it. */
static const char *put(char **at, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

struct batch *batch_new(struct call *c, const char *moment, const struct changes *changes) {
    size_t texts = strlen(moment) + 1;
    for (size_t i = 0; i < changes->count; i++)
        texts += strlen(changes->at[i].plan) + strlen(changes->at[i].doc) + 2;
    size_t size = sizeof(struct batch) + changes->count * sizeof(struct change) + texts;
    struct batch *b = malloc(size);
    if (!b) {
        (void)fail(c, ERR_NO_MEMORY, "no room to tell %zu changes", changes->count);
        return NULL;
    }
    struct change *list = (struct change *)(b + 1);
    char *at = (char *)(list + changes->count);
    *b = (struct batch){.list = list, .count = changes->count, .size = size};
    atomic_init(&b->holders, 1);
    b->moment = put(&at, moment);
    for (size_t i = 0; i < changes->count; i++) {
        list[i] = changes->at[i];
        list[i].plan = put(&at, changes->at[i].plan);
        list[i].doc = put(&at, changes->at[i].doc);
    }
    return b;
}

struct batch *batch_new_reset(struct call *c, const char *moment, const char *reset) {
    struct batch *b = batch_new(c, moment, &(struct changes){0});
    if (b)
        b->reset = reset;
    return b;
}

struct batch *batch_hold(struct batch *b) {
    atomic_fetch_add_explicit(&b->holders, 1, memory_order_relaxed);
    return b;
}

void batch_release(struct batch *b) {
    if (b && atomic_fetch_sub_explicit(&b->holders, 1, memory_order_acq_rel) == 1)
        free(b);
}

void batch_auto(struct batch **b) {
    batch_release(*b);
}
