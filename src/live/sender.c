#include "live/sender.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/metric.h"
#include "base/secret.h"
#include "message.h"
#include "model/delivery.h"
#include "post.h"

enum {
    SLOTS = 16,
    LEASE_S = 20,        /* longer than a post and what is written about it */
    LOOK_US = 2000000,   /* for what others wrote, and what is to be tried again */
    REST_US = 50000,     /* between two looks: writes in a burst are looked for together */
    BUDGET_MS = 2000,    /* of a statement */
    STOP_US = 1000000,   /* for what is under way at the end */
    AFTER_MOST_S = 3600, /* of what a receiver may ask for */
};

/* One delivery from its lease until it is settled. */
struct slot {
    bool busy;
    struct call call; /* holds the delivery's strings */
    struct delivery delivery;
    struct post post;
    bool is_done; /* result is known, and not yet written down */
    struct delivery_result result;
};

struct sender {
    struct sender_config config;
    struct post_rules rules;
    char agent[64];
    CURLM *multi;
    pthread_t thread;
    atomic_bool stopping, woken;
    /* The thread's own: */
    struct slot slots[SLOTS];
    int64_t look_due_us, looked_us;
    bool in_trouble;
};

enum { DELIVERED, FAILED, GIVEN_UP, DISABLED, UNDER_WAY };
static struct metric counts[] = {
    [DELIVERED] = {.name = "webhook_attempts_total",
                   .labels = "outcome=\"delivered\"",
                   .help = "Attempts to deliver a webhook.",
                   .type = METRIC_COUNTER},
    [FAILED] = {.name = "webhook_attempts_total",
                .labels = "outcome=\"failed\"",
                .help = "Attempts to deliver a webhook.",
                .type = METRIC_COUNTER},
    [GIVEN_UP] = {.name = "webhook_deliveries_given_up_total",
                  .help = "Deliveries whose last attempt has failed.",
                  .type = METRIC_COUNTER},
    [DISABLED] = {.name = "webhook_failures_of_disabled_total",
                  .help = "Failed attempts that left their subscription disabled.",
                  .type = METRIC_COUNTER},
    [UNDER_WAY] = {.name = "webhook_posts_open",
                   .help = "Deliveries under way.",
                   .type = METRIC_GAUGE},
};

/* Only a turn from one state to the other is worth a line. */
static void report(struct sender *s, const struct call *c, bool worked) {
    if (worked == !s->in_trouble)
        return;
    s->in_trouble = !worked;
    log_say(s->config.log, worked ? LOG_INFO : LOG_WARN,
            worked ? "webhooks_followed" : "webhooks_put_off", "%s",
            worked ? "the outbox is read again" : c->detail);
}

/* ---- one delivery ---- */

static bool begin(struct sender *s, struct slot *slot) {
    const struct delivery *d = &slot->delivery;
    struct call *c = &slot->call;
    AUTO(buf) struct buf signatures = {0};
    if (!message_sign(c, d->secrets, d->message, d->sent_s, d->body, &signatures))
        return false;
    const char *headers[] = {
        "Content-Type: application/json",
        "Expect:",
        call_printf(c, "webhook-id: %s", d->message),
        call_printf(c, "webhook-timestamp: %lld", (long long)d->sent_s),
        call_printf(c, "webhook-signature: %s", signatures.data),
        NULL,
    };
    return !c->err && post_begin(c, s->multi, &slot->post, &s->rules, d->url, d->body, headers);
}

/* By chance, or as long as the receiver asks for where that is longer. */
static int64_t retry_ms(const struct delivery *d, int64_t retry_after_s) {
    uint32_t chance = 0;
    if (!secret_random(&chance, sizeof chance))
        chance = UINT32_MAX / 2;
    int64_t ms = message_retry_ms(d->attempt, chance);
    int64_t asked_ms = (retry_after_s < AFTER_MOST_S ? retry_after_s : AFTER_MOST_S) * 1000;
    return ms >= 0 && ms < asked_ms ? asked_ms : ms;
}

static void end_slot(struct slot *slot) {
    call_drop(&slot->call);
    *slot = (struct slot){0};
    metric_add(&counts[UNDER_WAY], -1);
}

/* No address: its query may be a secret of the receiver's. */
static void say_settled(struct sender *s, const struct slot *slot, enum delivery_state state,
                        bool disabled) {
    const struct delivery_result *r = &slot->result;
    metric_add(&counts[r->error ? FAILED : DELIVERED], 1);
    if (state == DELIVERY_GIVEN_UP)
        metric_add(&counts[GIVEN_UP], 1);
    if (r->error && disabled)
        metric_add(&counts[DISABLED], 1);
    log_line(s->config.log, r->error ? LOG_WARN : LOG_DEBUG,
             r->error ? "webhook_failed" : "webhook_delivered",
             (const struct log_field[]){
                 {"webhook", LOG_TEXT, slot->delivery.webhook, 0},
                 {"delivery", LOG_TEXT, slot->delivery.id, 0},
                 {"attempt", LOG_INT, NULL, slot->delivery.attempt},
                 {"status", LOG_INT, NULL, r->status},
                 {"error", LOG_TEXT, r->error, 0},
                 {"given_up", LOG_BOOL, NULL, state == DELIVERY_GIVEN_UP},
                 {"disabled", LOG_BOOL, NULL, disabled},
                 {0},
             });
}

/* What could not be written down is tried again until the lease is another's: it was sent. */
static bool settle(struct sender *s, struct slot *slot) {
    AUTO(call) struct call c;
    enum delivery_state state;
    bool disabled;
    call_init(&c, BUDGET_MS);
    bool worked = delivery_settle(&c, s->config.pool, &slot->delivery, &slot->result, &state,
                                  &disabled);
    report(s, &c, worked);
    if (!worked)
        return false;
    say_settled(s, slot, state, disabled);
    end_slot(slot);
    return true;
}

static void settle_done(struct sender *s) {
    for (struct slot *slot = s->slots; slot < s->slots + SLOTS; slot++)
        if (slot->busy && slot->is_done && !settle(s, slot))
            return;
}

/* ---- the loop ---- */

/* False when nothing more is due, or nothing can be asked. */
static bool take_one(struct sender *s, struct slot *slot) {
    call_init(&slot->call, BUDGET_MS);
    bool worked = delivery_lease(&slot->call, s->config.pool, LEASE_S, &slot->delivery);
    report(s, &slot->call, worked);
    if (!worked || !slot->delivery.id) {
        call_drop(&slot->call);
        return false;
    }
    slot->busy = true;
    metric_add(&counts[UNDER_WAY], 1);
    if (!begin(s, slot)) {
        slot->is_done = true;
        slot->result = (struct delivery_result){.error = "not_sent",
                                                .retry_ms = retry_ms(&slot->delivery, 0)};
    }
    return true;
}

static void look(struct sender *s) {
    bool more = true;
    atomic_store(&s->woken, false);
    for (struct slot *slot = s->slots; more && slot < s->slots + SLOTS; slot++)
        if (!slot->busy)
            more = take_one(s, slot);
    s->looked_us = clock_mono_us();
    s->look_due_us = s->looked_us + LOOK_US;
}

/* Moves all transfers on, and takes down what came of those that have ended. */
static bool move_on(struct sender *s) {
    int running, left;
    bool ended = false;
    (void)curl_multi_perform(s->multi, &running);
    for (CURLMsg *m; (m = curl_multi_info_read(s->multi, &left));) {
        struct slot *slot = s->slots;
        while (slot < s->slots + SLOTS && slot->post.easy != m->easy_handle)
            slot++;
        if (m->msg != CURLMSG_DONE || slot == s->slots + SLOTS)
            continue;
        struct post_result r = post_end(s->multi, &slot->post, m->data.result);
        slot->is_done = ended = true;
        slot->result = (struct delivery_result){r.status, r.error,
                                                retry_ms(&slot->delivery, r.retry_after_s)};
    }
    return ended;
}

static int pause_ms(const struct sender *s) {
    int64_t due = s->look_due_us;
    if (atomic_load(&s->woken) && s->looked_us + REST_US < due)
        due = s->looked_us + REST_US;
    int64_t left = due - clock_mono_us();
    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

static bool is_idle(const struct sender *s) {
    for (const struct slot *slot = s->slots; slot < s->slots + SLOTS; slot++)
        if (slot->busy)
            return false;
    return true;
}

/* What is under way may still be answered; what is not by then is another's at once. */
static void wind_up(struct sender *s) {
    int64_t until = clock_mono_us() + STOP_US;
    while (!is_idle(s) && clock_mono_us() < until) {
        (void)curl_multi_poll(s->multi, NULL, 0, 20, NULL);
        (void)move_on(s);
        settle_done(s);
    }
    for (struct slot *slot = s->slots; slot < s->slots + SLOTS; slot++) {
        if (!slot->busy)
            continue;
        post_drop(s->multi, &slot->post);
        if (!slot->is_done)
            slot->result = (struct delivery_result){.error = "interrupted", .retry_ms = 0};
        if (!settle(s, slot))
            end_slot(slot);
    }
}

static void *run(void *context) {
    struct sender *s = context;
    while (!atomic_load(&s->stopping)) {
        if (pause_ms(s) == 0)
            look(s);
        if (move_on(s))
            s->look_due_us = 0; /* what waited behind it */
        settle_done(s);
        (void)curl_multi_poll(s->multi, NULL, 0, pause_ms(s), NULL);
    }
    wind_up(s);
    return NULL;
}

/* ---- life ---- */

static void let_go(struct sender *s) {
    if (s->multi)
        curl_multi_cleanup(s->multi);
    free(s);
    curl_global_cleanup();
}

struct sender *sender_new(struct call *c, const struct sender_config *config) {
    static bool declared;
    if (!declared)
        metric_register(counts, COUNT(counts));
    declared = true;
    struct sender *s = calloc(1, sizeof *s);
    if (!s || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(s);
        (void)fail(c, ERR_NO_MEMORY, "no room to send webhooks");
        return NULL;
    }
    s->config = *config;
    snprintf(s->agent, sizeof s->agent, "cerritos-in-progress/%s", config->version);
    s->rules = (struct post_rules){.by_http = config->by_http,
                                   .authorities = config->authorities,
                                   .agent = s->agent};
    bool may = reach_parse(c, config->allow, &s->rules.reach);
    if (may && (s->multi = curl_multi_init()) && pthread_create(&s->thread, NULL, run, s) == 0)
        return s;
    if (may)
        (void)fail(c, ERR_NO_MEMORY, "no thread to send webhooks");
    let_go(s);
    return NULL;
}

void sender_free(struct sender *s) {
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    (void)curl_multi_wakeup(s->multi);
    (void)pthread_join(s->thread, NULL);
    let_go(s);
}

void sender_wake(struct sender *s) {
    if (!atomic_exchange(&s->woken, true))
        (void)curl_multi_wakeup(s->multi);
}
