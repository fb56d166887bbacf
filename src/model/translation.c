#include "model/translation.h"

#include "generated/queries.h"

enum { ITEMS_MOST = 1000, TEXT_MOST = 10000, CODE_MOST = 20, ROW_MOST = 1000000 };

/* As in sql/functions/29_translations.sql. */
static const char *const LANGUAGES[] = {"ko", "zh-Hans", "zh-Hant", "tl", "es", NULL};
static const char *const ENTITIES[] = {"plan", "goal", "objective", "action", NULL};
static const char *const FIELDS[] = {"title", "overview", "statement", "description", "text", NULL};
static const char *const REASONS[] = {"outdated", "unreviewed", "untranslated", NULL};

static const struct field FILTERS[] = {
    {"lang", FIELD_CHOICE, FIELD_OPTIONAL, 0, LANGUAGES, NULL},
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"entity", FIELD_CHOICE, FIELD_OPTIONAL, 0, ENTITIES, NULL},
    {"reason", FIELD_CHOICE, FIELD_OPTIONAL, 0, REASONS, NULL}, /* for which it waits */
    {0},
};

const struct entity translations = {
    .name = "translations",
    .what = "translation",
    .list = &SQL_translations_list,
    .filters = FILTERS,
    .sheet = &translations_sheet,
    .reads = TAG_PLAN | TAG_GOALS | TAG_OBJECTIVES,
};

/* The columns of the sheet, but for what it shows only. A text that is not there says nothing. */
static const struct field ITEM[] = {
    {"lang", FIELD_CHOICE, FIELD_REQUIRED, 0, LANGUAGES, NULL},
    {"entity", FIELD_CHOICE, FIELD_REQUIRED, 0, ENTITIES, NULL},
    {"code", FIELD_EXTERNAL, FIELD_OPTIONAL, CODE_MOST, NULL, NULL},
    {"field", FIELD_CHOICE, FIELD_REQUIRED, 0, FIELDS, NULL},
    {"source", FIELD_TEXT, FIELD_OPTIONAL, TEXT_MOST, NULL, NULL},
    {"text", FIELD_TEXT, FIELD_OPTIONAL, TEXT_MOST, NULL, NULL},
    {"reviewed", FIELD_BOOL, FIELD_OPTIONAL, 0, NULL, NULL},
    {"outdated", FIELD_BOOL, FIELD_OPTIONAL, 0, NULL, NULL},
    {"revision", FIELD_COUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};
static const struct field AN_ITEM = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, ITEM};
static const struct field A_ROW = {"", FIELD_INTEGER, FIELD_NOT_NULL, ROW_MOST, NULL, NULL};
static const struct field SHEET_FIELDS[] = {
    {"items", FIELD_LIST, FIELD_REQUIRED, ITEMS_MOST, NULL, &AN_ITEM},
    {"rows", FIELD_LIST, FIELD_NOT_NULL, ITEMS_MOST, NULL,
     &A_ROW}, /* of a table: where each stood */
    {0},
};

const struct operation translations_post = {
    .statement = &SQL_translations_post,
    .fields = SHEET_FIELDS,
    .flags = OPERATION_RAW | OPERATION_TABLE,
    .touches = TAG_PLAN | TAG_GOALS | TAG_OBJECTIVES,
};
