#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum { CAP_FIRST = 16 };

/* The value of a slot whose key was taken: a probe goes on past it. */
static char grave;

static uint64_t rotate(uint64_t x, unsigned bits) {
    return (x << bits) | (x >> (64 - bits));
}

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein): a stranger who does not know the seed cannot make keys
 * collide. */
static uint64_t hash_of(const struct map *m, const char *key) {
    size_t len = strlen(key);
    uint64_t v[4] = {
        m->seed[0] ^ UINT64_C(0x736f6d6570736575),
        m->seed[1] ^ UINT64_C(0x646f72616e646f6d),
        m->seed[0] ^ UINT64_C(0x6c7967656e657261),
        m->seed[1] ^ UINT64_C(0x7465646279746573),
    };
    for (size_t at = 0; at <= len; at += 8) {
        size_t left = len - at;
        uint64_t word = left < 8 ? (uint64_t)len << 56 : 0;
        for (size_t i = 0; i < 8 && i < left; i++)
            word |= (uint64_t)(unsigned char)key[at + i] << (8 * i);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static bool is_empty(const struct map_slot *s) {
    return !s->key && s->value != &grave;
}

/* The slot that holds key, or NULL. Ends because a quarter of the slots is always empty. */
static struct map_slot *find(const struct map *m, const char *key) {
    if (m->count == 0)
        return NULL;
    uint64_t hash = hash_of(m, key);
    for (size_t at = hash & (m->cap - 1);; at = (at + 1) & (m->cap - 1)) {
        struct map_slot *s = &m->slots[at];
        if (is_empty(s))
            return NULL;
        if (s->key && s->hash == hash && strcmp(s->key, key) == 0)
            return s;
    }
}

static void place(struct map *m, struct map_slot filled) {
    size_t at = filled.hash & (m->cap - 1);
    while (!is_empty(&m->slots[at]))
        at = (at + 1) & (m->cap - 1);
    m->slots[at] = filled;
    m->count++;
    m->used++;
}

/* Makes room for one more, and buries the graves. */
static bool grow(struct map *m) {
    if (m->used + 1 <= m->cap / 4 * 3)
        return true;
    if (m->cap == 0 && !secret_random(m->seed, sizeof(m->seed)))
        return false;

    size_t cap = m->cap ? m->cap : CAP_FIRST;
    while (m->count + 1 > cap / 2)
        cap *= 2;
    struct map_slot *slots = calloc(cap, sizeof(*slots));
    if (!slots)
        return false;
    struct map old = *m;
    m->slots = slots;
    m->cap = cap;
    m->count = 0;
    m->used = 0;
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i].key)
            place(m, old.slots[i]);
    }
    free(old.slots);
    return true;
}

void map_drop(struct map *m) {
    for (size_t i = 0; i < m->cap; i++)
        free(m->slots[i].key);
    free(m->slots);
    *m = (struct map){0};
}

void *map_get(const struct map *m, const char *key) {
    const struct map_slot *s = find(m, key);
    return s ? s->value : NULL;
}

bool map_put(struct map *m, const char *key, void *value, void **old) {
    struct map_slot *s = find(m, key);
    if (old)
        *old = s ? s->value : NULL;
    if (s) {
        s->value = value;
        return true;
    }

    struct map_slot filled = {.key = strdup(key), .value = value};
    if (!filled.key || !grow(m)) {
        free(filled.key);
        return false;
    }
    filled.hash = hash_of(m, key); /* only now: growth gives an empty map its seed */
    place(m, filled);
    return true;
}

void *map_take(struct map *m, const char *key) {
    struct map_slot *s = find(m, key);
    if (!s)
        return NULL;
    void *value = s->value;
    free(s->key);
    s->key = NULL;
    s->value = &grave;
    m->count--;
    return value;
}

bool map_next(const struct map *m, size_t *at, const char **key, void **value) {
    while (*at < m->cap) {
        const struct map_slot *s = &m->slots[(*at)++];
        if (!s->key)
            continue;
        *key = s->key;
        *value = s->value;
        return true;
    }
    return false;
}
