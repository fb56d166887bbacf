#include "sqlstate.h"

#include <string.h>

enum { FULL_RETRY_S = 10 };

static const char DISK_FULL[] = "53100";

struct verdict {
    const char *state; /* an SQLSTATE, or the beginning of one */
    const char *hint;  /* NULL: any */
    enum conn_end end;
    enum err err;
};

/* First match wins. Class CP is raised by our own functions, with a sentence that anybody may read.
 */
static const struct verdict VERDICTS[] = {
    {"CP400", NULL, CONN_REFUSED, ERR_MALFORMED},
    {"CP401", NULL, CONN_REFUSED, ERR_UNAUTHENTICATED},
    {"CP403", NULL, CONN_REFUSED, ERR_FORBIDDEN},
    {"CP404", "no-active-plan", CONN_REFUSED, ERR_NO_ACTIVE_PLAN},
    {"CP404", NULL, CONN_REFUSED, ERR_NOT_FOUND},
    {"CP409", "idempotency-in-flight", CONN_REFUSED, ERR_IN_FLIGHT},
    {"CP409", "external-id-known", CONN_REFUSED, ERR_KNOWN},
    {"CP409", "superseded", CONN_REFUSED, ERR_SUPERSEDED},
    {"CP409", "redacted", CONN_REFUSED, ERR_REDACTED},
    {"CP409", NULL, CONN_REFUSED, ERR_CONFLICT},
    {"CP412", NULL, CONN_REFUSED, ERR_STALE},
    {"CP422", "idempotency-key-reused", CONN_REFUSED, ERR_KEY_REUSED},
    {"CP422", NULL, CONN_REFUSED, ERR_INVALID},
    {"CP428", NULL, CONN_REFUSED, ERR_PRECONDITION_REQUIRED},
    {"40001", NULL, CONN_RETRY, ERR_UNAVAILABLE},   /* serialization_failure */
    {"40P01", NULL, CONN_RETRY, ERR_UNAVAILABLE},   /* deadlock_detected */
    {"0A000", NULL, CONN_STALE, ERR_UNAVAILABLE},   /* cached plan must not change result type */
    {"26000", NULL, CONN_STALE, ERR_UNAVAILABLE},   /* prepared statement does not exist */
    {"25006", NULL, CONN_STALE, ERR_UNAVAILABLE},   /* read_only_sql_transaction: a failover */
    {"57014", NULL, CONN_REFUSED, ERR_UNAVAILABLE}, /* query_canceled: statement_timeout */
    {"55P03", NULL, CONN_REFUSED, ERR_UNAVAILABLE}, /* lock_not_available: lock_timeout */
    {"53", NULL, CONN_REFUSED,
     ERR_UNAVAILABLE}, /* insufficient_resources: disk, memory, connections */
    {"58", NULL, CONN_REFUSED, ERR_UNAVAILABLE}, /* system_error: input and output */
    {"57P", NULL, CONN_LOST, ERR_UNAVAILABLE},   /* operator intervention: shutdown, crash */
    {"08", NULL, CONN_LOST, ERR_UNAVAILABLE},    /* connection_exception */
    {"25P03", NULL, CONN_LOST, ERR_UNAVAILABLE}, /* idle_in_transaction_session_timeout */
    {"22", NULL, CONN_REFUSED,
     ERR_INVALID}, /* data_exception: a backstop behind the field tables */
    {"23", NULL, CONN_REFUSED, ERR_INVALID}, /* integrity_constraint_violation: likewise */
    {"", NULL, CONN_REFUSED, ERR_INTERNAL},
};

static const char *field(const PGresult *failed, int code) {
    const char *text = PQresultErrorField(failed, code);
    return text ? text : "";
}

static const struct verdict *find(const char *state, const char *hint) {
    const struct verdict *v = VERDICTS;
    while (strncmp(state, v->state, strlen(v->state)) != 0 ||
           (v->hint && strcmp(hint, v->hint) != 0))
        v++;
    return v;
}

/* "#/as_of" is a place in the body, "?as_of" a parameter; several faults come one a line, as place,
 * tab, sentence. */
static void add_fault(struct call *c, const char *place, const char *sentence) {
    if (*place == '#')
        fault_add(c, FAULT_POINTER, place, "%s", sentence);
    else if (*place == '?')
        fault_add(c, FAULT_PARAMETER, place + 1, "%s", sentence);
}

static void add_faults(struct call *c, const char *places, const char *sentence) {
    if (!strchr(places, '\t')) {
        add_fault(c, places, sentence);
        return;
    }
    char *left = call_strdup(c, places);
    for (char *line; left && (line = strsep(&left, "\n"));) {
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        add_fault(c, line, tab + 1);
    }
}

static void raised_by_us(struct call *c, const PGresult *failed, const struct verdict *v) {
    const char *location = field(failed, PG_DIAG_COLUMN_NAME);
    const char *sentence = field(failed, PG_DIAG_MESSAGE_PRIMARY);
    if (*location)
        c->location = call_strdup(c, location);
    add_faults(c, field(failed, PG_DIAG_MESSAGE_DETAIL), sentence);
    fail(c, v->err, "%s", sentence);
}

/* Not a matter of time: somebody must make room. */
static void fail_full(struct call *c) {
    c->retry_after_s = FULL_RETRY_S;
    fail(c, ERR_UNAVAILABLE, "the database cannot store this, since its disk is full; reads go on");
}

/* What the server says in its own words is for the operator's log, never for an answer. */
static void refused_by_server(struct call *c, const PGresult *failed, const struct verdict *v,
                              const struct conn *k) {
    const char *constraint = field(failed, PG_DIAG_CONSTRAINT_NAME);
    log_line(k->log, v->err == ERR_INTERNAL ? LOG_ERROR : LOG_WARN, "statement_refused",
             (const struct log_field[]){
                 {"sqlstate", LOG_TEXT, field(failed, PG_DIAG_SQLSTATE), 0},
                 {"message", LOG_TEXT, field(failed, PG_DIAG_MESSAGE_PRIMARY), 0},
                 {"constraint", LOG_TEXT, constraint, 0},
                 {"request_id", LOG_TEXT, c->request_id, 0},
                 {0},
             });
    if (k->verbatim)
        fail(c, v->err, "%s", field(failed, PG_DIAG_MESSAGE_PRIMARY));
    else if (v->err == ERR_INVALID)
        fail(c, v->err, *constraint ? "refused by the rule %s" : "a value cannot be stored%s",
             constraint);
    else if (k->full)
        fail_full(c);
    else if (v->err == ERR_UNAVAILABLE)
        fail(c, v->err, "the database could not do this in time");
    else
        fail(c, v->err, "the database refused a statement");
}

enum conn_end sqlstate_judge(struct call *c, const PGresult *failed, struct conn *k) {
    const char *state = field(failed, PG_DIAG_SQLSTATE);
    if (!*state) /* libpq's own words: the connection broke */
        return CONN_LOST;
    const struct verdict *v = find(state, field(failed, PG_DIAG_MESSAGE_HINT));
    if (v->end != CONN_REFUSED)
        return v->end;
    k->full = strcmp(state, DISK_FULL) == 0;
    if (strncmp(state, "CP", 2) == 0)
        raised_by_us(c, failed, v);
    else
        refused_by_server(c, failed, v, k);
    return CONN_REFUSED;
}
