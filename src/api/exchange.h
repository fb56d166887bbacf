/* One request on its way through the gate: what the steps have found out so far. */
#ifndef API_EXCHANGE_H
#define API_EXCHANGE_H

#include "api/api.h"
#include "api/limit.h"
#include "api/routes.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"
#include "model/operation.h"
#include "view/csv.h"
#include "view/words.h"

enum form { FORM_JSON, FORM_HTML, FORM_CSV, FORM_ATOM, FORM_FEED, FORM_ICAL, FORM_SVG };

struct exchange {
    const struct api *api;
    struct request *rq;
    struct reply *rp;
    const struct route *route;
    struct route_args args;
    struct intent intent; /* of a write */
    enum form form;
    bool (*handle)(struct call *c, struct exchange *x); /* the route's, or its form's */
    enum lang lang;           /* of the interface, and of what there is a translation of */
    enum csv_dialect dialect; /* where the form is CSV */
    bool reads_drafts;
    bool has_turn; /* one of the few whose tables are read at a time */
    struct allowance allowance;
    const char *key;     /* what the answer is kept by; NULL: it is not */
    struct lease *lease; /* while it is made to be kept */
};

/* A step of the gate: which of the forms that the route offers is asked for, and in which language.
 */
bool negotiate(struct call *c, struct exchange *x);

/* Steps of the gate: the answer from the cache if it is there; else who makes it, and the others
 * wait. */
bool recall(struct call *c, struct exchange *x);
bool remember(struct call *c, struct exchange *x);

/* What is being made is not to be kept after all: who waits for it goes on alone. */
void forgo(struct call *c, struct exchange *x);

/* The names in the path as a JSON object, for statements; NULL fails the call. */
const char *exchange_args(struct call *c, const struct exchange *x);

/* A language chooses among its answers: what people read, and what the plan's words are in. */
bool is_worded(const struct exchange *x);

/* Handlers, by room of the house. */
bool resource_list(struct call *c, struct exchange *x);
bool resource_get(struct call *c, struct exchange *x);
bool resource_write(struct call *c, struct exchange *x);
bool batch_take(struct call *c, struct exchange *x);
bool open311_take(struct call *c, struct exchange *x);
bool import_take(struct call *c, struct exchange *x);
bool translations_take(struct call *c, struct exchange *x);
bool sheet_list(struct call *c, struct exchange *x);
bool feed_list(struct call *c, struct exchange *x);
bool calendar_list(struct call *c, struct exchange *x);
bool stratml_get(struct call *c, struct exchange *x);
bool catalog_get(struct call *c, struct exchange *x);
bool report_get(struct call *c, struct exchange *x);
bool page_give(struct call *c, struct exchange *x);
bool embed_index(struct call *c, struct exchange *x);
bool embed_page(struct call *c, struct exchange *x);
bool embed_fragment(struct call *c, struct exchange *x);
bool embed_badge(struct call *c, struct exchange *x);
bool widget_get(struct call *c, struct exchange *x);

/* What a write consists of after its parameters: done, and all told who should hear of it; then its
 * answer, as it came from the database or (takes body) in another form. */
bool resource_run(struct call *c, struct exchange *x, struct outcome *out);
bool resource_tell(struct call *c, struct exchange *x, const struct outcome *out);
bool resource_answer(struct call *c, struct exchange *x, const struct outcome *out,
                     const char *type, struct buf *body);

/* What a dry run would publish, as the page that the public would read. */
bool page_preview(struct call *c, struct exchange *x, const struct outcome *out);

/* A 200 of this type, to be kept as all public reads are, and not at all where a key was needed;
 * its ETag stands already. */
void resource_describe(struct call *c, struct exchange *x, const char *type);

/* A 200 that is this page (takes its memory), in the exchange's language. */
bool page_reply(struct call *c, struct exchange *x, struct buf *page);

bool pull_list(struct call *c, struct exchange *x);
bool stream_open(struct call *c, struct exchange *x);

bool webhook_write(struct call *c, struct exchange *x);

bool site_index(struct call *c, struct exchange *x);
bool site_problems(struct call *c, struct exchange *x);
bool site_problem(struct call *c, struct exchange *x);
bool site_accessibility(struct call *c, struct exchange *x);
bool site_security(struct call *c, struct exchange *x);

bool docs_list(struct call *c, struct exchange *x);
bool docs_operation(struct call *c, struct exchange *x);
bool staff_key(struct call *c, struct exchange *x);
bool staff_page(struct call *c, struct exchange *x);
bool staff_file(struct call *c, struct exchange *x);

bool ops_contract(struct call *c, struct exchange *x);
bool ops_livez(struct call *c, struct exchange *x);
bool ops_readyz(struct call *c, struct exchange *x);
bool ops_health(struct call *c, struct exchange *x);
bool ops_metrics(struct call *c, struct exchange *x);

#endif
