#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first block serves most requests whole; later ones double up to the cap. */
enum { BLOCK_FIRST = 4096, BLOCK_CAP = 262144 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t limit) {
    *a = (struct arena){.limit = limit};
}

void arena_drop(struct arena *a) {
    struct arena_block *older = NULL;
    for (struct arena_block *b = a->newest; b; b = older) {
        older = b->older;
        free(b);
    }
    a->newest = NULL;
    a->taken = 0;
}

void arena_reset(struct arena *a) {
    struct arena_block *kept = NULL;
    struct arena_block *older = NULL;
    for (struct arena_block *b = a->newest; b; b = older) {
        older = b->older;
        if (!kept && b->size == BLOCK_FIRST)
            kept = b;
        else
            free(b);
    }
    a->newest = kept;
    a->taken = 0;
    if (kept) {
        kept->older = NULL;
        kept->used = 0;
        a->taken = sizeof(*kept) + kept->size;
    }
}

static bool fits(const struct arena *a, size_t size) {
    size_t whole = sizeof(struct arena_block) + size;
    return a->limit == 0 || (whole <= a->limit && a->taken <= a->limit - whole);
}

/* A block with room for size bytes, roomier where the limit allows it. */
static struct arena_block *add_block(struct arena *a, size_t size) {
    size_t wish = a->newest ? a->newest->size * 2 : BLOCK_FIRST;
    if (wish > BLOCK_CAP)
        wish = BLOCK_CAP;
    if (wish < size || !fits(a, wish))
        wish = size;
    if (!fits(a, wish))
        return NULL;

    struct arena_block *b = malloc(sizeof(*b) + wish);
    if (!b)
        return NULL;
    b->older = a->newest;
    b->size = wish;
    b->used = 0;
    a->newest = b;
    a->taken += sizeof(*b) + wish;
    return b;
}

void *arena_alloc(struct arena *a, size_t size) {
    size_t step = alignof(max_align_t);
    if (size > PTRDIFF_MAX - sizeof(struct arena_block) - step)
        return NULL;
    size_t rounded = size == 0 ? step : (size + step - 1) / step * step;

    struct arena_block *b = a->newest;
    if (!b || b->size - b->used < rounded)
        b = add_block(a, rounded);
    if (!b)
        return NULL;
    char *loan = b->bytes + b->used;
    b->used += rounded;
    return memset(loan, 0, rounded);
}

char *arena_strndup(struct arena *a, const char *text, size_t len) {
    char *copy = len < PTRDIFF_MAX ? arena_alloc(a, len + 1) : NULL;
    if (copy && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *text) {
    return arena_strndup(a, text, strlen(text));
}

char *arena_vprintf(struct arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        return NULL;

    char *text = arena_alloc(a, (size_t)len + 1);
    if (text)
        (void)vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}
