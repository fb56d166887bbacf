#include "model/period.h"

#include "generated/queries.h"

const struct entity periods = {
    .name = "periods",
    .what = "period",
    .list = &SQL_periods_list,
    .get = &SQL_periods_get,
    .sheet = &periods_sheet,
    .reads = TAG_PLAN | TAG_UPDATES, /* without a start the plan begins with its first update */
};

static const struct field OF_A_PERIOD[] = {
    {"period", FIELD_EXTERNAL, FIELD_REQUIRED, 64, NULL, NULL}, /* by the path */
    {0},
};

const struct entity reports = {
    .name = "reports",
    .what = "report",
    .get = &SQL_reports_get,
    .filters = OF_A_PERIOD,
    .lacks = ENTITY_LACKS_AS_OF,
    .sheet = &reports_sheet,
    .reads = TAG_ALL,
};

static const struct field BETWEEN[] = {
    {"from", FIELD_DATE, FIELD_REQUIRED, 0, NULL, NULL},
    {"to", FIELD_DATE, FIELD_REQUIRED, 0, NULL, NULL},
    {0},
};

const struct entity diffs = {
    .name = "diff",
    .what = "difference",
    .get = &SQL_diff_get,
    .filters = BETWEEN,
    .lacks = ENTITY_LACKS_AS_OF,
    .reads = TAG_ALL,
};

static const struct field EDIT_FIELDS[] = {
    {"grace_days", FIELD_INTEGER, FIELD_NOT_NULL, 180, NULL, NULL},
    {0},
};

const struct operation period_patch = {
    .statement = &SQL_periods_patch,
    .fields = EDIT_FIELDS,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES,
    .touches = TAG_PLAN,
};

static const struct field NO_FIELDS[] = {{0}};

const struct operation period_close = {
    .statement = &SQL_periods_closing,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS,
    .touches = TAG_PLAN,
};
