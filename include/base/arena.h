/* An arena lends memory that lives exactly as long as one unit of work. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/macros.h"

struct arena_block;

/* Embedded by value. One thread at a time. */
struct arena {
    struct arena_block *newest;
    size_t taken; /* bytes asked of malloc so far */
    size_t limit; /* bytes it may ask for in all; 0 = no limit */
};

void arena_init(struct arena *a, size_t limit);
void arena_drop(struct arena *a);

/* Forgets every loan, keeps one small block for the next unit of work. */
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type. NULL when out of memory or past the limit. */
void *arena_alloc(struct arena *a, size_t size);

/* NUL-terminated copies; NULL as above. */
char *arena_strndup(struct arena *a, const char *text, size_t len);
char *arena_strdup(struct arena *a, const char *text);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF_LIKE(2, 0);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
