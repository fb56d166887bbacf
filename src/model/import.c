#include "model/import.h"

#include <stdlib.h>
#include <string.h>

#include "import_inside.h"
#include "model/doc.h"

enum {
    ERRORS_KEPT = 500, /* as in sql/functions/96_imports.sql */
    NAME_SHOWN = 64,
};

/* ---- life ---- */

struct import *import_new(struct call *c, const struct import_manner *manner) {
    struct import *im = calloc(1, sizeof *im);
    if (!im) {
        (void)fail(c, ERR_NO_MEMORY, "no room to read a table");
        return NULL;
    }
    im->manner = *manner;
    call_init(&im->row, IMPORT_ROW_MS);
    if (!manner->table || import_table_named(manner->table))
        return im;
    fault_add(c, FAULT_PARAMETER, "table", "must be one of: %s", IMPORT_TABLE_NAMES);
    (void)!fault_check(c);
    import_free(im);
    return NULL;
}

void import_free(struct import *im) {
    if (!im)
        return;
    buf_drop(&im->data);
    buf_drop(&im->bad);
    buf_drop(&im->errors);
    buf_drop(&im->text);
    call_drop(&im->row);
    free(im);
}

void import_auto(struct import **im) {
    import_free(*im);
}

/* ---- which table, which columns ---- */

static const struct field *field_named(const struct import *im, const char *name) {
    for (const struct field *f = im->fields; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static bool take_table(struct call *c, struct import *im, const char *const *names, size_t count) {
    im->table = im->manner.table ? import_table_named(im->manner.table)
                                 : import_table_of(names, count);
    if (!im->table)
        return fail(c, ERR_INVALID,
                    "the names of the columns do not tell which table this is; "
                    "say it by the parameter table: %s",
                    IMPORT_TABLE_NAMES);
    import_table_fields(im->table, im->fields);
    return true;
}

/* Names come from strangers: they are quoted in a fault's place, bounded. */
static void refuse_column(struct call *c, const char *name, const char *why) {
    const char *place = call_printf(c, "#/columns/%.*s", (int)strnlen(name, NAME_SHOWN), name);
    if (place)
        fault_add(c, FAULT_POINTER, place, "%s", why);
}

static bool is_doubled(const char *const *names, size_t i) {
    for (size_t j = 0; j < i; j++)
        if (*names[i] && strcmp(names[i], names[j]) == 0)
            return true;
    return false;
}

/* An object in one column, and parts of it in others: which of them is meant? */
static bool is_said_whole(const struct import *im, const struct field *column) {
    const struct field *object = column ? import_object_of(im, column) : NULL;
    for (size_t i = 0; object && i < im->column_count; i++)
        if (im->columns[i] == object)
            return true;
    return false;
}

bool import_names(struct call *c, struct import *im, const struct cell *names, size_t count) {
    const char *texts[IMPORT_COLUMNS] = {0};
    const size_t taken = count < IMPORT_COLUMNS ? count : IMPORT_COLUMNS;
    im->first = 2;
    im->column_count = taken;
    for (size_t i = 0; i < taken; i++)
        texts[i] = names[i].text;
    if (!take_table(c, im, texts, taken))
        return false;
    for (size_t i = 0; i < taken; i++) {
        im->columns[i] = field_named(im, texts[i]);
        if (!im->columns[i] && *texts[i])
            refuse_column(c, texts[i], "is no column of this table");
        else if (is_doubled(texts, i))
            refuse_column(c, texts[i], "is there twice");
    }
    for (size_t i = 0; i < taken; i++)
        if (is_said_whole(im, im->columns[i]))
            refuse_column(c, texts[i], "is a part of what has a column of its own");
    return fault_check(c);
}

bool import_is_text(const struct import *im, size_t column) {
    const struct field *f = column < im->column_count ? im->columns[column] : NULL;
    return f && !import_is_number(im->table, f);
}

/* ---- what is wrong with a row ---- */

static void note_error(struct import *im, size_t row, const char *column, size_t len,
                       const char *within, const char *detail) {
    if (im->error_count++ >= ERRORS_KEPT)
        return;
    buf_addf(&im->errors, "%s{\"row\":%zu,\"column\":", im->errors.len ? "," : "", row);
    buf_add_json_n(&im->errors, column, len);
    buf_adds(&im->errors, ",\"detail\":");
    AUTO(buf) struct buf sentence = {0};
    buf_addf(&sentence, "%s%s%s", within, *within ? ": " : "", detail);
    buf_add_json(&im->errors, sentence.failed ? detail : sentence.data);
    buf_addc(&im->errors, '}');
}

static void note_bad(struct import *im, size_t row) {
    buf_addf(&im->bad, "%s%zu", im->bad.len ? "," : "", row);
}

/* "#/funding/0/spent" is the column funding, and there 0/spent. */
static void note_faults(struct import *im, size_t row) {
    for (const struct fault *f = im->row.faults; f; f = f->next) {
        const char *place = f->where + strspn(f->where, "#/");
        size_t len = strcspn(place, "/");
        note_error(im, row, place, len, place[len] ? place + len + 1 : "", f->detail);
    }
    if (im->row.faults)
        note_bad(im, row);
}

static void check_row(struct import *im, size_t row, const struct doc *item) {
    struct call *c = &im->row;
    field_check(c, im->fields, item, "#");
    if (doc_type(item) == DOC_OBJECT && im->table->operation->check)
        im->table->operation->check(c, item);
    note_faults(im, row);
    call_reset(c, IMPORT_ROW_MS);
}

static bool count_row(struct call *c, struct import *im) {
    if (++im->rows <= IMPORT_ROWS)
        return true;
    return fail(c, ERR_INVALID, "at most %d rows are taken at once", IMPORT_ROWS);
}

/* ---- rows ---- */

static bool is_empty(const struct cell *cells, size_t from, size_t count) {
    for (size_t i = from; i < count; i++)
        if (cells[i].len)
            return false;
    return true;
}

/* What has cells under no name, or too few, was not meant as it stands. */
static const char *refuse_shape(const struct import *im, const struct cell *cells, size_t count) {
    if (count < im->column_count)
        return "has fewer cells than there are names";
    for (size_t i = 0; i < im->column_count; i++)
        if (!im->columns[i] && cells[i].len)
            return "has a cell under no name";
    return is_empty(cells, im->column_count, count) ? NULL : "has more cells than there are names";
}

/* Nothing of it is given on. */
static void refuse_row(struct import *im, size_t row, const char *why) {
    note_error(im, row, "", 0, "", why);
    note_bad(im, row);
    buf_adds(&im->data, "null");
}

static bool keep_row(struct call *c, struct import *im, size_t row) {
    AUTO(doc) struct doc *item = doc_parse(&im->row, im->text.data, im->text.len);
    if (item) {
        check_row(im, row, item);
        buf_add(&im->data, im->text.data, im->text.len);
    } else {
        refuse_row(im, row, im->row.detail);
        call_reset(&im->row, IMPORT_ROW_MS);
    }
    return buf_ok(c, &im->data);
}

bool import_row(struct call *c, struct import *im, size_t row, const struct cell *cells,
                size_t count) {
    buf_adds(&im->data, im->items++ ? "," : "");
    if (is_empty(cells, 0, count)) {
        buf_adds(&im->data, "null");
        return im->items <= 2 * (size_t)IMPORT_ROWS ||
               fail(c, ERR_INVALID, "too many rows are empty");
    }
    if (!count_row(c, im))
        return false;
    const char *why = refuse_shape(im, cells, count);
    if (why) {
        refuse_row(im, row, why);
        return buf_ok(c, &im->data);
    }
    import_add_cells(im, cells);
    return buf_ok(c, &im->text) && keep_row(c, im, row);
}

/* ---- JSON ---- */

/* The names of the first row tell which table it is. */
static bool take_document_table(struct call *c, struct import *im, const struct doc *list) {
    const char *names[IMPORT_COLUMNS], *name;
    const struct doc *value;
    size_t count = 0;
    void *at = NULL;
    while (count < IMPORT_COLUMNS && doc_type(doc_at(list, 0)) == DOC_OBJECT &&
           doc_next(doc_at(list, 0), &at, &name, &value))
        names[count++] = name;
    return take_table(c, im, names, count);
}

bool import_document(struct call *c, struct import *im, const char *bytes, size_t len) {
    AUTO(doc) struct doc *body = doc_parse(c, bytes, len);
    if (!body)
        return false;
    const struct doc *list = doc_type(body) == DOC_OBJECT ? doc_get(body, "data") : body;
    if (doc_type(list) != DOC_LIST)
        return fail(c, ERR_INVALID, "the rows must be a list, or an object's list \"data\"");
    im->first = 1;
    if (!take_document_table(c, im, list))
        return false;
    for (size_t i = 0; i < doc_count(list); i++) {
        if (!count_row(c, im))
            return false;
        check_row(im, i + 1, doc_at(list, i));
    }
    buf_add(&im->data, bytes, len);
    return buf_ok(c, &im->data);
}

/* ---- what the statements are given ---- */

static void add_names(struct buf *out, const struct import *im, bool shown) {
    bool first = true;
    buf_addf(out, ",\"%s\":[", shown ? "shown" : "taken");
    for (const struct field *f = im->fields; f->name; f++) {
        if ((f->type == FIELD_ANY) != shown)
            continue;
        buf_addf(out, "%s\"%s\"", first ? "" : ",", f->name);
        first = false;
    }
    buf_addc(out, ']');
}

static void add_part(struct buf *out, const char *name, const struct buf *list) {
    buf_addf(out, ",\"%s\":[", name);
    buf_add(out, list->data, list->len);
    buf_addc(out, ']');
}

static void add_data(struct buf *out, const struct import *im) {
    buf_adds(out, ",\"data\":");
    buf_adds(out, im->first == 2 ? "[" : "");
    buf_add(out, im->data.data, im->data.len);
    buf_adds(out, im->first == 2 ? "]" : "");
}

bool import_end(struct call *c, struct import *im, struct buf *given) {
    if (!im->table)
        return fail(c, ERR_INVALID,
                    "there is no table: its first row has the names of its columns");
    buf_addf(given, "{\"table\":\"%s\",\"first\":%zu,\"count\":%zu,\"error_count\":%zu,\"key\":[",
             im->table->name, im->first, im->rows, im->error_count);
    for (const char *const *key = im->table->key; *key; key++)
        buf_addf(given, "%s\"%s\"", key == im->table->key ? "" : ",", *key);
    buf_addc(given, ']');
    add_names(given, im, false);
    add_names(given, im, true);
    add_part(given, "bad", &im->bad);
    add_part(given, "errors", &im->errors);
    add_data(given, im);
    buf_addc(given, '}');
    return buf_ok(c, &im->bad) && buf_ok(c, &im->errors) && buf_ok(c, given);
}
