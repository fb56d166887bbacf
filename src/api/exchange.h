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

struct exchange {
    const struct api *api;
    struct request *rq;
    struct reply *rp;
    const struct route *route;
    struct route_args args;
    struct intent intent; /* of a write */
    bool wants_html;
    bool reads_drafts;
    struct allowance allowance;
    const char *key; /* what the answer is kept by; NULL: it is not */
};

/* Steps of the gate: the answer from the cache if it is there; else who makes it, and the others
 * wait. */
bool recall(struct call *c, struct exchange *x);
bool remember(struct call *c, struct exchange *x);

/* The names in the path as a JSON object, for statements; NULL fails the call. */
const char *exchange_args(struct call *c, const struct exchange *x);

/* Handlers, by room of the house. */
bool resource_list(struct call *c, struct exchange *x);
bool resource_get(struct call *c, struct exchange *x);
bool resource_write(struct call *c, struct exchange *x);

bool stream_open(struct call *c, struct exchange *x);

bool site_index(struct call *c, struct exchange *x);
bool site_problems(struct call *c, struct exchange *x);
bool site_problem(struct call *c, struct exchange *x);
bool site_security(struct call *c, struct exchange *x);

bool ops_contract(struct call *c, struct exchange *x);
bool ops_livez(struct call *c, struct exchange *x);
bool ops_readyz(struct call *c, struct exchange *x);
bool ops_health(struct call *c, struct exchange *x);
bool ops_metrics(struct call *c, struct exchange *x);

#endif
