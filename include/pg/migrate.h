/* Brings a database to this program's schema: numbered migrations once each, then the functions in
 * a schema named by their hash. */
#ifndef PG_MIGRATE_H
#define PG_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "base/embedded.h"

enum { FUNCTIONS_SCHEMA_SIZE = 32 };

struct migrate_config {
    const char *url;
    const struct embedded_file *migrations; /* in order of their numbers, "0001_plan.sql" */
    size_t migration_count;
    const struct embedded_file *functions; /* in order of loading */
    size_t function_count;
    /* Told of each step, for a person to read. */
    void (*say)(const char *sentence);
};

/* "progress_" and 12 hex digits of the functions' SHA-256: the schema that this program's
 * statements call. */
void functions_schema(const struct embedded_file *functions, size_t count,
                      char out[FUNCTIONS_SCHEMA_SIZE]);

/*
 * Each step in a transaction of its own under one advisory lock: safe for two at once and when
 * killed midway. Fails with ERR_CONFLICT, naming the file, when an applied migration has another
 * checksum; with ERR_FORBIDDEN and the lines for a superuser when the roles are missing and may not
 * be created.
 */
MUST_CHECK bool migrate(struct call *c, const struct migrate_config *config);

#endif
