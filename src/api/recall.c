#include <string.h>

#include "exchange.h"
#include "live/cache.h"
#include "model/tag.h"

/* One answer for all who ask the same in the same words: the type and the language chosen, then the
 * target as sent. Other words for the same question make another entry, no other answer. */
static const char *key_of(struct call *c, const struct exchange *x) {
    static const char LETTERS[] = {
        [FORM_JSON] = 'J', [FORM_HTML] = 'H', [FORM_CSV] = 'C', [FORM_ATOM] = 'A',
        [FORM_FEED] = 'F', [FORM_ICAL] = 'I', [FORM_SVG] = 'S'};
    const struct request *rq = x->rq;
    const char *lang = lang_tag(x->lang);
    size_t tag = strlen(lang), path = strlen(rq->path), query = rq->query ? strlen(rq->query) : 0;
    char *key = call_alloc(c, tag + path + query + sizeof("J?"));
    if (!key)
        return NULL;
    char *at = key;
    *at++ = LETTERS[x->form];
    at = mempcpy(at, lang, tag);
    at = mempcpy(at, rq->path, path);
    if (rq->query) {
        *at++ = '?';
        memcpy(at, rq->query, query);
    }
    return key;
}

/* A refusal that is kept has its own sentence; everything else of it belongs to who asks. */
static bool give(struct call *c, struct exchange *x, struct cache_hit *hit) {
    enum err err = hit->blob->err;
    if (err == ERR_NONE) {
        reply_take_ready(x->rp, hit->blob, hit->age_s);
        return true;
    }
    (void)fail(c, err, "%s", hit->blob->part[BLOB_BODY].at);
    blob_release(hit->blob);
    return false;
}

bool recall(struct call *c, struct exchange *x) {
    if (!x->api->cache || !(x->route->flags & ROUTE_CACHED) || x->reads_drafts)
        return true;
    x->key = key_of(c, x);
    if (!x->key)
        return false;
    struct cache_hit hit = cache_get(x->api->cache, x->key, c->now_us);
    return !hit.blob || give(c, x, &hit);
}

/* The names in the path are well-formed, and nothing bears them. */
static struct blob *freeze_refusal(struct call *c) {
    bool absent = c->err == ERR_NOT_FOUND || c->err == ERR_NO_ACTIVE_PLAN;
    if (!absent || c->faults || !c->detail)
        return NULL;
    AUTO(call) struct call own; /* the call has failed, and its error must stand */
    call_init(&own, 1000);
    const struct blob_bytes parts[BLOB_PARTS] = {[BLOB_BODY] = {c->detail, strlen(c->detail)}};
    return blob_new(&own, parts, c->err, c->now_us);
}

void forgo(struct call *c, struct exchange *x) {
    struct cache_hit none;
    if (x->lease)
        (void)cache_give_up(x->lease, c, &none);
    x->lease = NULL;
}

static bool lead(struct call *c, struct exchange *x, struct lease *lease) {
    struct cache_hit old;
    x->lease = lease;
    bool fine = x->handle(c, x);
    if (!x->lease)
        return fine;
    struct blob *made = fine && x->rp->status == 200 ? reply_freeze(c, x->rq, x->rp)
                                                     : freeze_refusal(c);
    if (made) {
        cache_put(lease, made);
        if (fine)
            reply_take_ready(x->rp, made, -1);
        else
            blob_release(made);
        return fine;
    }
    if (!cache_give_up(lease, c, &old))
        return false;
    call_recover(c);
    return give(c, x, &old);
}

bool remember(struct call *c, struct exchange *x) {
    struct lease *lease;
    struct cache_hit hit;
    if (!x->key)
        return x->handle(c, x);
    bool is_more = x->form == FORM_HTML; /* a page says more than its route's own document */
    unsigned tags = x->route->entity && !is_more ? x->route->entity->reads : TAG_ALL;
    if (!cache_lease(c, x->api->cache, x->key, tags, &lease, &hit))
        return false;
    if (hit.blob)
        return give(c, x, &hit);
    return lease ? lead(c, x, lease) : x->handle(c, x);
}
