#include "model/department.h"

#include "generated/queries.h"

const struct entity departments = {
    .name = "departments",
    .what = "department",
    .list = &SQL_departments_list,
    .get = &SQL_departments_get,
    .sheet = &departments_sheet,
    .reads = TAG_PLAN | TAG_OBJECTIVES,
};

static const struct field NEW_FIELDS[] = {
    {"slug", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL},
    {"name", FIELD_TEXT, FIELD_REQUIRED, 200, NULL, NULL},
    {"public_contact", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {"reporting_contact", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {0},
};

/* The name in the path is for good: objectives speak of it. */
static const struct field EDIT_FIELDS[] = {
    {"name", FIELD_TEXT, FIELD_NOT_NULL, 200, NULL, NULL},
    {"public_contact", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {"reporting_contact", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {0},
};

const struct operation department_post = {
    .statement = &SQL_departments_post,
    .fields = NEW_FIELDS,
    .flags = OPERATION_KEYED,
    .touches = TAG_OBJECTIVES,
};

const struct operation department_patch = {
    .statement = &SQL_departments_patch,
    .fields = EDIT_FIELDS,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES,
    .touches = TAG_OBJECTIVES,
};
