/* The plan (StratML PerformancePlanOrReport) and its summary, the one small document of a widget.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "model/entity.h"

extern const struct entity plan;
extern const struct entity summary;
extern const struct entity plan_catalog; /* what a catalogue says of it, and when it last changed */

/* Fails as every read of the plan does where it is not there; NULL: the active one. */
MUST_CHECK bool plan_check(struct call *c, struct pool *p, const char *slug);

#endif
