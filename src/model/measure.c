#include "model/measure.h"

#include <string.h>

#include "generated/queries.h"

static const char *const DIRECTIONS[] = {"increase", "decrease", "maintain", NULL};

/* A value stands and falls with its update, and names it and its objective. */
enum { READS = TAG_PLAN | TAG_OBJECTIVES | TAG_UPDATES };

static const struct field FILTERS[] = {
    {"objective", FIELD_CODE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity measures = {
    .name = "measures",
    .what = "measure",
    .list = &SQL_measures_list,
    .get = &SQL_measures_get,
    .filters = FILTERS,
    .sheet = &measures_sheet,
    .reads = READS,
};

static const struct field VALUE_FILTERS[] = {
    {"measure", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL}, /* by the path */
    {"since", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"until", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity measure_values = {
    .name = "measure_values",
    .what = "value",
    .list = &SQL_measure_values_list,
    .filters = VALUE_FILTERS,
    .sheet = &measure_values_sheet,
    .reads = READS,
};

static const struct field OBJECTIVE = {"", FIELD_CODE, FIELD_NOT_NULL, 0, NULL, NULL};

static const struct field NEW_FIELDS[] = {
    {"slug", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL},
    {"name", FIELD_TEXT, FIELD_REQUIRED, 200, NULL, NULL},
    {"unit", FIELD_TEXT, FIELD_REQUIRED, 64, NULL, NULL},
    {"direction", FIELD_CHOICE, FIELD_REQUIRED, 0, DIRECTIONS, NULL},
    {"baseline", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"baseline_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"target", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"target_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"lower_limit", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"upper_limit", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"data_source", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"objectives", FIELD_LIST, FIELD_REQUIRED, 50, NULL, &OBJECTIVE},
    {0},
};

/* The name in the path is for good: updates speak of it. */
static const struct field EDIT_FIELDS[] = {
    {"name", FIELD_TEXT, FIELD_NOT_NULL, 200, NULL, NULL},
    {"unit", FIELD_TEXT, FIELD_NOT_NULL, 64, NULL, NULL},
    {"direction", FIELD_CHOICE, FIELD_NOT_NULL, 0, DIRECTIONS, NULL},
    {"baseline", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"baseline_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"target", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"target_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"lower_limit", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"upper_limit", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"data_source", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"objectives", FIELD_LIST, FIELD_NOT_NULL, 50, NULL, &OBJECTIVE},
    {"archived", FIELD_BOOL, FIELD_NOT_NULL, 0, NULL, NULL},
    {0},
};

/* What a patch leaves alone only the database can compare; so too the limits, which are exact. */
static void check(struct call *c, const struct doc *body) {
    const char *baseline_on = doc_get_text(body, "baseline_on");
    const char *target_on = doc_get_text(body, "target_on");
    const struct doc *objectives = doc_get(body, "objectives");
    if (baseline_on && target_on && strcmp(target_on, baseline_on) < 0)
        fault_add(c, FAULT_POINTER, "#/target_on", "must not be before baseline_on");
    if (doc_type(objectives) == DOC_LIST && doc_count(objectives) == 0)
        fault_add(c, FAULT_POINTER, "#/objectives", "must name one objective at least");
}

const struct operation measure_post = {
    .statement = &SQL_measures_post,
    .fields = NEW_FIELDS,
    .check = check,
    .flags = OPERATION_KEYED,
    .touches = TAG_OBJECTIVES,
};

const struct operation measure_patch = {
    .statement = &SQL_measures_patch,
    .fields = EDIT_FIELDS,
    .check = check,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES,
    .touches = TAG_OBJECTIVES,
};
