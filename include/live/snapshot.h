/* The cache on disk, so that a service that starts while the database is away has something to
 * give. One file, checksummed as a whole and replaced as a whole; of another edition of the
 * program, or damaged, it counts as absent. */
#ifndef LIVE_SNAPSHOT_H
#define LIVE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "base/log.h"
#include "live/cache.h"

/* Writes what the cache holds, but for pages behind cursors and what is large. ERR_UNAVAILABLE with
 * a sentence when the disk refuses; the file is then as it was. */
MUST_CHECK bool snapshot_save(struct call *c, struct cache *k, const char *path,
                              const char *edition);

/* Puts the file's answers into the cache, for outages only. ERR_NOT_FOUND where there is no file of
 * this edition; ERR_INVALID where it is damaged: then nothing was put in. */
MUST_CHECK bool snapshot_load(struct call *c, struct cache *k, const char *path,
                              const char *edition, size_t *count);

struct keeper_config {
    struct cache *cache;
    const char *path, *edition;
    void (*warm)(void *context); /* asks for what must be in the file */
    void *context;
    struct log *log; /* may be NULL */
};

struct keeper;

/* Starts a thread that saves some seconds after something has changed. All that config names must
 * outlive the keeper. NULL fails the call. */
struct keeper *keeper_new(struct call *c, const struct keeper_config *config);

/* Saves what is unsaved, and ends. Accepts NULL. */
void keeper_free(struct keeper *s);

#endif
