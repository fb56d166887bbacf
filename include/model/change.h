/* What has changed since we last looked: by the change rows of every commit, whoever made it. */
#ifndef MODEL_CHANGE_H
#define MODEL_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "model/tag.h"
#include "pg/pool.h"

struct follower;

/* Has a connection of its own, opened when it first looks; where that cannot be had, it asks by the
 * pool (borrowed; NULL: it does not). config as for the pool; its strings must outlive the
 * follower. NULL fails the call. */
struct follower *follower_new(struct call *c, const struct pool_config *config, struct pool *p);
void follower_free(struct follower *f); /* accepts NULL */

/* What a look found. */
struct look {
    unsigned tags; /* of what has changed since the last one; TAG_ALL where that cannot be told */
    bool anew;     /* it cannot: the first look, or another server or database than before */
    const char *moment;  /* of this look (model/moment.h); lives as long as the call */
    bool erased;         /* a redaction may be among it: nothing from before is to be kept */
    int64_t day_ends_us; /* wall clock: the next midnight in the time zone of some plan */
};

/* Every commit shows in exactly one look, in whatever order they came: a transaction that was
 * open at the last one is not past (pg_visible_in_snapshot). */
MUST_CHECK bool follower_look(struct call *c, struct follower *f, struct look *out);

/* The changes themselves, as the public is told of them. */
struct change {
    uint64_t xid;
    const char *plan; /* slug */
    bool active;      /* it is the active one */
    const char *doc;  /* JSON, one line */
};

enum { CHANGES_MOST = 1000 };

struct changes {
    struct change *at; /* in the order in which they were made */
    size_t count;
    bool too_many; /* more than CHANGES_MOST: none is here */
};

/* Those between two moments of one database; what both texts hold was read before (moment_read).
 * All strings live as long as the call. */
MUST_CHECK bool follower_changes(struct call *c, struct follower *f, const char *since,
                                 const char *upto, struct changes *out);
MUST_CHECK bool changes_between(struct call *c, struct pool *p, const char *since, const char *upto,
                                struct changes *out);

/* Tells the other instances that it is worth looking (NOTIFY). */
MUST_CHECK bool follower_tell(struct call *c, struct follower *f);

/* The same, of whoever has a pool and follows nothing. */
MUST_CHECK bool change_tell(struct call *c, struct pool *p);

/* To be polled for reading; -1: not connected. */
int follower_fd(const struct follower *f);

/* True when some instance has told us to look. */
bool follower_heard(struct follower *f);

#endif
