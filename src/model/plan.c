#include "model/plan.h"

#include "generated/queries.h"

const struct entity plan = {.name = "plan", .what = "plan", .get = &SQL_plan_get};

const struct entity summary = {.name = "summary", .what = "summary", .get = &SQL_summary_get};
