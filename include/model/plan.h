/* The plan (StratML PerformancePlanOrReport) and its summary, the one small document of a widget.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity plan;
extern const struct entity summary;
extern const struct entity plan_catalog; /* what a catalogue says of it, and when it last changed */
extern const struct entity plans;        /* all that were taken up, each as /plan shows it */

extern const struct operation plan_post;
extern const struct operation plan_patch; /* its state among the rest */

/* Fails as every read of the plan does where it is not there; NULL: the active one. */
MUST_CHECK bool plan_check(struct call *c, struct pool *p, const char *slug);

#endif
