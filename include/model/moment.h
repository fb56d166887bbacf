/* A moment in the history of changes: which database told it, and the snapshot of what had been
 * committed there. Events carry one as their id, and clients send it back. */
#ifndef MODEL_MOMENT_H
#define MODEL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

enum {
    MOMENT_DATABASE = 16, /* hexadecimal digits that stand for a database and its start */
    MOMENT_MOST = 4096    /* bytes of a text that is read */
};

struct moment {
    const char *snapshot; /* in the text; what a statement takes as pg_snapshot */
    const char *busy;     /* in the text: "731,734", rising, under way at that moment */
    uint64_t end;         /* from here on nothing had begun */
};

/* Reads "0123456789abcdef-730:735:731,734", and nothing that PostgreSQL would refuse; false for
 * anything else. Borrows the text, NULL too. */
MUST_CHECK bool moment_read(const char *text, struct moment *m);

/* True when a transaction had been committed by then; so it is asked of committed ones only. */
bool moment_covers(const struct moment *m, uint64_t xid);

/* Whether two texts that were read are of one database. */
bool moment_same_database(const char *a, const char *b);

#endif
