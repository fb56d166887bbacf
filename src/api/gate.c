#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "exchange.h"

enum { TURN_WAIT_MS = 2000, TURN_RETRY_S = 2 };

/*
 * The steps round every handler, in order; the first that fails ends the request. What costs the
 * least and protects the most comes first: nothing is read from a stranger's body before the key
 * was checked.
 */

/* "GET, HEAD, OPTIONS, PATCH" for the path, NULL where nothing lives. */
static const char *methods_of(struct call *c, const struct request *rq) {
    AUTO(buf) struct buf list = {0};
    struct route_args args;
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        if (route_match(ROUTES[i].pattern, rq, &args))
            buf_addf(&list, "%s%s", ROUTES[i].method,
                     strcmp(ROUTES[i].method, "GET") ? ", " : ", HEAD, ");
    buf_adds(&list, "OPTIONS");
    return list.len > strlen("OPTIONS") && buf_ok(c, &list) ? call_strdup(c, list.data) : NULL;
}

static bool find_route(struct call *c, struct exchange *x) {
    const char *method = x->rq->verb == VERB_HEAD ? "GET" : x->rq->method;
    for (const struct route *r = ROUTES; r < ROUTES + ROUTE_COUNT; r++)
        if (route_match(r->pattern, x->rq, &x->args) && strcmp(r->method, method) == 0) {
            x->route = r;
            x->rq->route = r->pattern;
            return true;
        }
    const char *allow = methods_of(c, x->rq);
    if (!allow)
        return c->err ? false
                      : fail(c, ERR_NOT_FOUND, "nothing lives at this path; / lists what does");
    reply_header(x->rp, "Allow", allow);
    if (x->rq->verb == VERB_OPTIONS) {
        x->rp->status = 204;
        return true;
    }
    return fail(c, ERR_METHOD, "this path takes %s", allow);
}

static bool refuse_body(struct call *c, struct exchange *x) {
    if (x->route->body_limit > 0 || !x->rq->has_body)
        return true;
    x->rp->close = true;
    return fail(c, ERR_MALFORMED, "a body has no meaning here");
}

/* "Bearer <key>", the scheme in any case. */
static const char *bearer(const char *header) {
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    return header + 7 + strspn(header + 7, " ");
}

static bool refuse_for_now(struct call *c, const struct allowance *a) {
    c->retry_after_s = (int)a->reset_s;
    return fail(c, ERR_TOO_MANY, "more than %lld requests in a minute", (long long)a->quota);
}

/* Anybody can make up a key with a right checksum, and looking it up costs a query: a refused one
 * is taken from its address's allowance. */
static bool admit(struct call *c, struct exchange *x, const char *key) {
    struct allowance a;
    if (!limiter_take(x->api->guesses, x->rq->client, clock_mono_us(), &a))
        return refuse_for_now(c, &a);
    bool known = key_verify(c, x->api->keyring, x->api->pool, key);
    if (known || c->err != ERR_UNAUTHENTICATED)
        limiter_return(x->api->guesses, x->rq->client);
    return known;
}

static bool is_public(struct exchange *x) {
    const char *state = request_param(x->rq, "state");
    x->reads_drafts = (x->route->flags & ROUTE_DRAFTS) && state && strcmp(state, "draft") == 0;
    return x->route->scope == SCOPE_PUBLIC && !x->reads_drafts;
}

static bool authenticate(struct call *c, struct exchange *x) {
    if (is_public(x))
        return true;
    const char *key = bearer(request_header(x->rq, "Authorization"));
    if (!key)
        return fail(c, ERR_UNAUTHENTICATED, "a key is needed: Authorization: Bearer cip_…");
    return admit(c, x, key);
}

static bool check_scope(struct call *c, struct exchange *x) {
    unsigned wanted = x->reads_drafts ? SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT : x->route->scope;
    if (wanted == SCOPE_PUBLIC || (c->who->scopes & wanted))
        return true;
    return fail(c, ERR_FORBIDDEN, "this key has not the scope that this needs (%s)",
                wanted & SCOPE_REPORT    ? "report"
                : wanted & SCOPE_PUBLISH ? "publish"
                : wanted & SCOPE_EDIT    ? "edit"
                                         : "admin");
}

static bool take_allowance(struct call *c, struct exchange *x) {
    bool free = x->rp->ready || !x->rq->client; /* from the cache; and for ourselves */
    if (free || (x->route->flags & ROUTE_FREE))
        return true;
    bool taken = c->who
                     ? limiter_take(x->api->writes, c->who->key_id, clock_mono_us(), &x->allowance)
                     : limiter_take(x->api->reads, x->rq->client, clock_mono_us(), &x->allowance);
    if (x->allowance.quota && (c->who || !taken)) {
        const struct allowance *a = &x->allowance;
        reply_header(x->rp, "RateLimit-Policy",
                     call_printf(c, "\"default\";q=%lld;w=60", (long long)a->quota));
        reply_header(x->rp, "RateLimit",
                     call_printf(c, "\"default\";r=%lld;t=%lld", (long long)a->left,
                                 (long long)a->reset_s));
    }
    if (taken)
        return true;
    return refuse_for_now(c, &x->allowance);
}

static bool is_type(const char *header, const char *type) {
    size_t len = strlen(type);
    return header && strncasecmp(header, type, len) == 0 && strchr("; \t", header[len]);
}

static bool check_content_type(struct call *c, struct exchange *x) {
    const struct operation *op = x->route->operation;
    const char *given = request_header(x->rq, "Content-Type");
    if (!op || (!x->rq->has_body && (op->flags & OPERATION_BODILESS)))
        return true;
    if (op->flags & OPERATION_MERGES) {
        reply_header(x->rp, "Accept-Patch", "application/merge-patch+json");
        if (is_type(given, "application/merge-patch+json"))
            return true;
        x->rp->close = true;
        return fail(c, ERR_MEDIA_TYPE, "the body must be application/merge-patch+json (RFC 7396)");
    }
    if (op->flags & OPERATION_XML) {
        if (is_type(given, "application/xml") || is_type(given, "text/xml"))
            return true;
        x->rp->close = true;
        return fail(c, ERR_MEDIA_TYPE, "the body must be application/xml");
    }
    if (is_type(given, "application/json") ||
        ((op->flags & OPERATION_TABLE) && is_type(given, "text/csv")))
        return true;
    x->rp->close = true;
    if (op->flags & OPERATION_TABLE)
        return fail(c, ERR_MEDIA_TYPE, "the body must be text/csv or application/json");
    return fail(c, ERR_MEDIA_TYPE, "the body must be application/json");
}

static bool read_if_match(struct call *c, struct exchange *x) {
    const unsigned flags = x->route->operation->flags;
    const char *if_match = request_header(x->rq, "If-Match");
    x->intent.if_match = -1;
    if (!if_match && (flags & OPERATION_IF_MATCH))
        return fail(c, ERR_PRECONDITION_REQUIRED,
                    "If-Match is needed: the ETag of the document you have edited");
    if (!if_match || !(flags & (OPERATION_IF_MATCH | OPERATION_MATCHES)))
        return true;
    x->intent.if_match = etag_revision(if_match);
    if (x->intent.if_match >= 0 || (x->intent.if_match == ETAG_ANY && (flags & OPERATION_MATCHES)))
        return true;
    return fail(c, ERR_STALE, "If-Match must hold a strong ETag that this service gave");
}

static bool read_preconditions(struct call *c, struct exchange *x) {
    const struct operation *op = x->route->operation;
    if (!op)
        return true;
    const char *key = request_header(x->rq, "Idempotency-Key");
    const char *dry = request_param(x->rq, "dry_run");
    x->intent.dry_run = dry && strcmp(dry, "true") == 0;
    if (dry && strcmp(dry, "true") != 0 && strcmp(dry, "false") != 0)
        fault_add(c, FAULT_PARAMETER, "dry_run", "must be true or false");
    if (key)
        x->intent.idempotency_key = idempotency_key_parse(c, key);
    else if ((op->flags & OPERATION_KEYED) && !x->intent.dry_run)
        fault_add(c, FAULT_HEADER, "Idempotency-Key",
                  "is required: a value of your own, the same whenever you repeat this request");
    if (!fault_check(c))
        return false;
    return read_if_match(c, x);
}

/* Large bodies are read by few at a time, or they would take the memory that all need. Most are
 * short: the next waits a moment. */
static bool take_turn(struct call *c, struct exchange *x) {
    const struct operation *op = x->route->operation;
    if (!op || !(op->flags & OPERATION_TABLE))
        return true;
    const struct timespec until = clock_in_ms(TURN_WAIT_MS);
    int failed;
    while ((failed = sem_clockwait(x->api->tables, CLOCK_MONOTONIC, &until)) && errno == EINTR)
        continue;
    x->has_turn = !failed;
    if (x->has_turn)
        return true;
    x->rp->close = true;
    c->retry_after_s = TURN_RETRY_S;
    return fail(c, ERR_UNAVAILABLE, "other tables are being read; repeat this in a moment");
}

static bool read_body(struct call *c, struct exchange *x) {
    const struct operation *op = x->route->operation;
    if (!op)
        return true;
    bool left_out = !x->rq->framed && (op->flags & OPERATION_BODILESS); /* as curl -X POST does */
    if (!left_out && !request_body(c, x->rq, x->route->body_limit, &x->intent.body, &x->intent.len))
        return false;
    return (op->flags & OPERATION_RAW) || operation_check(c, op, x->intent.body, x->intent.len);
}

static bool (*const STEPS[])(struct call *c, struct exchange *x) = {
    find_route,     refuse_body,        authenticate,       check_scope, negotiate, recall,
    take_allowance, check_content_type, read_preconditions, take_turn,   read_body, remember,
};

static bool take_steps(struct call *c, struct exchange *x) {
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        if (!STEPS[i](c, x))
            return false;
        if (!x->route ||
            x->rp->ready) /* OPTIONS is answered without one, and the cache is the answer */
            return true;
    }
    return true;
}

bool api_run(void *context, struct call *c, struct request *rq, struct reply *rp) {
    struct exchange x = {.api = context, .rq = rq, .rp = rp};
    bool done = take_steps(c, &x);
    if (x.has_turn)
        sem_post(x.api->tables);
    return done;
}

/* The steps that ask nobody and leave no trace. */
bool api_recall(void *context, struct call *c, struct request *rq, struct reply *rp) {
    struct exchange x = {.api = context, .rq = rq, .rp = rp};
    if (rq->verb != VERB_GET && rq->verb != VERB_HEAD)
        return false;
    if (!find_route(c, &x) || !x.route || !is_public(&x) || !negotiate(c, &x))
        return false;
    return recall(c, &x) ? rp->ready != NULL : c->err != ERR_NO_MEMORY;
}

const char *exchange_args(struct call *c, const struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    for (size_t i = 0; i < x->args.count; i++) {
        buf_adds(&b, i ? "," : "{");
        buf_add_json(&b, x->args.arg[i].name);
        buf_addc(&b, ':');
        buf_add_json(&b, x->args.arg[i].value);
    }
    buf_adds(&b, b.len ? "}" : "{}");
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}
