#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "import_inside.h"
#include "model/doc.h"

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

/* True for one value, as short and as shallow as a row may hold it. */
static bool is_value(const char *text, size_t len) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf row = {0};
    call_init(&c, IMPORT_ROW_MS);
    buf_addc(&row, '[');
    buf_add(&row, text, len);
    buf_addc(&row, ']');
    AUTO(doc) struct doc *d = row.failed ? NULL : doc_parse(&c, row.data, row.len);
    return doc_count(d) == 1;
}

/* As it is, where it can stand so; else it stays a text, and is refused as one. */
static void add_json(struct import *im, const char *text, size_t len) {
    if (is_value(text, len))
        buf_add(&im->text, text, len);
    else
        buf_add_json_n(&im->text, text, len);
}

static void add_number(struct import *im, const struct cell *cell) {
    AUTO(buf) struct buf spelled = {0};
    buf_adds(&spelled, cell->text);
    char *comma = im->manner.has_commas && spelled.data ? strchr(spelled.data, ',') : NULL;
    if (comma)
        *comma = '.';
    if (spelled.data && is_number(spelled.data))
        add_json(im, spelled.data, spelled.len);
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
        add_json(im, cell->text, cell->len);
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
    case FIELD_NUMBER: add_number(im, cell); break;
    case FIELD_LIST:
    case FIELD_OBJECT: add_json(im, cell->text, cell->len); break;
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

const struct field *import_object_of(const struct import *im, const struct field *column) {
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
        if (im->columns[j] && import_object_of(im, im->columns[j]) == object)
            return false;
    return true;
}

/* ---- all of them ---- */

void import_add_cells(struct import *im, const struct cell *cells) {
    buf_clear(&im->text);
    buf_addc(&im->text, '{');
    for (size_t i = 0; i < im->column_count; i++) {
        const struct field *object = im->columns[i] ? import_object_of(im, im->columns[i]) : NULL;
        if (object && begins(im, i, object)) {
            add_member(im, object->name);
            add_object(im, object->name, object->fields, cells);
        } else if (im->columns[i] && !object) {
            add_cell(im, im->columns[i]->name, im->columns[i], &cells[i]);
        }
    }
    buf_addc(&im->text, '}');
}
