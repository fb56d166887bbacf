#include "model/delivery.h"

#include <stdio.h>
#include <string.h>

#include "generated/queries.h"
#include "pg/rows.h"

static const char *copy(struct call *c, const struct rows *rows, size_t column) {
    const char *text = rows_text(rows, 0, column);
    return call_strdup(c, text ? text : "");
}

bool delivery_lease(struct call *c, struct pool *p, int seconds, struct delivery *out) {
    AUTO(rows) struct rows *rows = NULL;
    char text[16];
    *out = (struct delivery){0};
    snprintf(text, sizeof text, "%d", seconds);
    if (!pool_write(c, p, &SQL_delivery_lease, (const char *const[]){text}, 1, &rows))
        return false;
    if (rows_count(rows) == 0)
        return true;
    *out = (struct delivery){
        .id = copy(c, rows, 0),
        .lease = copy(c, rows, 1),
        .webhook = copy(c, rows, 2),
        .message = copy(c, rows, 3),
        .type = copy(c, rows, 4),
        .url = copy(c, rows, 5),
        .secrets = copy(c, rows, 6),
        .body = copy(c, rows, 7),
        .attempt = (int)rows_int(rows, 0, 8),
        .sent_s = rows_int(rows, 0, 9),
    };
    return !c->err;
}

static enum delivery_state state_named(const char *name) {
    static const struct {
        const char *name;
        enum delivery_state state;
    } STATES[] = {
        {"delivered", DELIVERY_DELIVERED},
        {"pending", DELIVERY_PENDING},
        {"given_up", DELIVERY_GIVEN_UP},
    };
    for (size_t i = 0; i < COUNT(STATES); i++)
        if (name && strcmp(STATES[i].name, name) == 0)
            return STATES[i].state;
    return DELIVERY_PASSED_ON;
}

bool delivery_settle(struct call *c, struct pool *p, const struct delivery *d,
                     const struct delivery_result *result, enum delivery_state *state,
                     bool *disabled) {
    AUTO(rows) struct rows *rows = NULL;
    char status[16], retry[24];
    snprintf(status, sizeof status, "%d", result->status);
    snprintf(retry, sizeof retry, "%lld", (long long)result->retry_ms);
    const char *params[] = {d->id, d->lease, result->status ? status : NULL, result->error,
                            result->retry_ms < 0 ? NULL : retry};
    if (!pool_write(c, p, &SQL_delivery_settle, params, COUNT(params), &rows))
        return false;
    bool found = rows_count(rows) > 0;
    *state = state_named(found ? rows_text(rows, 0, 0) : NULL);
    *disabled = found && rows_text(rows, 0, 1) && *rows_text(rows, 0, 1) == 't';
    return true;
}
