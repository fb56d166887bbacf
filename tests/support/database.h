/*
 * Databases of a test's own, on the throwaway server that TEST_DATABASE_URL, or PGHOST and its
 * like, names. All of a program's databases are dropped when it ends.
 */
#ifndef SUPPORT_DATABASE_H
#define SUPPORT_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"
#include "pg/migrate.h"
#include "pg/pool.h"

struct database {
    char name[64];
    char url[512]; /* a superuser's */
};

/* For main, before its suite: exits with a "not ok" line when there is no server to be had. */
void database_need(const char *suite);

/* For main, after its suite: drops every database that this program and its tests made. */
void database_drop_all(void);

/* What must be so for a test to begin: fails the test, or ends a main that is still preparing. */
void must(bool good, const char *format, ...) PRINTF_LIKE(2, 3);

/* An empty one, or a copy of another that nobody is connected to. A failure fails the test. */
void database_make(struct database *d);
void database_copy(struct database *d, const struct database *from);

/* What the program's own migrations and functions make of an empty one. */
void database_migrate(const struct database *d);
struct migrate_config database_migrations(const struct database *d);

/* Runs statements as the superuser, in one transaction; the first value of the last one is copied
 * into out, "" for null and for none. A failure fails the test with the server's words. */
void database_run(const struct database *d, const char *sql);
void database_ask(const struct database *d, const char *sql, char *out, size_t size);
int64_t database_number(const struct database *d, const char *sql);

/* A digest of every table's rows: equal before and after means that nothing was recorded. */
void database_digest(const struct database *d, char out[33]);

/* How the service's pool logs in: as progress_app, with the functions of this program. NULL
 * statements: none prepared. Strings live as long as the database. */
struct pool_config database_pool(const struct database *d, size_t size);

/* The same as the owner of everything, as for the command line. */
struct pool_config database_owner_pool(const struct database *d);

/* Keeps a connection open that has run sql (a lock taken, a transaction begun) until it is let go.
 */
void *database_hold(const struct database *d, const char *sql);
void database_run_held(void *held, const char *sql);
void database_let_go(void *held);

/* No connection gets in until it is opened again; those that are in are cut. */
void database_shut(const struct database *d);
void database_reopen(const struct database *d);

#endif
