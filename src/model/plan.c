#include "model/plan.h"

#include "base/clock.h"
#include "generated/queries.h"

const struct entity plan = {
    .name = "plan", .what = "plan", .get = &SQL_plan_get, .is_translated = true, .reads = TAG_ALL};

const struct entity summary = {.name = "summary",
                               .what = "summary",
                               .get = &SQL_summary_get,
                               .is_translated = true,
                               .reads = TAG_ALL};

const struct entity plan_catalog = {.name = "catalog",
                                    .what = "plan",
                                    .get = &SQL_catalog_get,
                                    .reads = TAG_ALL};

const struct entity plans = {
    .name = "plans",
    .what = "plan",
    .list = &SQL_plans_list,
    .get = &SQL_plans_get,
    .lacks = ENTITY_LACKS_PLAN,
    .reads = TAG_ALL,
};

static const char *const STATES[] = {"draft",  "under_review", "approved",
                                     "active", "archived",     NULL};

static const struct field NEW_FIELDS[] = {
    {"slug", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL},
    {"title", FIELD_TEXT, FIELD_REQUIRED, 200, NULL, NULL},
    {"organization", FIELD_TEXT, FIELD_NOT_NULL, 200, NULL, NULL},
    {"overview", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"starts_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"ends_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"copy_from", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

static const struct field EDIT_FIELDS[] = {
    {"title", FIELD_TEXT, FIELD_NOT_NULL, 200, NULL, NULL},
    {"overview", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"state", FIELD_CHOICE, FIELD_NOT_NULL, 0, STATES, NULL},
    {"starts_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"ends_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"funding_is_public", FIELD_BOOL, FIELD_NOT_NULL, 0, NULL, NULL},
    {0},
};

const struct operation plan_post = {
    .statement = &SQL_plans_post,
    .fields = NEW_FIELDS,
    .flags = OPERATION_KEYED | OPERATION_APART,
    .touches = TAG_ALL,
};

/* Which plan is active decides what every path answers; and amounts that are public no longer are
 * not to be kept for an outage either. */
const struct operation plan_patch = {
    .statement = &SQL_plans_patch,
    .fields = EDIT_FIELDS,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES | OPERATION_APART | OPERATION_ERASES,
    .touches = TAG_ALL,
};

bool plan_check(struct call *c, struct pool *p, const char *slug) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    return pool_read(c, p, &SQL_plan_check, (const char *const[]){slug, now}, 2, &rows);
}
