#include "model/goal.h"

#include "generated/queries.h"

static const char *const INCLUDES[] = {"latest_update", "objectives", NULL};

const struct entity goals = {
    .name = "goals",
    .what = "goal",
    .list = &SQL_goals_list,
    .get = &SQL_goals_get,
    .includes = INCLUDES,
    .sheet = &goals_sheet,
    .is_translated = true,
    .reads = TAG_ALL,
};

static const struct field EDIT_FIELDS[] = {
    {"statement", FIELD_TEXT, FIELD_NOT_NULL, 2000, NULL, NULL},
    {"short_name", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"short_name_source", FIELD_TEXT, FIELD_OPTIONAL, 2000, NULL, NULL},
    {"weight", FIELD_WEIGHT, FIELD_NOT_NULL, 0, NULL, NULL},
    {0},
};

const struct operation goal_patch = {
    .statement = &SQL_goals_patch,
    .fields = EDIT_FIELDS,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES,
    .touches = TAG_GOALS,
};
