/* The plan (StratML PerformancePlanOrReport) and its summary, the one small document of a widget.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "model/entity.h"

extern const struct entity plan;
extern const struct entity summary;

#endif
