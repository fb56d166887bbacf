#include "model/import.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "import_tables.h"
#include "model/doc.h"

enum {
    ERRORS_KEPT = 500, /* as in sql/functions/96_imports.sql */
    COLUMNS = 100,
    ROW_MS = 60000, /* nothing of a row waits for anything */
    NAME_SHOWN = 64,
};

struct import {
    struct import_manner manner;
    const struct import_table *table;
    struct field fields[IMPORT_FIELDS + 1]; /* all that the table knows, for field_check */
    const struct field *columns[COLUMNS];   /* of a spreadsheet; NULL: one without a name */
    size_t column_count;
    size_t first; /* the number of the first row */
    size_t rows;  /* that hold anything */
    size_t items; /* in data, empty rows too */
    struct buf data, bad, errors;
    size_t error_count;
    struct buf text; /* of the row that is being read */
    struct call row; /* what is said of it */
};

/* ---- life ---- */

struct import *import_new(struct call *c, const struct import_manner *manner) {
    struct import *im = calloc(1, sizeof *im);
    if (!im) {
        (void)fail(c, ERR_NO_MEMORY, "no room to read a table");
        return NULL;
    }
    im->manner = *manner;
    call_init(&im->row, ROW_MS);
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

bool import_names(struct call *c, struct import *im, const struct cell *names, size_t count) {
    const char *texts[COLUMNS] = {0};
    const size_t taken = count < COLUMNS ? count : COLUMNS;
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
    call_reset(c, ROW_MS);
}

static bool count_row(struct call *c, struct import *im) {
    if (++im->rows <= IMPORT_ROWS)
        return true;
    return fail(c, ERR_INVALID, "at most %d rows are taken at once", IMPORT_ROWS);
}

/* ---- from a cell to a value ---- */

/* RFC 8259 6. */
static bool is_number(const char *text) {
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    if (whole == 0 || (whole > 1 && *text == '0'))
        return false;
    text += whole;
    if (*text == '.') {
        size_t after = strspn(text + 1, "0123456789");
        if (after == 0)
            return false;
        text += 1 + after;
    }
    return *text == '\0';
}

static void add_number(struct import *im, const char *text) {
    AUTO(buf) struct buf spelled = {0};
    buf_adds(&spelled, text);
    char *comma = im->manner.has_commas && spelled.data ? strchr(spelled.data, ',') : NULL;
    if (comma)
        *comma = '.';
    if (spelled.data && is_number(spelled.data))
        buf_adds(&im->text, spelled.data);
    else
        buf_add_json(&im->text, text);
}

/* What is well-formed is a list or an object; what is not stays a text, and is refused as one. */
static void add_nested(struct import *im, const struct cell *cell) {
    AUTO(call) struct call c;
    call_init(&c, ROW_MS);
    AUTO(doc) struct doc *d = doc_parse(&c, cell->text, cell->len);
    if (d)
        buf_add(&im->text, cell->text, cell->len);
    else
        buf_add_json(&im->text, cell->text);
}

/* "6/30/2026" as "2026-06-30", where it is such a date. */
static const char *iso_date(const struct import *im, const char *text, char out[11]) {
    char *end;
    long month = strtol(text, &end, 10);
    if (!im->manner.is_excel || !isdigit((unsigned char)*text) || *end != '/')
        return text;
    const char *second = end + 1;
    long day = strtol(second, &end, 10);
    if (!isdigit((unsigned char)*second) || *end != '/' || strspn(end + 1, "0123456789") != 4 ||
        end[5] || month < 1 || month > 12 || day < 1 || day > 31)
        return text;
    memcpy(out, end + 1, 4);
    out[4] = out[7] = '-';
    out[5] = (char)('0' + month / 10);
    out[6] = (char)('0' + month % 10);
    out[8] = (char)('0' + day / 10);
    out[9] = (char)('0' + day % 10);
    out[10] = '\0';
    return clock_is_date(out) ? out : text;
}

static const char *truth(const struct import *im, const char *text) {
    return im->manner.is_excel && strcmp(text, "TRUE") == 0    ? "true"
           : im->manner.is_excel && strcmp(text, "FALSE") == 0 ? "false"
                                                               : text;
}

/* As an export shows it, so that it can be compared: lists as such, all else as text. */
static void add_shown(struct import *im, const struct cell *cell) {
    if (*cell->text == '[' || *cell->text == '{') {
        add_nested(im, cell);
    } else {
        char date[11];
        buf_add_json(&im->text, truth(im, iso_date(im, cell->text, date)));
    }
}

static void add_value(struct import *im, const struct field *f, const struct cell *cell) {
    char date[11];
    switch (f->type) {
    case FIELD_PERCENT:
    case FIELD_WEIGHT:
    case FIELD_AMOUNT:
    case FIELD_INTEGER:
    case FIELD_COUNT:
    case FIELD_NUMBER: add_number(im, cell->text); break;
    case FIELD_LIST:
    case FIELD_OBJECT: add_nested(im, cell); break;
    case FIELD_DATE: buf_add_json(&im->text, iso_date(im, cell->text, date)); break;
    case FIELD_ANY: add_shown(im, cell); break;
    case FIELD_BOOL: {
        const char *word = truth(im, cell->text);
        bool known = strcmp(word, "true") == 0 || strcmp(word, "false") == 0;
        if (known)
            buf_adds(&im->text, word);
        else
            buf_add_json(&im->text, word);
        break;
    }
    default: buf_add_json(&im->text, cell->text);
    }
}

static void add_member(struct import *im, const char *name) {
    buf_adds(&im->text, im->text.len && im->text.data[im->text.len - 1] != '{' ? "," : "");
    buf_add_json(&im->text, name);
    buf_addc(&im->text, ':');
}

static void add_cell(struct import *im, const char *name, const struct field *f,
                     const struct cell *cell) {
    add_member(im, name);
    if (cell->len == 0)
        buf_adds(&im->text, "null");
    else
        add_value(im, f, cell);
}

/* ---- columns that together are one object: service_name, service_period_from … ---- */

/* The cell of the column that is named by an object's field and a member's; NULL where there is
 * none. */
static const struct cell *cell_of(struct import *im, const char *prefix, const char *name,
                                  const struct cell *cells) {
    const char *column = call_printf(&im->row, "%s_%s", prefix, name);
    for (size_t i = 0; column && i < im->column_count; i++)
        if (im->columns[i] && strcmp(im->columns[i]->name, column) == 0)
            return &cells[i];
    return NULL;
}

static bool says_anything(struct import *im, const char *prefix, const struct field *members,
                          const struct cell *cells) {
    for (const struct field *f = members; f->name; f++) {
        const struct cell *cell = cell_of(im, prefix, f->name, cells);
        if (cell && cell->len)
            return true;
        if (f->type == FIELD_OBJECT &&
            says_anything(im, call_printf(&im->row, "%s_%s", prefix, f->name), f->fields, cells))
            return true;
    }
    return false;
}

static void add_object(struct import *im, const char *prefix, const struct field *members,
                       const struct cell *cells) {
    if (!says_anything(im, prefix, members, cells)) {
        buf_adds(&im->text, "null");
        return;
    }
    buf_addc(&im->text, '{');
    for (const struct field *f = members; f->name; f++) {
        const struct cell *cell = cell_of(im, prefix, f->name, cells);
        if (cell) {
            add_cell(im, f->name, f, cell);
        } else if (f->type == FIELD_OBJECT) {
            add_member(im, f->name);
            add_object(im, call_printf(&im->row, "%s_%s", prefix, f->name), f->fields, cells);
        }
    }
    buf_addc(&im->text, '}');
}

/* The object that a column is a part of, or NULL. */
static const struct field *object_of(const struct import *im, const struct field *column) {
    for (const struct field *f = im->fields; f->name; f++) {
        size_t len = strlen(f->name);
        if (f->type == FIELD_OBJECT && strncmp(f->name, column->name, len) == 0 &&
            column->name[len] == '_')
            return f;
    }
    return NULL;
}

/* True for the first of the columns that it has. */
static bool begins(const struct import *im, size_t i, const struct field *object) {
    for (size_t j = 0; j < i; j++)
        if (im->columns[j] && object_of(im, im->columns[j]) == object)
            return false;
    return true;
}

/* ---- rows ---- */

static void add_cells(struct import *im, const struct cell *cells) {
    buf_clear(&im->text);
    buf_addc(&im->text, '{');
    for (size_t i = 0; i < im->column_count; i++) {
        const struct field *object = im->columns[i] ? object_of(im, im->columns[i]) : NULL;
        if (object && begins(im, i, object)) {
            add_member(im, object->name);
            add_object(im, object->name, object->fields, cells);
        } else if (im->columns[i] && !object) {
            add_cell(im, im->columns[i]->name, im->columns[i], &cells[i]);
        }
    }
    buf_addc(&im->text, '}');
}

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

static bool keep_row(struct call *c, struct import *im, size_t row) {
    AUTO(doc) struct doc *item = doc_parse(&im->row, im->text.data, im->text.len);
    if (item) {
        check_row(im, row, item);
    } else {
        note_error(im, row, "", 0, "", im->row.detail);
        note_bad(im, row);
        call_reset(&im->row, ROW_MS);
    }
    buf_add(&im->data, im->text.data, im->text.len);
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
        note_error(im, row, "", 0, "", why);
        note_bad(im, row);
        buf_adds(&im->data, "null");
        return true;
    }
    add_cells(im, cells);
    return buf_ok(c, &im->text) && keep_row(c, im, row);
}

/* ---- JSON ---- */

/* The names of the first row tell which table it is. */
static bool take_document_table(struct call *c, struct import *im, const struct doc *list) {
    const char *names[COLUMNS], *name;
    const struct doc *value;
    size_t count = 0;
    void *at = NULL;
    while (count < COLUMNS && doc_type(doc_at(list, 0)) == DOC_OBJECT &&
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
