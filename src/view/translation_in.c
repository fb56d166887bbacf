#include "view/translation_in.h"

#include <stdlib.h>
#include <string.h>

#include "model/doc.h"
#include "model/translation.h"
#include "view/csv_in.h"

enum sort { SHOWN, TEXT, TRUTH, NUMBER }; /* shown: by the export only */

struct place {
    const char *name;
    enum sort sort;
    bool needed;
};

static const struct place PLACES[] = {
    {"lang", TEXT, true},        {"entity", TEXT, true},     {"code", TEXT, true},
    {"field", TEXT, true},       {"source", TEXT, true},     {"text", TEXT, true},
    {"reviewed", TRUTH, false},  {"outdated", TRUTH, false}, {"revision", NUMBER, false},
    {"made_from", SHOWN, false},
};

/* One table on its way: which column is what, the items so far, and the row of each. */
struct reading {
    const struct place *columns[CSV_CELLS];
    size_t column_count;
    struct buf *items;
    struct buf rows;
};

/* ---- the names ---- */

static const struct place *place_named(const char *name) {
    for (size_t i = 0; i < COUNT(PLACES); i++)
        if (strcmp(PLACES[i].name, name) == 0)
            return &PLACES[i];
    return NULL;
}

static bool has(const struct reading *r, const struct place *p) {
    for (size_t i = 0; i < r->column_count; i++)
        if (r->columns[i] == p)
            return true;
    return false;
}

/* Names come from strangers: they are quoted in a fault's place, bounded. */
static void refuse_column(struct call *c, const char *name, const char *why) {
    const char *place = call_printf(c, "#/columns/%.*s", (int)strnlen(name, 64), name);
    if (place)
        fault_add(c, FAULT_POINTER, place, "%s", why);
}

static bool read_names(struct call *c, struct reading *r, const struct cell *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct place *p = place_named(names[i].text);
        if (!p)
            refuse_column(c, names[i].text, "is no column of this table");
        else if (has(r, p))
            refuse_column(c, names[i].text, "is there twice");
        r->columns[i] = p;
        r->column_count = i + 1;
    }
    for (size_t i = 0; i < COUNT(PLACES); i++)
        if (PLACES[i].needed && !has(r, &PLACES[i]))
            refuse_column(c, PLACES[i].name, "is missing");
    return fault_check(c);
}

/* ---- the rows ---- */

static bool is_empty(const struct cell *cells, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (cells[i].len)
            return false;
    return true;
}

/* Spreadsheets write truths in capitals. What is neither stays a text, and is refused as one. */
static const char *truth(const char *text) {
    return strcmp(text, "true") == 0 || strcmp(text, "TRUE") == 0     ? "true"
           : strcmp(text, "false") == 0 || strcmp(text, "FALSE") == 0 ? "false"
                                                                      : NULL;
}

static bool is_digits(const struct cell *cell) {
    return cell->len < 10 && strspn(cell->text, "0123456789") == cell->len &&
           (cell->len == 1 || *cell->text != '0');
}

static void add_cell(struct buf *b, const struct place *p, const struct cell *cell) {
    struct cell bare = csv_unguarded(cell);
    buf_addf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", p->name);
    if (p->sort == TRUTH && truth(cell->text))
        buf_adds(b, truth(cell->text));
    else if (p->sort == NUMBER && is_digits(cell))
        buf_add(b, cell->text, cell->len);
    else
        buf_add_json_n(b, bare.text, bare.len);
}

static bool read_row(void *context, struct call *c, size_t row, const struct cell *cells,
                     size_t count) {
    struct reading *r = context;
    if (row == 1)
        return read_names(c, r, cells, count);
    if (is_empty(cells, count))
        return true;
    if (count != r->column_count)
        return fail(c, ERR_MALFORMED, "row %zu: has %zu cells, and there are %zu names", row, count,
                    r->column_count);
    buf_addf(r->items, "%s{", r->rows.len ? ",\n" : "");
    for (size_t i = 0; i < count && !r->items->failed; i++)
        if (cells[i].len && r->columns[i]->sort != SHOWN)
            add_cell(r->items, r->columns[i], &cells[i]);
    buf_addc(r->items, '}');
    buf_addf(&r->rows, "%s%zu", r->rows.len ? "," : "", row);
    return buf_ok(c, r->items);
}

/* ---- what is wrong with them ---- */

/* "#/items/3/text" as "#/rows/5/text". */
static void place_in_table(struct call *c, struct fault *f, const struct doc *rows) {
    static const char ITEMS[] = "#/items/";
    char *rest;
    if (strncmp(f->where, ITEMS, strlen(ITEMS)) != 0)
        return;
    unsigned long index = strtoul(f->where + strlen(ITEMS), &rest, 10);
    double row = doc_number(doc_at(rows, index));
    const char *place = row > 0 ? call_printf(c, "#/rows/%.0f%s", row, rest) : NULL;
    if (place)
        f->where = place;
}

static bool check(struct call *c, const struct buf *body) {
    AUTO(doc) struct doc *d = doc_parse(c, body->data, body->len);
    if (!d)
        return false;
    field_check(c, translations_post.fields, d, "#");
    for (struct fault *f = c->faults; f; f = f->next)
        place_in_table(c, f, doc_get(d, "rows"));
    return fault_check(c);
}

bool translation_read(struct call *c, const char *bytes, size_t len, struct buf *body) {
    struct reading r = {.items = body};
    buf_adds(body, "{\"items\":[");
    bool done = csv_read(c, bytes, len, read_row, &r);
    if (done && r.column_count == 0)
        done = fail(c, ERR_MALFORMED, "the table is empty; a line of names is expected");
    buf_addf(body, "],\"rows\":[%s]}", r.rows.len ? r.rows.data : "");
    done = done && buf_ok(c, &r.rows) && buf_ok(c, body) && check(c, body);
    buf_drop(&r.rows);
    return done;
}

bool translation_is_table(const char *bytes, size_t len) {
    static const char MARK[] = "\xef\xbb\xbf";
    const char *const names[] = {"lang", "entity"};
    const char *at = bytes, *end = bytes + len;
    if (len >= strlen(MARK) && memcmp(bytes, MARK, strlen(MARK)) == 0)
        at += strlen(MARK);
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t name = strlen(names[i]);
        if ((size_t)(end - at) <= name || memcmp(at, names[i], name) != 0 ||
            !strchr(",;\t", at[name]))
            return false;
        at += name + 1;
    }
    return true;
}
