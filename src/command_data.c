#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "command.h"
#include "config.h"
#include "generated/functions.h"
#include "generated/migrations.h"
#include "generated/queries.h"
#include "model/seed.h"
#include "pg/migrate.h"
#include "view/translation_in.h"

enum { PATIENCE_MS = 600000, FILE_MOST = 64 * 1024 * 1024 };

static void say(const char *sentence) {
    puts(sentence);
    fflush(stdout);
}

int command_migrate(int argc, char **argv) {
    AUTO(call) struct call c;
    call_init(&c, PATIENCE_MS);
    if (argc > 1)
        return command_misused("migrate", "takes no \"%s\"", argv[1]);
    if (!config_text(SET_MIGRATE_URL))
        return command_misused("migrate", "needs PROGRESS_MIGRATE_URL or DATABASE_URL");
    bool done = migrate(&c, &(struct migrate_config){
                                .url = config_text(SET_MIGRATE_URL),
                                .migrations = SQL_MIGRATIONS,
                                .migration_count = SQL_MIGRATIONS_COUNT,
                                .functions = SQL_FUNCTIONS,
                                .function_count = SQL_FUNCTIONS_COUNT,
                                .say = say,
                            });
    if (!done)
        return command_failed(&c);
    say("the database is up to date");
    return EXIT_OK;
}

struct pool *command_pool(struct call *c, size_t connections) {
    static char search_path[FUNCTIONS_SCHEMA_SIZE + 16];
    char functions[FUNCTIONS_SCHEMA_SIZE];
    if (!config_text(SET_MIGRATE_URL)) {
        fail(c, ERR_MALFORMED, "PROGRESS_MIGRATE_URL or DATABASE_URL must name the database");
        return NULL;
    }
    functions_schema(SQL_FUNCTIONS, SQL_FUNCTIONS_COUNT, functions);
    snprintf(search_path, sizeof search_path, "%s, progress", functions);
    struct pool *p = pool_new(c, &(struct pool_config){
                                     .url = config_text(SET_MIGRATE_URL),
                                     .role = "progress_owner",
                                     .search_path = search_path,
                                     .size = connections,
                                     .checkout_ms = PATIENCE_MS,
                                     .statement_ms = PATIENCE_MS,
                                     .verbatim = true,
                                 });
    AUTO(call) struct call wait;
    call_init(&wait, 5000);
    if (p && !pool_wait(&wait, p)) {
        fail(c, ERR_UNAVAILABLE, "%s", wait.detail);
        pool_free(p);
        return NULL;
    }
    return p;
}

/* ---- import ---- */

bool command_read(struct call *c, const char *path, struct buf *b) {
    bool named = strcmp(path, "-") != 0;
    FILE *file = named ? fopen(path, "rb") : NULL;
    FILE *in = named ? file : stdin;
    char piece[8192];
    if (!in)
        return fail(c, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    while (!feof(in) && !ferror(in) && b->len <= FILE_MOST) {
        size_t n = fread(piece, 1, sizeof piece, in);
        buf_add(b, piece, n);
    }
    bool broken = ferror(in);
    if (file)
        fclose(file);
    if (broken)
        return fail(c, ERR_UNAVAILABLE, "%s: cannot be read", path);
    if (b->len > FILE_MOST)
        return fail(c, ERR_TOO_LARGE, "%s: larger than %d MB", path, FILE_MOST / 1024 / 1024);
    return buf_ok(c, b);
}

/* A translators' table becomes the sheet that it is. */
static bool read_table(struct call *c, struct buf *file) {
    AUTO(buf) struct buf table = *file;
    *file = (struct buf){0};
    return translation_read(c, table.data, table.len, file);
}

static bool import(struct call *c, const char *path, const struct seed_options *options,
                   struct buf *report) {
    AUTO(buf) struct buf file = {0};
    if (!command_read(c, path, &file))
        return false;
    if (file.len && translation_is_table(file.data, file.len) && !read_table(c, &file))
        return false;
    struct pool *p = command_pool(c, 1);
    bool done = p && seed_import(c, p, file.data ? file.data : "", file.len, options, report);
    pool_free(p);
    return done;
}

static int import_plan(const char *path, const struct seed_options *options) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf report = {0};
    call_init(&c, PATIENCE_MS);
    if (!import(&c, path, options, &report))
        return command_failed(&c);
    fputs(report.data, stdout);
    return EXIT_OK;
}

static bool ends_in_csv(const char *path) {
    size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".csv") == 0;
}

/* Told by its first line; standard input is read once, by who takes it. */
static bool is_for_translators(const char *path) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf file = {0};
    call_init(&c, PATIENCE_MS);
    return strcmp(path, "-") != 0 && command_read(&c, path, &file) && file.len &&
           translation_is_table(file.data, file.len);
}

/* What an option with a value sets; false for another. */
static bool take_word(struct table_options *table, const char *name, const char *word) {
    if (strcmp(name, "--table") == 0)
        table->table = word;
    else if (strcmp(name, "--plan") == 0)
        table->plan = word;
    else if (strcmp(name, "--dialect") == 0 && strcmp(word, "excel") == 0)
        table->dialect = CSV_EXCEL;
    else if (strcmp(name, "--dialect") == 0 && strcmp(word, "rfc4180") == 0)
        table->dialect = CSV_RFC4180;
    else
        return false;
    return true;
}

int command_import(int argc, char **argv) {
    struct seed_options options = {0};
    struct table_options table = {0};
    bool has_words = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--publish") == 0) {
            options.publish = true;
        } else if (strcmp(argv[i], "--dry-run") == 0) {
            options.dry_run = table.dry_run = true;
        } else if (strcmp(argv[i], "--shipped") == 0) {
            options.shipped = true;
        } else if (i + 1 < argc && take_word(&table, argv[i], argv[i + 1])) {
            has_words = true;
            i++;
        } else if (table.path || (argv[i][0] == '-' && argv[i][1])) {
            return command_misused("import", "does not know \"%s\"", argv[i]);
        } else {
            table.path = argv[i];
        }
    }
    if (!table.path)
        return command_misused("import", "needs a file");
    options.plan = table.plan;
    bool is_table = (has_words || ends_in_csv(table.path)) && !is_for_translators(table.path);
    if (is_table && options.publish)
        return command_misused("import", "takes --publish for the file of a plan alone");
    return is_table ? command_import_table(&table) : import_plan(table.path, &options);
}

/* ---- export ---- */

/* Beside the file first, then by its name: a half-written export never stands where a whole one
 * did. */
static bool write_file(struct call *c, const char *path, const struct buf *b) {
    const char *beside = call_printf(c, "%s.part", path);
    FILE *file = beside ? fopen(beside, "wb") : NULL;
    bool written = file && fwrite(b->data, 1, b->len, file) == b->len;
    bool closed = file && fclose(file) == 0;
    if (written && closed && rename(beside, path) == 0)
        return true;
    return fail(c, ERR_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

static bool write_out(struct call *c, const struct buf *b) {
    if (fwrite(b->data, 1, b->len, stdout) == b->len && fflush(stdout) == 0)
        return true;
    return fail(c, ERR_UNAVAILABLE, "standard output: %s", strerror(errno));
}

int command_export(int argc, char **argv) {
    const char *path = NULL, *plan = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--plan") == 0 && i + 1 < argc)
            plan = argv[++i];
        else if (path || argv[i][0] == '-')
            return command_misused("export", "does not know \"%s\"", argv[i]);
        else
            path = argv[i];
    }
    AUTO(call) struct call c;
    AUTO(buf) struct buf file = {0};
    call_init(&c, PATIENCE_MS);
    struct pool *p = command_pool(&c, 1);
    bool done = p && seed_export(&c, p, plan, &file) &&
                (path ? write_file(&c, path, &file) : write_out(&c, &file));
    pool_free(p);
    return done ? EXIT_OK : command_failed(&c);
}
