#include "store.h"

#include <stdlib.h>
#include <string.h>

enum {
    NEW_SHARE = 10, /* of the room, for what was asked for once: a tenth */
    ONE_MOST = 8,   /* an answer that fills more than an eighth is not kept */
    HITS_MOST = 3,
    OVERHEAD = 64 /* of the table, for each entry */
};

static void unlink_entry(struct store *s, struct entry *e) {
    if (e->queue == QUEUE_NONE)
        return;
    *(e->older ? &e->older->newer : &s->oldest[e->queue]) = e->newer;
    *(e->newer ? &e->newer->older : &s->newest[e->queue]) = e->older;
    s->bytes[e->queue] -= e->size;
    e->older = e->newer = NULL;
    e->queue = QUEUE_NONE;
}

static void link_newest(struct store *s, struct entry *e, enum queue queue) {
    e->queue = queue;
    e->older = s->newest[queue];
    e->newer = NULL;
    *(e->older ? &e->older->newer : &s->oldest[queue]) = e;
    s->newest[queue] = e;
    s->bytes[queue] += e->size;
}

void store_drop(struct store *s) {
    size_t at = 0;
    const char *key;
    void *value;
    while (map_next(&s->map, &at, &key, &value)) {
        struct entry *e = value;
        blob_release(e->blob);
        free(e);
    }
    map_drop(&s->map);
}

struct entry *store_find(const struct store *s, const char *key) {
    return map_get(&s->map, key);
}

struct entry *store_open(struct store *s, const char *key) {
    struct entry *e = store_find(s, key);
    if (e)
        return e;
    size_t len = strlen(key) + 1;
    void *old;
    e = calloc(1, sizeof(*e) + len);
    if (!e)
        return NULL;
    memcpy(e->key, key, len);
    if (map_put(&s->map, key, e, &old))
        return e;
    free(e);
    return NULL;
}

void store_tidy(struct store *s, struct entry *e) {
    if (e->blob || e->flight)
        return;
    (void)map_take(&s->map, e->key);
    free(e);
}

static void empty(struct store *s, struct entry *e) {
    unlink_entry(s, e);
    blob_release(e->blob);
    e->blob = NULL;
    s->count--;
    store_tidy(s, e);
}

void store_clear(struct store *s) {
    for (int queue = QUEUE_NEW; queue <= QUEUE_MAIN; queue++)
        while (s->oldest[queue])
            empty(s, s->oldest[queue]);
}

/* One step towards room: the oldest of a queue goes, moves up or gets another round. */
static void turn(struct store *s) {
    bool new_first = s->bytes[QUEUE_NEW] * NEW_SHARE > s->most || !s->oldest[QUEUE_MAIN];
    struct entry *e = s->oldest[new_first ? QUEUE_NEW : QUEUE_MAIN];
    unsigned hits = atomic_load_explicit(&e->hits, memory_order_relaxed);
    if (hits == 0) {
        empty(s, e);
        s->evicted++;
        return;
    }
    unlink_entry(s, e);
    unsigned left = new_first ? 0 : (hits > HITS_MOST ? HITS_MOST : hits) - 1;
    atomic_store_explicit(&e->hits, left, memory_order_relaxed);
    link_newest(s, e, QUEUE_MAIN);
}

bool store_fill(struct store *s, struct entry *e, struct blob *b) {
    size_t size = b->size + sizeof(*e) + strlen(e->key) + OVERHEAD;
    if (size > s->most / ONE_MOST)
        return false;
    enum queue queue = e->queue == QUEUE_NONE ? QUEUE_NEW : e->queue;
    unlink_entry(s, e); /* while room is made it is safe from that */
    s->count += e->blob == NULL;
    blob_release(e->blob);
    e->blob = blob_hold(b);
    e->size = size;
    while (s->bytes[QUEUE_NEW] + s->bytes[QUEUE_MAIN] + size > s->most)
        turn(s);
    link_newest(s, e, queue);
    return true;
}
