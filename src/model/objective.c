#include "model/objective.h"

#include <string.h>

#include "generated/queries.h"
#include "model/update.h"

static const char *const INCLUDES[] = {"latest_update", "measures", NULL};
static const char *const FREQUENCIES[] = {"monthly", "quarterly", "semiannual",
                                          "annual",  "none",      NULL};
static const char *const POSITIONS[] = {"before", "after", NULL};
static const char *const RELATIONSHIPS[] = {"related", "completes", "depends_on", "supports", NULL};
static const char *const YES_OR_NO[] = {"true", "false", NULL};

static const struct field FILTERS[] = {
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"status", FIELD_CHOICE, FIELD_OPTIONAL, 0, OBJECTIVE_STATUSES, NULL},
    {"department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"tag", FIELD_TEXT, FIELD_OPTIONAL, 64, NULL, NULL},
    {"q", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"updated_since", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"overdue", FIELD_CHOICE, FIELD_OPTIONAL, 0, YES_OR_NO, NULL},
    {"stale", FIELD_CHOICE, FIELD_OPTIONAL, 0, YES_OR_NO, NULL},
    {"fiscal_year", FIELD_FISCAL_YEAR, FIELD_OPTIONAL, 0, NULL, NULL},
    {"gl_account", FIELD_TEXT, FIELD_OPTIONAL, 100, NULL, NULL},
    {"project_string", FIELD_TEXT, FIELD_OPTIONAL, 100, NULL, NULL},
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
    .is_translated = true,
    .reads = TAG_ALL,
};

static const struct field DEPARTMENT = {"", FIELD_SLUG, FIELD_NOT_NULL, 0, NULL, NULL};
static const struct field TAG = {"", FIELD_TEXT, FIELD_NOT_NULL, 64, NULL, NULL};

/* ---- lists, each replaced as a whole ---- */

enum { ITEMS_MOST = 50 };

static const struct field MILESTONE[] = {
    {"title", FIELD_TEXT, FIELD_REQUIRED, 500, NULL, NULL},
    {"due_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"achieved_on", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};
static const struct field RELATIONSHIP[] = {
    {"type", FIELD_CHOICE, FIELD_REQUIRED, 0, RELATIONSHIPS, NULL},
    {"objective", FIELD_CODE, FIELD_REQUIRED, 0, NULL, NULL},
    {"note", FIELD_TEXT, FIELD_OPTIONAL, 500, NULL, NULL},
    {0},
};
/* Codes are text whatever they look like: their zeros mean something. */
static const struct field FUNDING[] = {
    {"fiscal_year", FIELD_FISCAL_YEAR, FIELD_REQUIRED, 0, NULL, NULL},
    {"gl_account", FIELD_TEXT, FIELD_REQUIRED, 100, NULL, NULL},
    {"project_string", FIELD_TEXT, FIELD_OPTIONAL, 100, NULL, NULL},
    {"budgeted", FIELD_AMOUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"spent", FIELD_AMOUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};
static const struct field EXTERNAL_REF[] = {
    {"system", FIELD_NAME, FIELD_REQUIRED, 0, NULL, NULL},
    {"type", FIELD_NAME, FIELD_REQUIRED, 0, NULL, NULL},
    {"id", FIELD_EXTERNAL, FIELD_REQUIRED, 200, NULL, NULL},
    {"url", FIELD_URL, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};
static const struct field A_MILESTONE = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, MILESTONE};
static const struct field A_RELATIONSHIP = {"", FIELD_OBJECT, FIELD_NOT_NULL,
                                            0,  NULL,         RELATIONSHIP};
static const struct field A_FUNDING = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, FUNDING};
static const struct field A_REF = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, EXTERNAL_REF};

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
    {"milestones", FIELD_LIST, FIELD_NOT_NULL, ITEMS_MOST, NULL, &A_MILESTONE},
    {"relationships", FIELD_LIST, FIELD_NOT_NULL, ITEMS_MOST, NULL, &A_RELATIONSHIP},
    {"funding", FIELD_LIST, FIELD_NOT_NULL, ITEMS_MOST, NULL, &A_FUNDING},
    {"external_refs", FIELD_LIST, FIELD_NOT_NULL, ITEMS_MOST, NULL, &A_REF},
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

/* A table of it has a row for each link: src/model/import_tables.c. */
const struct operation objective_funding = {.fields = FUNDING};
