#include "model/plan.h"

#include "generated/queries.h"

const struct entity plan = {.name = "plan", .what = "plan", .get = &SQL_plan_get, .reads = TAG_ALL};

const struct entity summary = {.name = "summary",
                               .what = "summary",
                               .get = &SQL_summary_get,
                               .reads = TAG_ALL};
