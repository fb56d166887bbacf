/* The cache's bounded table of answers. What was asked for once only goes first (S3-FIFO: Yang and
 * others, "FIFO queues are all you need for cache eviction", SOSP 2023, without its ghosts), so
 * that a walk through every filter and cursor does not push out what everybody reads. Not
 * thread-safe: the cache locks. */
#ifndef LIVE_STORE_H
#define LIVE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/blob.h"
#include "base/map.h"

struct lease;

enum queue { QUEUE_NONE, QUEUE_NEW, QUEUE_MAIN, QUEUE_COUNT };

struct entry {
    struct blob *blob;    /* held; NULL while there is only a lease */
    struct lease *flight; /* who asks for it now, or NULL */
    unsigned tags;
    uint64_t at; /* the cache's time when the blob's query began; 0: of an earlier life */
    enum queue queue;
    struct entry *older, *newer;
    size_t size;      /* what it counts for */
    atomic_uint hits; /* since it last stood at a queue's end; readers add under the read lock */
    char key[];
};

struct store {
    struct map map;
    struct entry *oldest[QUEUE_COUNT], *newest[QUEUE_COUNT];
    size_t bytes[QUEUE_COUNT];
    size_t count, most;
    size_t evicted;
};

void store_drop(struct store *s);

struct entry *store_find(const struct store *s, const char *key);

/* The entry of that name, made where there is none; NULL without memory. */
struct entry *store_open(struct store *s, const char *key);

/* Gives the entry the blob (a hold of its own) and makes room; false when it would fill too much of
 * the store: then the entry keeps what it had. */
bool store_fill(struct store *s, struct entry *e, struct blob *b);

/* Takes every answer away; what is under way stays. */
void store_clear(struct store *s);

/* Takes an entry away that holds neither answer nor lease. */
void store_tidy(struct store *s, struct entry *e);

#endif
