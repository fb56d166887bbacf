/* A path with its query, decoded and held against every route: bounded, text, and the same again
 * when it is written anew. */
#include "api/routes.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/request.h"
#include "http/route.h"

static void check_text(const char *text) {
    assert(text && utf8_valid(text, strlen(text)));
}

/* The shapes that route.h promises to handlers. */
static void check_arg(const struct pair *arg) {
    size_t digits = strspn(arg->value, "0123456789");
    check_text(arg->value);
    assert(*arg->value);
    if (strcmp(arg->name, "id") == 0 || strcmp(arg->name, "number") == 0)
        assert(arg->value[digits] == '\0' && digits <= 18);
}

static void match_all(const struct request *rq) {
    struct route_args args;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!route_match(ROUTES[i].pattern, rq, &args))
            continue;
        assert(args.count <= ROUTE_ARGS);
        for (size_t j = 0; j < args.count; j++)
            check_arg(&args.arg[j]);
    }
}

static void write_path(struct buf *b, const struct request *rq) {
    buf_adds(b, rq->nsegments ? "" : "/");
    for (size_t i = 0; i < rq->nsegments; i++) {
        buf_addc(b, '/');
        buf_add_uri(b, rq->segment[i]);
    }
}

static void write_query(struct buf *b, const struct request *rq) {
    buf_adds(b, "");
    for (size_t i = 0; i < rq->nparams; i++) {
        buf_adds(b, i ? "&" : "");
        buf_add_uri(b, rq->params[i].name);
        buf_addc(b, '=');
        buf_add_uri(b, rq->params[i].value);
    }
}

/* Written anew it may have grown over the bounds; else it must be the same. */
static void check_again(struct call *c, const struct request *rq) {
    AUTO(buf) struct buf path = {0}, query = {0};
    write_path(&path, rq);
    write_query(&query, rq);
    assert(buf_ok(c, &path) && buf_ok(c, &query));
    struct request *again = call_alloc(c, sizeof(*again));
    assert(again);
    again->path = path.data;
    again->query = query.data;
    if (!request_parse_target(c, again)) {
        assert(c->err == ERR_URI_TOO_LONG);
        return;
    }
    assert(again->nsegments == rq->nsegments && again->nparams == rq->nparams);
    for (size_t i = 0; i < rq->nsegments; i++)
        assert(strcmp(again->segment[i], rq->segment[i]) == 0);
    for (size_t i = 0; i < rq->nparams; i++)
        assert(strcmp(again->params[i].value, rq->params[i].value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    AUTO(call) struct call c;
    call_init(&c, 1000);
    struct request *rq = call_alloc(&c, sizeof(*rq));
    assert(rq);
    bool has_query = memchr(in.at ? in.at : "", '?', in.len);
    rq->path = input_text(&c, &in, '?');
    rq->query = has_query ? input_text(&c, &in, '\0') : NULL;
    bool read = request_parse_target(&c, rq);
    check_call(&c, read);
    if (!read)
        return 0;
    assert(rq->nsegments <= REQUEST_SEGMENTS && rq->nparams <= REQUEST_PARAMS);
    for (size_t i = 0; i < rq->nsegments; i++)
        check_text(rq->segment[i]);
    for (size_t i = 0; i < rq->nparams; i++)
        check_text(rq->params[i].name);
    match_all(rq);
    check_again(&c, rq);
    return 0;
}
