#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "command.h"
#include "live/importer.h"
#include "model/import.h"
#include "model/import_job.h"
#include "view/table_in.h"

/*
 * The same way as a table that is sent to the service: it is left in the database and done there in
 * one transaction, while this looks at how far it has come.
 */

enum {
    PATIENCE_MS = 600000,
    LOOK_MS = 100,
    CONNECTIONS = 3, /* one does, one looks, one gives back what is cut short */
    BAR = 30
};

/* ---- how far it has come ---- */

static void draw(const struct import_state *s) {
    char bar[BAR + 1];
    int done = s->rows ? (int)(s->rows_done * BAR / s->rows) : 0;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)done);
    bar[BAR] = '\0';
    fprintf(stderr, "\r%s: [%s] %lld of %lld rows", s->table, bar, (long long)s->rows_done,
            (long long)s->rows);
    fflush(stderr);
}

/* A line of its own where nobody looks on. */
static void say_progress(const struct import_state *s, bool on_terminal, int64_t *last) {
    if (on_terminal)
        draw(s);
    else if (s->rows_done != *last)
        fprintf(stderr, "%s: %lld of %lld rows\n", s->table, (long long)s->rows_done,
                (long long)s->rows);
    *last = s->rows_done;
}

static bool is_waiting(const struct import_state *s) {
    return strcmp(s->state, "queued") == 0 || strcmp(s->state, "running") == 0;
}

static bool look(struct call *c, struct pool *p, const char *id, struct import_state *s) {
    buf_drop(&s->errors);
    *s = (struct import_state){0};
    return import_look(c, p, id, s) && s->state && s->table;
}

static bool await_end(struct call *c, struct pool *p, struct import_state *s) {
    bool on_terminal = isatty(STDERR_FILENO);
    int64_t last = -1;
    const char *id = s->id;
    while (is_waiting(s)) {
        say_progress(s, on_terminal, &last);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        if (!look(c, p, id, s))
            return false;
    }
    if (on_terminal) {
        draw(s);
        fputc('\n', stderr);
    }
    return true;
}

/* ---- what came of it ---- */

static void report(const struct import_state *s, bool dry_run) {
    fputs(s->errors.len ? s->errors.data : "", stderr);
    if (s->error_count == 0 && s->detail)
        fprintf(stderr, "progressd: %s\n", s->detail);
    if (strcmp(s->state, "done") != 0)
        return;
    printf("%s: %lld created, %lld changed, %lld unchanged%s\n", s->table, (long long)s->created,
           (long long)s->changed, (long long)s->unchanged, dry_run ? "; nothing was recorded" : "");
}

/* ---- the way there ---- */

static bool leave(struct call *c, struct pool *p, const char *plan, bool dry_run,
                  const struct buf *given, struct import_state *s) {
    AUTO(outcome) struct outcome out = {0};
    const struct principal nobody = {.key_id = "", .client_id = ""};
    const struct intent in = {
        .plan = plan,
        .args = "{}",
        .body = given->data,
        .len = given->len,
        .target = "import",
        .if_match = -1,
        .dry_run = dry_run,
    };
    c->who = &nobody;
    bool left = operation_run(c, p, &imports_operate, &in, &out) &&
                import_state_read(c, out.body, out.len, s);
    c->who = NULL;
    return left;
}

/* What is refused at sight is tried, for all that is wrong with it. */
static bool hand_over(struct call *c, struct pool *p, const struct table_options *o,
                      const struct buf *given, struct import_state *s) {
    if (leave(c, p, o->plan, o->dry_run, given, s))
        return true;
    if (c->err != ERR_INVALID || o->dry_run)
        return false;
    call_recover(c);
    return leave(c, p, o->plan, true, given, s);
}

/* Whoever gets to it first does it: this program, or a service that runs on the same database. */
static bool bring_in(struct call *c, struct pool *p, struct import_state *s) {
    struct importer *i = importer_new(c, &(struct importer_config){.pool = p});
    bool ended = i && await_end(c, p, s);
    importer_free(i);
    return ended;
}

static bool read_table(struct call *c, const struct table_options *o, struct buf *given) {
    AUTO(buf) struct buf file = {0};
    size_t len = strlen(o->path);
    const struct table_manner manner = {
        .table = o->table,
        .dialect = o->dialect,
        .is_json = len > 5 && strcmp(o->path + len - 5, ".json") == 0,
    };
    return command_read(c, o->path, &file) &&
           table_read(c, &manner, file.data ? file.data : "", file.len, given);
}

int command_import_table(const struct table_options *o) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    AUTO(import_state) struct import_state s = {0};
    call_init(&c, PATIENCE_MS);
    if (!read_table(&c, o, &given))
        return command_failed(&c);
    struct pool *p = command_pool(&c, CONNECTIONS);
    bool done = p && hand_over(&c, p, o, &given, &s) && (!is_waiting(&s) || bring_in(&c, p, &s));
    pool_free(p);
    if (!done)
        return command_failed(&c);
    report(&s, o->dry_run);
    return strcmp(s.state, "done") == 0 ? EXIT_OK : EXIT_REFUSED;
}
