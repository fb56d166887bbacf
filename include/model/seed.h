/* A plan as one JSON document: in from a file, out to one. The exported format is the import format
 * (docs/operations.md). Translations come in by the sheet too (docs/translations.md). */
#ifndef MODEL_SEED_H
#define MODEL_SEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "pg/pool.h"

struct seed_options {
    bool publish;     /* drafts of the file go out at once */
    bool dry_run;     /* every check, nothing recorded */
    bool shipped;     /* translations that come with the service: what a person has edited stays */
    const char *plan; /* whose translations; NULL: the active one's. A plan's file says which */
};

/*
 * Validates the whole file first; then brings it in, all or nothing. What is already so stays
 * untouched: importing twice changes nothing the second time. The report has a line for each kind
 * of thing ("objectives: 42 unchanged"), and one for each warning. Fails with ERR_INVALID, with
 * every fault by its JSON pointer among the call's faults. The pool must log in as the owner.
 */
MUST_CHECK bool seed_import(struct call *c, struct pool *p, const char *bytes, size_t len,
                            const struct seed_options *options, struct buf *report);

/* Writes a plan (NULL: the active one) as a file that imports to the same state. Keys are not in
 * it. */
MUST_CHECK bool seed_export(struct call *c, struct pool *p, const char *plan, struct buf *out);

#endif
