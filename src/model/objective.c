#include "model/objective.h"

#include <string.h>

#include "generated/queries.h"
#include "model/update.h"

static const char *const INCLUDES[] = {"latest_update", "measures", NULL};
static const char *const FREQUENCIES[] = {"monthly", "quarterly", "semiannual",
                                          "annual",  "none",      NULL};
static const char *const POSITIONS[] = {"before", "after", NULL};

static const struct field FILTERS[] = {
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"status", FIELD_CHOICE, FIELD_OPTIONAL, 0, OBJECTIVE_STATUSES, NULL},
    {"department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"tag", FIELD_TEXT, FIELD_OPTIONAL, 64, NULL, NULL},
    {"q", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"updated_since", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity objectives = {
    .name = "objectives",
    .what = "objective",
    .list = &SQL_objectives_list,
    .count = &SQL_objectives_count,
    .get = &SQL_objectives_get,
    .filters = FILTERS,
    .includes = INCLUDES,
    .sheet = &objectives_sheet,
    .reads = TAG_ALL,
};

static const struct field DEPARTMENT = {"", FIELD_SLUG, FIELD_NOT_NULL, 0, NULL, NULL};
static const struct field TAG = {"", FIELD_TEXT, FIELD_NOT_NULL, 64, NULL, NULL};

static const struct field EDIT_FIELDS[] = {
    {"statement", FIELD_TEXT, FIELD_NOT_NULL, 2000, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"description_position", FIELD_CHOICE, FIELD_OPTIONAL, 0, POSITIONS, NULL},
    {"lead_department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"supporting_departments", FIELD_LIST, FIELD_NOT_NULL, 20, NULL, &DEPARTMENT},
    {"owner_role", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"start_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"due_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"update_frequency", FIELD_CHOICE, FIELD_NOT_NULL, 0, FREQUENCIES, NULL},
    {"weight", FIELD_WEIGHT, FIELD_NOT_NULL, 0, NULL, NULL},
    {"tags", FIELD_LIST, FIELD_NOT_NULL, 50, NULL, &TAG},
    {"archived", FIELD_BOOL, FIELD_NOT_NULL, 0, NULL, NULL},
    {0},
};

/* ISO dates compare as text. Against a date that the body leaves alone only the database can
 * compare. */
static void check_dates(struct call *c, const struct doc *body) {
    const char *start = doc_get_text(body, "start_on");
    const char *due = doc_get_text(body, "due_on");
    if (start && due && strcmp(due, start) < 0)
        fault_add(c, FAULT_POINTER, "#/due_on", "must not be before start_on");
}

const struct operation objective_patch = {
    .statement = &SQL_objectives_patch,
    .fields = EDIT_FIELDS,
    .check = check_dates,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES,
    .touches = TAG_OBJECTIVES,
};
