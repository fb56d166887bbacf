/* A string-keyed hash map of pointers, for small process-wide tables. Not thread-safe: its owner
 * locks. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct map_slot {
    char *key;   /* owned copy; NULL = empty, or a grave */
    void *value; /* borrowed */
    uint64_t hash;
};

/* Embedded by value; {0} is a valid empty map. Open addressing, seeded hash (keys come from
 * strangers). */
struct map {
    struct map_slot *slots;
    size_t cap;
    size_t count; /* keys */
    size_t used;  /* keys and the graves of those taken */
    uint64_t seed[2];
};

void map_drop(struct map *m); /* values are the caller's */
void *map_get(const struct map *m, const char *key);

/* Sets or replaces; *old gets the value replaced, or NULL. False when out of memory. */
MUST_CHECK bool map_put(struct map *m, const char *key, void *value, void **old);

/* Removes; returns the value, or NULL. */
void *map_take(struct map *m, const char *key);

/* Walks: start with *at = 0; false at the end. The map must not change meanwhile, but for map_take
 * of the key given. */
bool map_next(const struct map *m, size_t *at, const char **key, void **value);

#endif
