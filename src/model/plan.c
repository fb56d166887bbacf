#include "model/plan.h"

#include "base/clock.h"
#include "generated/queries.h"

const struct entity plan = {.name = "plan", .what = "plan", .get = &SQL_plan_get, .reads = TAG_ALL};

const struct entity summary = {.name = "summary",
                               .what = "summary",
                               .get = &SQL_summary_get,
                               .reads = TAG_ALL};

const struct entity plan_catalog = {.name = "catalog",
                                    .what = "plan",
                                    .get = &SQL_catalog_get,
                                    .reads = TAG_ALL};

bool plan_check(struct call *c, struct pool *p, const char *slug) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    return pool_read(c, p, &SQL_plan_check, (const char *const[]){slug, now}, 2, &rows);
}
