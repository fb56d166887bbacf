#include "support/service.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/limit.h"
#include "base/buf.h"
#include "base/clock.h"
#include "generated/contract.h"
#include "live/hub.h"
#include "model/seed.h"
#include "support/memory_wire.h"
#include "support/suite.h"

static struct database prepared;

static void fix_clock(void) {
    int64_t now;
    must(clock_parse_rfc3339(SERVICE_NOW, &now), "the clock");
    clock_fix(now);
}

/* ---- the prepared database ---- */

static void import(const struct database *d, const char *path, bool publish) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf report = {0};
    char piece[4096];
    call_init(&c, 30000);
    FILE *in = fopen(path, "rb");
    must(in != NULL, "%s", path);
    for (size_t n; (n = fread(piece, 1, sizeof(piece), in)) > 0;)
        buf_add(&bytes, piece, n);
    fclose(in);
    struct pool_config config = database_owner_pool(d);
    struct pool *p = pool_new(&c, &config);
    struct seed_options options = {.publish = publish};
    bool done = p && pool_wait(&c, p) &&
                seed_import(&c, p, bytes.data, bytes.len, &options, &report);
    must(done, "%s: %s: %s %s", path, c.detail, c.faults ? c.faults->where : "",
         c.faults ? c.faults->detail : "");
    pool_free(p);
}

void service_prepare(const char *suite, bool with_public_record) {
    database_need(suite);
    fix_clock();
    database_make(&prepared);
    database_migrate(&prepared);
    import(&prepared, TEST_DATA "/../../seeds/plan.json", false);
    if (with_public_record)
        import(&prepared, TEST_DATA "/../../seeds/public-record.json", true);
}

void service_clean_up(void) {
    database_drop_all();
}

/* ---- the service ---- */

static void open_on(struct service *s, int64_t reads, int64_t writes) {
    AUTO(call) struct call c;
    call_init(&c, 20000);
    struct pool_config config = database_pool(&s->database, 1);
    config.checkout_ms = 20000; /* an instrumented build on a busy machine */
    config.statement_ms = 20000;
    ck_assert(sem_init(&s->tables, 0, API_TABLES) == 0);
    s->pool = pool_new(&c, &config);
    ck_assert_msg(s->pool && pool_wait(&c, s->pool), "%s", c.detail);
    s->api = (struct api){
        .pool = s->pool,
        .bulk = s->pool,
        .keyring = keyring_new(&c),
        .hub = hub_new(&c),
        .heartbeat_ms = 1000,
        .reads = limiter_new(&c, reads),
        .tables = &s->tables,
        .guesses = limiter_new(&c, reads),
        .writes = limiter_new(&c, writes),
        .contract_json = &OPENAPI[1],
        .contract_yaml = &OPENAPI[0],
        .started_us = clock_mono_us(),
        .security_contact = "mailto:security@example.org",
        .contact = "mailto:plan@example.org",
        .license = "https://creativecommons.org/publicdomain/zero/1.0/",
        .public_host = "localhost",
        .public_url = "https://plan.example.org",
        .version = "test",
    };
    ck_assert(s->api.hub);
    hub_limit(s->api.hub, 64); /* each answer is kept until the end */
}

void service_open_limited(struct service *s, int64_t reads, int64_t writes) {
    *s = (struct service){0};
    database_copy(&s->database, &prepared);
    open_on(s, reads, writes);
}

void service_open(struct service *s) {
    service_open_limited(s, 0, 0);
}

void service_open_shared(struct service *s) {
    *s = (struct service){.database = prepared};
    open_on(s, 0, 0);
}

void service_close(struct service *s) {
    for (struct answer *a = s->answers, *next; a; a = next) {
        next = a->next;
        doc_free(a->doc);
        reply_drop(&a->reply);
        call_drop(&a->call);
        for (size_t i = 0; i < COUNT(a->owned); i++)
            free(a->owned[i]);
        free(a);
    }
    hub_free(s->api.hub);
    limiter_free(s->api.writes);
    limiter_free(s->api.guesses);
    limiter_free(s->api.reads);
    keyring_free(s->api.keyring);
    pool_free(s->owner_pool);
    pool_free(s->pool);
}

static struct answer *answer_new(struct service *s) {
    struct answer *a = calloc(1, sizeof(*a));
    ck_assert_ptr_nonnull(a);
    a->next = s->answers;
    s->answers = a;
    call_init(&a->call, 20000);
    return a;
}

const char *service_key(struct service *s, const char *scopes, const char *source,
                        const char *objectives) {
    struct answer *room = answer_new(s);
    struct call *c = &room->call;
    char *text = call_alloc(c, KEY_TEXT_SIZE);
    if (!s->owner_pool) {
        struct pool_config config = database_owner_pool(&s->database);
        s->owner_pool = pool_new(c, &config);
        ck_assert_msg(s->owner_pool && pool_wait(c, s->owner_pool), "%s", c->detail);
    }
    struct key_request request = {
        .name = call_printf(c, "client-%d", ++s->keys),
        .scopes = scopes,
        .source = source,
        .objectives = objectives,
        .holder = "Somebody of the City",
    };
    ck_assert_msg(key_create(c, s->owner_pool, &request, text), "%s", c->detail);
    return text;
}

/* ---- one request ---- */

static enum verb verb_of(const char *method) {
    static const char *const NAMES[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    for (unsigned i = 0; i < COUNT(NAMES); i++)
        if (strcmp(method, NAMES[i]) == 0)
            return (enum verb)i;
    return VERB_OTHER;
}

static void add_header(struct request *rq, const char *name, const char *value) {
    if (name && value)
        rq->headers[rq->nheaders++] = (struct pair){name, value};
}

static void fill_headers(struct answer *a, const struct ask *ask) {
    struct request *rq = &a->request;
    bool patches = strcmp(ask->method, "PATCH") == 0;
    const char *type = ask->type ? ask->type
                       : a->owned[2]
                           ? (patches ? "application/merge-patch+json" : "application/json")
                           : NULL;
    add_header(rq, "Host", "localhost");
    add_header(rq, "Content-Type", type);
    if (ask->key)
        add_header(rq, "Authorization", call_printf(&a->call, "Bearer %s", ask->key));
    add_header(rq, "Idempotency-Key", ask->idempotency_key);
    add_header(rq, "If-Match", ask->if_match);
    for (size_t i = 0; i < COUNT(ask->headers); i++)
        add_header(rq, ask->headers[i].name, ask->headers[i].value);
}

static char *body_of(const struct ask *ask) {
    if (ask->raw)
        return strdup(ask->raw);
    char *body = ask->body ? strdup(ask->body) : NULL;
    for (char *p = body; p && *p; p++)
        if (*p == '\'')
            *p = '"';
    return body;
}

static void fill_request(struct answer *a, const struct ask *ask) {
    struct request *rq = &a->request;
    const char *mark = strchr(ask->target, '?');
    a->owned[0] = strndup(ask->target, mark ? (size_t)(mark - ask->target) : strlen(ask->target));
    a->owned[1] = mark ? strdup(mark + 1) : NULL;
    a->owned[2] = body_of(ask);
    rq->method = ask->method;
    rq->verb = verb_of(ask->method);
    rq->path = a->owned[0];
    rq->query = a->owned[1];
    rq->version = "1.1";
    rq->client = ask->client ? ask->client : "192.0.2.1";
    rq->has_body = a->owned[2] && *a->owned[2];
    rq->framed = a->owned[2] != NULL;
    rq->body_length = rq->has_body ? (int64_t)strlen(a->owned[2]) : 0;
    fill_headers(a, ask);
}

static void take_reply(struct answer *a) {
    a->status = a->reply.status;
    a->type = a->reply.type;
    a->body = a->reply.body ? a->reply.body : "";
    a->len = a->reply.len;
    a->etag = a->reply.etag;
    a->cache_control = a->reply.cache_control;
    a->vary = a->reply.vary;
    if (a->type && strstr(a->type, "json")) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        a->doc = doc_parse(&c, a->body, a->len);
        ck_assert_msg(a->doc != NULL, "%s: %s", c.detail, a->body);
    }
}

const struct answer *service_ask(struct service *s, struct ask ask) {
    static int count;
    struct answer *a = answer_new(s);
    struct memory_wire wire;
    fill_request(a, &ask);
    memory_wire_init(&wire, a->owned[2], a->owned[2] ? strlen(a->owned[2]) : 0);
    a->request.wire = &wire.wire;
    snprintf(a->call.request_id, sizeof(a->call.request_id), "request-%d", ++count);
    if (!request_parse_target(&a->call, &a->request) ||
        !api_run(&s->api, &a->call, &a->request, &a->reply))
        reply_problem(&a->call, &a->request, &a->reply);
    a->request.wire = NULL;
    a->body_reads = wire.reads;
    take_reply(a);
    return a;
}

const struct answer *service_get(struct service *s, const char *target) {
    return service_ask(s, (struct ask){.method = "GET", .target = target});
}

const struct answer *service_expect(struct service *s, int status, struct ask ask, const char *file,
                                    int line) {
    const struct answer *a = service_ask(s, ask);
    if (a->status != status)
        _ck_assert_failed(file, line, "the status", "%s %s: %d, not %d\n# %.1500s", ask.method,
                          ask.target, a->status, status, a->body);
    return a;
}

/* ---- the answer ---- */

const char *answer_header(const struct answer *a, const char *name) {
    for (size_t i = 0; i < a->reply.nheaders; i++)
        if (strcasecmp(a->reply.headers[i].name, name) == 0)
            return a->reply.headers[i].value;
    return NULL;
}

const struct doc *doc_path(const struct doc *d, const char *path) {
    char name[64];
    while (d && *path) {
        size_t len = strcspn(path, "/");
        snprintf(name, sizeof(name), "%.*s", (int)len, path);
        d = doc_type(d) == DOC_LIST ? doc_at(d, strtoull(name, NULL, 10)) : doc_get(d, name);
        path += len + (path[len] == '/');
    }
    return d;
}

const struct doc *answer_at(const struct answer *a, const char *path) {
    return doc_path(a->doc, path);
}

static void write_value(const struct doc *d, char out[600]) {
    switch (doc_type(d)) {
    case DOC_NONE: snprintf(out, 600, "(absent)"); break;
    case DOC_NULL: snprintf(out, 600, "null"); break;
    case DOC_BOOL: snprintf(out, 600, "%s", doc_bool(d) ? "true" : "false"); break;
    case DOC_NUMBER: snprintf(out, 600, "%.10g", doc_number(d)); break;
    case DOC_TEXT: snprintf(out, 600, "%s", doc_text(d)); break;
    case DOC_LIST: snprintf(out, 600, "[%zu]", doc_count(d)); break;
    case DOC_OBJECT: snprintf(out, 600, "{}"); break;
    }
}

void answer_holds(const struct answer *a, const char *path, const char *expected, const char *file,
                  int line) {
    char found[600];
    write_value(answer_at(a, path), found);
    if (strcmp(found, expected) != 0)
        _ck_assert_failed(file, line, path, "%s is %s, not %s\n# %.2000s", path, found, expected,
                          a->body);
}

void answer_refuses(const struct answer *a, const char *expected, const char *file, int line) {
    AUTO(buf) struct buf found = {0};
    const struct doc *errors = answer_at(a, "errors");
    const char *code = doc_get_text(a->doc, "code");
    buf_adds(&found, code ? code : "(no problem)");
    for (size_t i = 0; i < doc_count(errors); i++) {
        const struct doc *one = doc_at(errors, i);
        const char *where = doc_get_text(one, "pointer");
        where = where ? where : doc_get_text(one, "parameter");
        where = where ? where : doc_get_text(one, "header");
        buf_addf(&found, " %s", where ? where : "(nowhere)");
    }
    if (strcmp(found.data, expected) != 0)
        _ck_assert_failed(file, line, "the faults", "\"%s\", not \"%s\"\n# %.1500s", found.data,
                          expected, a->body);
}

size_t service_count(struct service *s, const char *target) {
    const struct answer *a = GET(s, target);
    size_t n = doc_count(answer_at(a, "data"));
    for (const char *next; (next = doc_text(answer_at(a, "links/next")));) {
        a = GET(s, next);
        n += doc_count(answer_at(a, "data"));
    }
    return n;
}
