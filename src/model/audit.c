#include "model/audit.h"

#include "generated/queries.h"

/* What an audit row may be about (its check in sql/migrations). */
static const char *const OBJECTS[] = {"plan",    "goal",   "objective",   "update",
                                      "draft",   "key",    "measure",     "department",
                                      "webhook", "period", "translation", NULL};

static const struct field FILTERS[] = {
    {"actor", FIELD_TEXT, FIELD_OPTIONAL, 64, NULL, NULL}, /* the id of a key, or a client's name */
    {"holder", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"object", FIELD_CHOICE, FIELD_OPTIONAL, 0, OBJECTS, NULL},
    {"object_id", FIELD_EXTERNAL, FIELD_OPTIONAL, 200, NULL, NULL},
    {"action", FIELD_NAME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"plan", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"since", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"until", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity audit = {
    .name = "audit",
    .what = "audit row",
    .list = &SQL_audit_list,
    .filters = FILTERS,
    .sheet = &audit_sheet,
    .is_apart = true,
};
