#include "model/work.h"

#include "generated/queries.h"

enum { WITHIN_MOST = 366 };

static const char *const REASONS[] = {"contradictory", "draft",      "due",          "outdated",
                                      "overdue",       "ownerless",  "returned",     "silent",
                                      "stale",         "unreviewed", "untranslated", NULL};

static const struct field FILTERS[] = {
    {"department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"reason", FIELD_CHOICE, FIELD_OPTIONAL, 0, REASONS, NULL},
    {"within", FIELD_INTEGER, FIELD_OPTIONAL, WITHIN_MOST, NULL, NULL},
    {0},
};

const struct entity work = {
    .name = "work",
    .what = "work",
    .list = &SQL_work_list,
    .filters = FILTERS,
    .sheet = &work_sheet,
};

static const struct column COLUMNS[] = {
    [CALENDAR_NAME] = {"name", false}, [CALENDAR_DAY] = {"day", false},
    [CALENDAR_KIND] = {"kind", false}, [CALENDAR_SUMMARY] = {"summary", false},
    [CALENDAR_PATH] = {"path", false}, [CALENDAR_STAMP] = {"stamp", false},
};

static const struct sheet calendar_sheet = {"calendar", &SQL_calendar_sheet, COLUMNS,
                                            COUNT(COLUMNS)};

static const struct field DATES[] = {
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"department", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

const struct entity calendar = {
    .name = "calendar",
    .what = "calendar",
    .filters = DATES,
    .sheet = &calendar_sheet,
    .reads = TAG_PLAN | TAG_OBJECTIVES | TAG_UPDATES,
};
