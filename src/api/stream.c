#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "exchange.h"
#include "live/hub.h"
#include "model/moment.h"
#include "model/plan.h"

/*
 * GET /stream: what has changed, told as it happens (server-sent events). The handler writes the
 * beginning, what the client has missed included; follow() is the rest, while the client stays.
 */

enum {
    GLANCE_MS = 1000, /* how often it is looked whether the client is still there */
    RETRY_MS = 3000,  /* and up to RETRY_SPREAD_MS more, so that not all come back at once */
    RETRY_SPREAD_MS = 2000,
    PIECE = 16384
};

/* One client, from its request to its end. */
struct stream {
    struct listener listener;
    int64_t heartbeat_us;
    char *plan;           /* slug; NULL: whichever is the active one */
    char *known;          /* Last-Event-ID where it counts, else NULL */
    struct moment moment; /* what known says */
};

static void drop(void *context) {
    struct stream *s = context;
    hub_leave(&s->listener);
    free(s->plan);
    free(s->known);
    free(s);
}

static struct stream *stream_new(struct call *c, const struct exchange *x, const char *slug) {
    struct stream *s = calloc(1, sizeof *s);
    if (s)
        s->plan = slug ? strdup(slug) : NULL;
    if (s && (s->plan || !slug)) {
        s->heartbeat_us = x->api->heartbeat_ms * 1000;
        return s;
    }
    free(s);
    (void)fail(c, ERR_NO_MEMORY, "no room for a stream");
    return NULL;
}

/* Nothing is known of another history. */
static void forget(struct stream *s) {
    free(s->known);
    s->known = NULL;
}

/* ---- events ---- */

static void add_event(struct buf *b, const char *event, const char *id, const char *data) {
    buf_adds(b, "event: ");
    buf_adds(b, event);
    if (id) {
        buf_adds(b, "\nid: ");
        buf_adds(b, id);
    }
    buf_adds(b, "\ndata: ");
    buf_adds(b, data);
    buf_adds(b, "\n\n");
}

static void add_reset(struct buf *b, const char *id, const char *reason) {
    buf_adds(b, "event: reset\nid: ");
    buf_adds(b, id);
    buf_addf(b, "\ndata: {\"reason\":\"%s\"}\n\n", reason);
}

/* What the client has had already may come again from another instance's last second. */
static bool concerns(const struct stream *s, const struct change *change) {
    bool ours = s->plan ? strcmp(s->plan, change->plan) == 0 : change->active;
    return ours && !(s->known && moment_covers(&s->moment, change->xid));
}

/* The id stands with the last event only: whoever is cut off before it gets all of them again.
 * Returns how many there were. */
static size_t add_changes(const struct stream *s, struct buf *b, const struct change *list,
                          size_t count, const char *id) {
    const struct change *held = NULL;
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        if (!concerns(s, &list[i]))
            continue;
        if (held)
            add_event(b, "change", NULL, held->doc);
        held = &list[i];
        told++;
    }
    if (held)
        add_event(b, "change", id, held->doc);
    return told;
}

/* ---- the rest ---- */

static bool send_batch(struct stream *s, struct outlet *o, const struct batch *batch) {
    AUTO(buf) struct buf b = {0};
    size_t told = 0;
    if (batch->reset)
        forget(s);
    if (batch->reset)
        add_reset(&b, batch->moment, batch->reset);
    else
        told = add_changes(s, &b, batch->list, batch->count, batch->moment);
    for (size_t at = 0; at < b.len; at += PIECE)
        if (b.failed || !o->write(o, b.data + at, b.len - at < PIECE ? b.len - at : PIECE))
            return false;
    hub_count_sent(told);
    return !b.failed;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* A comment, which clients pass over and proxies count as a sign of life. */
static bool beat(struct outlet *o) {
    static const char comment[] = ":\n\n";
    return o->write(o, comment, sizeof comment - 1);
}

static void follow(void *context, struct outlet *o) {
    struct stream *s = context;
    int64_t due = clock_mono_us() + s->heartbeat_us;
    for (bool fine = true; fine;) {
        AUTO(batch) struct batch *batch = NULL;
        int64_t left = due - clock_mono_us();
        enum hearing heard = HEARD_NOTHING;
        if (left > 0)
            heard = hub_hear(&s->listener, least((left + 999) / 1000, GLANCE_MS), &batch);
        if (heard == HEARD)
            fine = send_batch(s, o, batch);
        else if (heard != HEARD_NOTHING)
            return;
        else if (left <= 0)
            fine = beat(o);
        else
            fine = o->open(o);
        if (left <= 0)
            due = clock_mono_us() + s->heartbeat_us;
    }
}

/* ---- the beginning ---- */

/* Why what the client knows is of no use; NULL: it is. */
static const char *unusable(struct stream *s, const char *id, const char *now) {
    if (!moment_read(id, &s->moment))
        return "unknown_id";
    if (!moment_same_database(id, now))
        return "new_history";
    s->known = strdup(id);
    return s->known && moment_read(s->known, &s->moment) ? NULL : "unknown_id";
}

/* What was committed between the client's moment and the one from which it listens. */
static bool catch_up(struct call *c, const struct exchange *x, struct stream *s, struct buf *b,
                     const char *now) {
    const char *id = request_header(x->rq, "Last-Event-ID");
    if (!id || !*id) {
        add_event(b, "hello", now, "{\"resumed\":false}");
        return true;
    }
    if (!now)
        return fail(c, ERR_UNAVAILABLE, "the database has not answered yet since this start");
    struct changes missed = {0};
    const char *reason = unusable(s, id, now);
    if (!reason && !changes_between(c, x->api->pool, id, now, &missed))
        return false;
    reason = missed.too_many ? "too_many" : reason;
    add_event(b, "hello", NULL, reason ? "{\"resumed\":false}" : "{\"resumed\":true}");
    if (reason)
        add_reset(b, now, reason);
    else
        hub_count_sent(add_changes(s, b, missed.at, missed.count, now));
    return true;
}

/* First it listens, then it asks for what is missing: nothing falls between. */
static bool begin(struct call *c, struct exchange *x, struct stream *s) {
    AUTO(buf) struct buf b = {0};
    const char *now;
    buf_addf(&b, "retry: %d\n", RETRY_MS + (int)(clock_mono_us() % RETRY_SPREAD_MS));
    if (!hub_join(c, x->api->hub, &s->listener, &now) || !catch_up(c, x, s, &b, now) ||
        !buf_ok(c, &b))
        return false;
    reply_take_body(x->rp, &b);
    return true;
}

/* A newcomer asks nothing of the database that could not wait until it is back. */
static bool check_plan(struct call *c, const struct exchange *x, const char *slug) {
    const char *id = request_header(x->rq, "Last-Event-ID");
    if (plan_check(c, x->api->pool, slug))
        return true;
    if (c->err != ERR_UNAVAILABLE || (id && *id))
        return false;
    call_recover(c);
    return true;
}

bool stream_open(struct call *c, struct exchange *x) {
    const char *slug;
    if (!ask_plan(c, x, &slug))
        return false;
    if (!x->api->hub)
        return fail(c, ERR_NOT_FOUND,
                    "this service tells nothing live (PROGRESS_STREAMS is 0): ask by ETag");
    if (!check_plan(c, x, slug))
        return false;
    x->rp->sequel.run = follow;
    x->rp->sequel.drop = drop;
    if (x->rq->verb != VERB_HEAD) {
        struct stream *s = stream_new(c, x, slug);
        x->rp->sequel.context = s;
        if (!s || !begin(c, x, s))
            return false;
    }
    x->rp->status = 200;
    x->rp->type = "text/event-stream";
    reply_header(x->rp, "X-Accel-Buffering", "no");
    return true;
}
