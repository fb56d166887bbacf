#include "base/blob.h"

#include <stdlib.h>
#include <string.h>

struct blob *blob_new(struct call *c, const struct blob_bytes parts[BLOB_PARTS], enum err err,
                      int64_t made_us) {
    size_t size = sizeof(struct blob);
    for (size_t i = 0; i < BLOB_PARTS; i++)
        size += parts[i].len + 1;
    struct blob *b = malloc(size);
    if (!b) {
        (void)fail(c, ERR_NO_MEMORY, "no room for an answer of %zu bytes", size);
        return NULL;
    }
    *b = (struct blob){.err = err, .made_us = made_us, .size = size};
    atomic_init(&b->holders, 1);
    char *at = (char *)(b + 1);
    for (size_t i = 0; i < BLOB_PARTS; i++) {
        if (parts[i].len > 0)
            memcpy(at, parts[i].at, parts[i].len);
        at[parts[i].len] = '\0';
        b->part[i] = (struct blob_bytes){at, parts[i].len};
        at += parts[i].len + 1;
    }
    return b;
}

struct blob *blob_hold(struct blob *b) {
    atomic_fetch_add_explicit(&b->holders, 1, memory_order_relaxed);
    return b;
}

void blob_release(struct blob *b) {
    if (b && atomic_fetch_sub_explicit(&b->holders, 1, memory_order_acq_rel) == 1)
        free(b);
}
