/* Pools to be broken, and statements that break them. */
#ifndef TESTS_PG_POOLS_H
#define TESTS_PG_POOLS_H

#include "pg/pool.h"
#include "support/database.h"
#include "support/suite.h"

extern struct database home; /* migrated; tests that break something take a copy */

extern const struct stmt PID, ONE;

/* For main: runs a suite with a home. */
int pools_run(const char *name, const TTest *const *tests, size_t count);

/* As the superuser in public, nothing prepared. */
struct pool_config pool_plain(const struct database *d, size_t size);

/* Waits for a connection; a failure fails the test. */
struct pool *pool_open(const struct pool_config *config);

int64_t pool_since_ms(int64_t began_us);

/* Runs a statement that must succeed, and gives its first value as a number. */
int64_t pool_number(struct pool *p, const struct stmt *s);

typedef bool pool_runner(struct call *c, struct pool *p, const struct stmt *s,
                         const char *const *params, size_t count, struct rows **out);

/* Runs one that must fail with err within most_ms. */
void pool_fails(pool_runner *run, struct pool *p, const char *sql, int64_t budget_ms, enum err err,
                int64_t most_ms);

/*
 * On a copy of home: fails_first(times, state) kills its own connection ("die") or raises the
 * SQLSTATE the first times that it is called, then gives the number of the call;
 * fails_first_after(…, mark) writes into the table "done" before that; commits_and_dies(url)
 * records its work, and the connection dies before anybody hears of it.
 */
struct pool *pool_of_killers(struct database *d);

/* How often the functions above were called. */
int64_t pool_tries(const struct database *d);

#endif
