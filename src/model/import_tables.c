#include "import_tables.h"

#include <assert.h>
#include <string.h>

#include "model/department.h"
#include "model/goal.h"
#include "model/measure.h"
#include "model/objective.h"
#include "model/update.h"

static const struct field GOAL_NAMES[] = {
    {"number", FIELD_INTEGER, FIELD_REQUIRED, 9999, NULL, NULL},
    {"revision", FIELD_INTEGER, FIELD_OPTIONAL, 999999999, NULL, NULL},
    {0},
};
static const struct field OBJECTIVE_NAMES[] = {
    {"code", FIELD_CODE, FIELD_REQUIRED, 0, NULL, NULL},
    {"revision", FIELD_INTEGER, FIELD_OPTIONAL, 999999999, NULL, NULL},
    {0},
};
static const struct field SLUG_NAMES[] = {
    {"slug", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL},
    {"revision", FIELD_INTEGER, FIELD_OPTIONAL, 999999999, NULL, NULL},
    {0},
};
static const struct field FUNDING_NAMES[] = {
    {"objective", FIELD_CODE, FIELD_REQUIRED, 0, NULL, NULL},
    {0},
};
static const struct field NO_NAMES[] = {{0}};

static const char *const NUMBER_KEY[] = {"number", NULL};
static const char *const CODE_KEY[] = {"code", NULL};
static const char *const SLUG_KEY[] = {"slug", NULL};
static const char *const PAIR_KEY[] = {"source", "external_id", NULL};
static const char *const FUNDING_KEY[] = {"objective", "fiscal_year", "gl_account",
                                          "project_string", NULL};

static const char *const GOAL_SHOWN[] = {"progress", "links", NULL};
static const char *const OBJECTIVE_SHOWN[] = {"links", NULL};
static const char *const MEASURE_SHOWN[] = {"latest", "attainment", "links", NULL};
static const char *const DEPARTMENT_SHOWN[] = {"links", NULL};
static const char *const UPDATE_SHOWN[] = {"supersedes", "retraction", "redaction", NULL};
static const char *const NONE_SHOWN[] = {NULL};

static const struct import_table TABLES[] = {
    {"goals", &goals_sheet, &goal_patch, GOAL_NAMES, NUMBER_KEY, GOAL_SHOWN},
    {"objectives", &objectives_sheet, &objective_patch, OBJECTIVE_NAMES, CODE_KEY, OBJECTIVE_SHOWN},
    {"updates", &updates_sheet, &update_post, NO_NAMES, PAIR_KEY, UPDATE_SHOWN},
    {"measures", &measures_sheet, &measure_patch, SLUG_NAMES, SLUG_KEY, MEASURE_SHOWN},
    {"departments", &departments_sheet, &department_patch, SLUG_NAMES, SLUG_KEY, DEPARTMENT_SHOWN},
    {"funding", NULL, &objective_funding, FUNDING_NAMES, FUNDING_KEY, NONE_SHOWN},
};

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static const struct field *find(const struct field *fields, const char *name) {
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

const struct import_table *import_table_named(const char *name) {
    for (size_t i = 0; i < COUNT(TABLES); i++)
        if (strcmp(TABLES[i].name, name) == 0)
            return &TABLES[i];
    return NULL;
}

void import_table_fields(const struct import_table *t, struct field out[IMPORT_FIELDS + 1]) {
    size_t n = 0;
    for (const struct field *f = t->names; f->name; f++)
        out[n++] = *f;
    for (const struct field *f = t->operation->fields; f->name; f++)
        if (!is_one_of(f->name, t->shown))
            out[n++] = *f;
    out[n] = (struct field){0};
    for (size_t i = 0; t->sheet && i < t->sheet->count; i++)
        if (!find(out, t->sheet->columns[i].name)) {
            out[n++] = (struct field){.name = t->sheet->columns[i].name, .type = FIELD_ANY};
            out[n] = (struct field){0};
        }
    for (const char *const *name = t->shown; *name; name++)
        if (!find(out, *name)) {
            out[n++] = (struct field){.name = *name, .type = FIELD_ANY};
            out[n] = (struct field){0};
        }
    assert(n <= IMPORT_FIELDS && "every table fits");
}

/* What no row of it can do without. */
static bool has_names(const struct field *fields, const char *const *columns, size_t count) {
    for (const struct field *f = fields; f->name; f++) {
        bool found = !(f->flags & FIELD_REQUIRED);
        for (size_t i = 0; i < count && !found; i++)
            found = strcmp(columns[i], f->name) == 0;
        if (!found)
            return false;
    }
    return true;
}

static size_t known_columns(const struct import_table *t, const char *const *columns,
                            size_t count) {
    struct field fields[IMPORT_FIELDS + 1];
    size_t known = 0;
    import_table_fields(t, fields);
    if (!has_names(fields, columns, count))
        return 0;
    for (size_t i = 0; i < count; i++)
        known += find(fields, columns[i]) != NULL;
    return known;
}

/* The one that knows the most of them; two that know as many tell nothing. */
const struct import_table *import_table_of(const char *const *columns, size_t count) {
    const struct import_table *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < COUNT(TABLES); i++) {
        size_t known = known_columns(&TABLES[i], columns, count);
        if (known >= most)
            best = known > most ? &TABLES[i] : NULL;
        if (known > most)
            most = known;
    }
    return best;
}

bool import_is_number(const struct import_table *t, const struct field *f) {
    for (size_t i = 0; t->sheet && i < t->sheet->count; i++)
        if (strcmp(t->sheet->columns[i].name, f->name) == 0)
            return t->sheet->columns[i].is_number;
    return f->type == FIELD_AMOUNT;
}
