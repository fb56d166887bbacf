#include "http/problem.h"
#include "http/reply.h"

#include <strings.h>

enum { RETRY_DEFAULT_S = 1 };

/* A fault's place as RFC 9457 documents name it. */
static const char *const places[] = {
    [FAULT_POINTER] = "pointer",
    [FAULT_PARAMETER] = "parameter",
    [FAULT_HEADER] = "header",
};

static void add_faults(struct buf *out, const struct fault *first) {
    buf_adds(out, ",\"errors\":[");
    for (const struct fault *f = first; f; f = f->next) {
        buf_adds(out, f == first ? "{\"detail\":" : ",{\"detail\":");
        buf_add_json(out, f->detail);
        buf_addf(out, ",\"%s\":", places[f->place]);
        buf_add_json(out, f->where);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* Our own mistakes are for the log, not for strangers. */
static bool is_secret(enum err err) {
    return err == ERR_INTERNAL || err == ERR_NO_MEMORY;
}

static void add_document(struct buf *out, const struct call *c, const struct request *rq,
                         const struct problem *p) {
    buf_addf(out, "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d", p->code, p->title,
             p->status);
    if (c->detail && !is_secret(p->err)) {
        buf_adds(out, ",\"detail\":");
        buf_add_json(out, c->detail);
    }
    if (rq->path) {
        buf_adds(out, ",\"instance\":");
        buf_add_json(out, rq->path);
    }
    buf_addf(out, ",\"code\":\"%s\",\"request_id\":", p->code);
    buf_add_json(out, c->request_id);
    if (c->faults)
        add_faults(out, c->faults);
    buf_addc(out, '}');
}

static bool has_header(const struct reply *rp, const char *name) {
    for (size_t i = 0; i < rp->nheaders; i++) {
        if (strcasecmp(rp->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

/* What the handler set before it failed (Allow, Accept-Patch, RateLimit) stays. */
static void add_header(struct reply *rp, const char *name, const char *value) {
    if (value && rp->nheaders < REPLY_HEADERS && !has_header(rp, name))
        reply_header(rp, name, value);
}

static const char *retry_after(struct call *c, const struct problem *p) {
    if (p->status != 503 && p->status != 429 && p->err != ERR_IN_FLIGHT)
        return NULL;
    return arena_printf(&c->arena, "%d", c->retry_after_s > 0 ? c->retry_after_s : RETRY_DEFAULT_S);
}

void reply_problem(struct call *c, const struct request *rq, struct reply *rp) {
    const struct problem *p = problem_of(c->err);
    buf_clear(&rp->owned);
    add_document(&rp->owned, c, rq, p);

    rp->status = p->status;
    rp->type = "application/problem+json";
    rp->body = rp->owned.data;
    rp->len = rp->owned.failed ? 0 : rp->owned.len;
    rp->etag = NULL;
    rp->cache_control = NULL;
    rp->compress = false;
    blob_release(rp->ready);
    rp->ready = NULL;
    sequel_drop(&rp->sequel);
    add_header(rp, "Retry-After", retry_after(c, p));
    if (p->err == ERR_UNAUTHENTICATED)
        add_header(rp, "WWW-Authenticate", "Bearer realm=\"Cerritos in Progress\"");
    if (p->status == 409)
        add_header(rp, "Location", c->location);
}
