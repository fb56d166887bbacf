/* The commands of `progressd`, a row each in main.c. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "pg/pool.h"
#include "view/csv.h"

enum exit_code { EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* argv[0] is the command's own name; the settings have been read. */
int command_migrate(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_key(int argc, char **argv);
int command_remind(int argc, char **argv);
int command_config(int argc, char **argv);
int command_healthcheck(int argc, char **argv);

/* Says what is wrong with the words and how to see the right ones; gives EXIT_USAGE. */
int command_misused(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

/* Says the call's error and faults on stderr; gives EXIT_REFUSED. */
int command_failed(const struct call *c);

/* Connections as the schema's owner, for commands that found or load. NULL has failed the call. */
struct pool *command_pool(struct call *c, size_t connections);

/* All of a file, of standard input for "-". */
MUST_CHECK bool command_read(struct call *c, const char *path, struct buf *b);

/* `import` of a table. */
struct table_options {
    const char *path;
    const char *table; /* NULL: told by its columns */
    const char *plan;  /* NULL: the active one */
    enum csv_dialect dialect;
    bool dry_run;
};
int command_import_table(const struct table_options *o);

#endif
