#include "model/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "changes.h"
#include "generated/queries.h"
#include "pg/link.h"

#define CHANNEL "progress_changes"

static const struct stmt *const STATEMENTS[] = {&SQL_change_look, &SQL_changes_between,
                                                &SQL_change_tell};

struct follower {
    struct link *link;
    struct pool *pool; /* or NULL */
    char *snapshot;    /* of the last look; NULL: none yet */
    char *identity;    /* of the server and database that answered it */
};

struct follower *follower_new(struct call *c, const struct pool_config *config, struct pool *p) {
    struct pool_config own = *config;
    own.statements = STATEMENTS;
    own.statement_count = COUNT(STATEMENTS);
    own.login_ms = 400;
    struct follower *f = calloc(1, sizeof *f);
    if (!f) {
        (void)fail(c, ERR_NO_MEMORY, "no room to follow changes");
    } else if ((f->link = link_new(c, &own, CHANNEL))) {
        f->pool = p;
        return f;
    }
    free(f);
    return NULL;
}

void follower_free(struct follower *f) {
    if (!f)
        return;
    link_free(f->link);
    free(f->snapshot);
    free(f->identity);
    free(f);
}

static unsigned tags_of(const char *entities) {
    static const struct {
        const char *entity;
        unsigned tag;
    } TAGS[] = {
        {"plan", TAG_ALL}, /* it may have become the active one */
        {"goal", TAG_GOALS},         {"objective", TAG_OBJECTIVES},  {"update", TAG_UPDATES},
        {"measure", TAG_OBJECTIVES}, {"department", TAG_OBJECTIVES}, {"period", TAG_PLAN},
    };
    unsigned tags = 0;
    for (const char *at = entities; at && *at;) {
        size_t len = strcspn(at, ",");
        unsigned tag = TAG_ALL; /* of an entity that a later version made */
        for (size_t i = 0; i < COUNT(TAGS); i++)
            if (strlen(TAGS[i].entity) == len && strncmp(at, TAGS[i].entity, len) == 0)
                tag = TAGS[i].tag;
        tags |= tag;
        at += len + (at[len] == ',');
    }
    return tags;
}

/* Replaces the text kept; false without memory, and then nothing is kept. */
static bool note(char **kept, const char *text) {
    free(*kept);
    *kept = text ? strdup(text) : NULL;
    return *kept;
}

/* The connection of our own may be the only one that is lost. */
static bool ask(struct call *c, struct follower *f, const struct stmt *s, const char *const *params,
                size_t count, struct rows **rows) {
    AUTO(call) struct call own;
    call_init(&own, call_left_ms(c) / 2);
    if (link_run(&own, f->link, s, params, count, rows))
        return true;
    if (f->pool)
        return pool_read(c, f->pool, s, params, count, rows);
    return fail(c, own.err, "%s", own.detail);
}

/* "new": since the last look. "some": there are any, which is enough where that look counts for
 * nothing. */
static bool has_redactions(const char *redacted, bool anew) {
    return redacted && (anew || strcmp(redacted, "new") == 0);
}

bool follower_look(struct call *c, struct follower *f, struct look *out) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    const char *params[] = {f->snapshot, now};
    if (!ask(c, f, &SQL_change_look, params, COUNT(params), &rows))
        return false;
    const char *snapshot = rows_text(rows, 0, 0);
    const char *identity = rows_text(rows, 0, 1);
    bool same = f->snapshot && f->identity && identity && strcmp(f->identity, identity) == 0;
    out->anew = !same;
    out->erased = has_redactions(rows_text(rows, 0, 4), out->anew);
    out->tags = same ? tags_of(rows_text(rows, 0, 2)) : TAG_ALL;
    out->day_ends_us = rows_text(rows, 0, 3) ? rows_int(rows, 0, 3) : INT64_MAX;
    out->moment = call_printf(c, "%s-%s", identity ? identity : "", snapshot ? snapshot : "");
    if (out->moment && note(&f->snapshot, snapshot) && note(&f->identity, identity))
        return true;
    return fail(c, ERR_NO_MEMORY, "no room to follow changes");
}

bool follower_changes(struct call *c, struct follower *f, const char *since, const char *upto,
                      struct changes *out) {
    AUTO(rows) struct rows *rows = NULL;
    const char *params[CHANGES_PARAMS];
    return changes_params(c, since, upto, params) &&
           ask(c, f, &SQL_changes_between, params, COUNT(params), &rows) &&
           changes_take(c, rows, out);
}

bool follower_tell(struct call *c, struct follower *f) {
    AUTO(rows) struct rows *rows = NULL;
    return link_run(c, f->link, &SQL_change_tell, (const char *const[]){CHANNEL}, 1, &rows);
}

bool change_tell(struct call *c, struct pool *p) {
    AUTO(rows) struct rows *rows = NULL;
    return pool_read(c, p, &SQL_change_tell, (const char *const[]){CHANNEL}, 1, &rows);
}

int follower_fd(const struct follower *f) {
    return link_fd(f->link);
}

bool follower_heard(struct follower *f) {
    return link_heard(f->link);
}
