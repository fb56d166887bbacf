#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sqlstate.h"

enum {
    WAIT_MS = 60000,
    NOTICE_MS = 100, /* until what another thread says is noticed */
};

/* Waits for the socket; false when the deadline passed or the socket is beyond use. */
static bool wait_for(const struct call *c, PGconn *pg, short events) {
    struct pollfd fd = {.fd = PQsocket(pg), .events = events};
    for (;;) {
        int64_t left = call_left_ms(c);
        if (left <= 0 || fd.fd < 0)
            return false;
        int64_t most = c->given_up ? NOTICE_MS : WAIT_MS;
        int n = poll(&fd, 1, (int)(left > most ? most : left));
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

static bool flush(const struct call *c, PGconn *pg) {
    for (;;) {
        int n = PQflush(pg);
        if (n <= 0)
            return n == 0;
        if (!wait_for(c, pg, POLLIN | POLLOUT) || !PQconsumeInput(pg))
            return false;
    }
}

/* The next result, NULL at the end of the statement; false when the connection or the time ran out.
 */
static bool next_result(const struct call *c, PGconn *pg, PGresult **out) {
    while (PQisBusy(pg))
        if (!wait_for(c, pg, POLLIN) || !PQconsumeInput(pg))
            return false;
    *out = PQgetResult(pg);
    return true;
}

static bool is_failure(const PGresult *r) {
    ExecStatusType status = PQresultStatus(r);
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

/*
 * Reads to the statement's very end: the commit itself can fail after the rows have come. Keeps the
 * first failure, else the last result. False when the end was never seen.
 */
static bool collect(const struct call *c, PGconn *pg, PGresult **kept) {
    *kept = NULL;
    for (;;) {
        PGresult *next = NULL;
        if (!next_result(c, pg, &next)) {
            PQclear(*kept);
            *kept = NULL;
            return false;
        }
        if (!next)
            return PQstatus(pg) == CONNECTION_OK || (*kept && is_failure(*kept));
        if (*kept && is_failure(*kept)) {
            PQclear(next);
        } else {
            PQclear(*kept);
            *kept = next;
        }
    }
}

static enum conn_end finish(struct call *c, struct conn *k, struct rows **out) {
    PGresult *result = NULL;
    if (!flush(c, k->pg) || !collect(c, k->pg, &result) || !result)
        return CONN_LOST;
    if (!is_failure(result)) {
        *out = (struct rows *)result;
        return CONN_DONE;
    }
    enum conn_end end = sqlstate_judge(c, result, k);
    PQclear(result);
    return end;
}

static bool dispatch(struct conn *k, const struct stmt *s, bool prepared, const char *const *params,
                     size_t count) {
    int n = (int)count;
    return prepared ? PQsendQueryPrepared(k->pg, s->name, n, params, NULL, NULL, 0)
                    : PQsendQueryParams(k->pg, s->sql, n, NULL, params, NULL, NULL, 0);
}

enum conn_end conn_run(struct call *c, struct conn *k, const struct stmt *s, bool prepared,
                       const char *const *params, size_t count, struct rows **out) {
    *out = NULL;
    return dispatch(k, s, prepared, params, count) ? finish(c, k, out) : CONN_UNSENT;
}

static bool show(struct call *c, const PGresult *row, const struct conn_tour *tour) {
    *tour->begun = true;
    return tour->visit(tour->context, c, (const struct rows *)row);
}

enum conn_end conn_each(struct call *c, struct conn *k, const struct stmt *s, bool prepared,
                        const char *const *params, size_t count, const struct conn_tour *tour) {
    enum conn_end end = CONN_LOST; /* until its end was seen */
    PGresult *r;
    if (!dispatch(k, s, prepared, params, count))
        return CONN_UNSENT;
    if (!PQsetSingleRowMode(k->pg) || !flush(c, k->pg))
        return CONN_LOST;
    for (;;) {
        if (!next_result(c, k->pg, &r))
            return CONN_LOST;
        if (!r)
            return end;
        bool wants_more = true;
        if (PQresultStatus(r) == PGRES_SINGLE_TUPLE)
            wants_more = show(c, r, tour);
        else if (end == CONN_LOST)
            end = is_failure(r) ? sqlstate_judge(c, r, k) : CONN_DONE;
        PQclear(r);
        if (!wants_more)
            return CONN_UNSENT;
    }
}

bool conn_script(struct call *c, struct conn *k, const char *sql, struct rows **out) {
    AUTO(rows) struct rows *last = NULL;
    enum conn_end end = PQsendQuery(k->pg, sql) ? finish(c, k, &last) : CONN_UNSENT;
    if (end == CONN_DONE && out) {
        *out = last;
        last = NULL;
    }
    if (end != CONN_DONE && !c->err)
        fail(c, ERR_UNAVAILABLE, "the connection to the database was lost");
    return end == CONN_DONE;
}

/* What libpq says of a URL that it cannot read quotes it, the password too: from the first quote to
 * the last nothing is told. */
static void hide_quoted(char *why) {
    char *first = strchr(why, '"');
    char *last = strrchr(why, '"');
    if (first && last > first)
        memmove(first + 1, last, strlen(last) + 1);
}

/* libpq's messages end in a line break and may span lines; a log line and a person want one. */
static bool fail_login(struct call *c, PGconn *pg) {
    char *why = call_strdup(c, pg ? PQerrorMessage(pg) : "");
    for (char *p = why; p && *p; p++)
        if (*p == '\n')
            *p = p[1] ? ' ' : '\0';
    if (why && strncmp(why, "connection to server", strlen("connection to server")) != 0)
        hide_quoted(why);
    return fail(c, ERR_UNAVAILABLE, "database login: %s", why && *why ? why : "no answer in time");
}

static bool login(struct call *c, PGconn *pg) {
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED)
            return fail_login(c, pg);
        if (!wait_for(c, pg, step == PGRES_POLLING_READING ? POLLIN : POLLOUT))
            return fail(c, ERR_UNAVAILABLE, "database login: no answer in time");
        step = PQconnectPoll(pg);
    }
    return true;
}

/* Given up early, so that the next try finds the link as soon as it is back: what was sent into the
 * dark is lost, and no answer to it will come. */
static bool login_in_time(struct call *c, PGconn *pg, int64_t most_ms) {
    int64_t whole = c->deadline_us, soon = clock_mono_us() + most_ms * 1000;
    if (most_ms > 0 && soon < whole)
        c->deadline_us = soon;
    bool in = login(c, pg);
    c->deadline_us = whole;
    return in;
}

/*
 * Set per connection, since the settings of a role vanish under SET ROLE. Every plan is a custom
 * one: filters are written as "no such filter or …", which only then fold to the index that fits.
 * Functions whose plans are worth keeping say so themselves.
 */
static bool set_up(struct call *c, struct conn *k, const struct pool_config *config) {
    AUTO(buf) struct buf sql = {0};
    buf_addf(&sql,
             "set statement_timeout = %lld; set lock_timeout = '1s';"
             "set idle_in_transaction_session_timeout = '5s';"
             "set client_connection_check_interval = '1s'; set tcp_keepalives_idle = 15;"
             "set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;"
             "set plan_cache_mode = force_custom_plan; set timezone = 'UTC';"
             "set jit = off; set client_min_messages = warning;",
             (long long)config->statement_ms);
    if (config->search_path)
        buf_addf(&sql, "set search_path = %s;", config->search_path);
    if (config->role)
        buf_addf(&sql, "set role %s;", config->role);
    return buf_ok(c, &sql) && conn_script(c, k, sql.data, NULL);
}

/* What became of one of the statements sent: its result, and the NULL that ends it. */
static bool take_prepared(struct call *c, struct conn *k, const struct stmt *s) {
    PGresult *result = NULL, *end = NULL;
    AUTO(call)
    struct call attempt; /* what the server says is logged; whoever waits needs the name */
    call_init(&attempt, call_left_ms(c));
    bool seen = next_result(c, k->pg, &result) && next_result(c, k->pg, &end);
    bool prepared = seen && result && !is_failure(result);
    if (seen && result && !prepared)
        (void)sqlstate_judge(&attempt, result, k);
    PQclear(result);
    PQclear(end);
    return prepared || fail(c, ERR_UNAVAILABLE,
                            "statement %s cannot be prepared: is the database migrated?", s->name);
}

/* All in one go: a database that is far away is asked once and not thirty times. */
static bool prepare_all(struct call *c, struct conn *k, const struct pool_config *config) {
    PGresult *sync = NULL;
    if (!config->prepare || config->statement_count == 0)
        return true;
    bool sent = PQenterPipelineMode(k->pg);
    for (size_t i = 0; sent && i < config->statement_count; i++)
        sent = PQsendPrepare(k->pg, config->statements[i]->name, config->statements[i]->sql, 0,
                             NULL);
    if (!sent || !PQpipelineSync(k->pg) || !flush(c, k->pg))
        return fail_login(c, k->pg);
    for (size_t i = 0; i < config->statement_count; i++)
        if (!take_prepared(c, k, config->statements[i]))
            return false;
    bool ended = next_result(c, k->pg, &sync) && PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return (ended && PQexitPipelineMode(k->pg)) || fail_login(c, k->pg);
}

bool conn_open(struct call *c, struct conn *k, const struct pool_config *config) {
    const char *const names[] = {"dbname",           "application_name", "connect_timeout",
                                 "tcp_user_timeout", "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "client_encoding",  NULL};
    const char *const values[] = {config->url, "progressd", "2",    "3000", "15",
                                  "5",         "3",         "UTF8", NULL};
    k->log = config->log;
    k->verbatim = config->verbatim;
    k->pg = PQconnectStartParams(names, values, 1);
    if (!k->pg || PQstatus(k->pg) == CONNECTION_BAD)
        fail_login(c, k->pg);
    else if (login_in_time(c, k->pg, config->login_ms) && PQsetnonblocking(k->pg, 1) == 0 &&
             set_up(c, k, config) && prepare_all(c, k, config))
        return true;
    conn_close(k);
    return c->err ? false : fail(c, ERR_UNAVAILABLE, "database login: cannot be set up");
}

void conn_close(struct conn *k) {
    PQfinish(k->pg);
    k->pg = NULL;
}

bool conn_is_sound(struct conn *k) {
    struct pollfd fd = {.fd = PQsocket(k->pg), .events = POLLIN};
    if (poll(&fd, 1, 0) == 0)
        return true;
    return PQconsumeInput(k->pg) && PQstatus(k->pg) == CONNECTION_OK;
}
