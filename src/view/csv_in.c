#include "view/csv_in.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "view/csv.h"

static const char MARK[] = "\xef\xbb\xbf";

/* One row on its way: its cells' text, and where each begins in it. */
struct reading {
    const char *at, *end;
    char separator;
    size_t row;
    struct buf text;
    size_t starts[CSV_CELLS + 1]; /* one more: where the next would begin */
    size_t count;
};

static const char *after_mark(const char *bytes, size_t len) {
    bool marked = len >= strlen(MARK) && memcmp(bytes, MARK, strlen(MARK)) == 0;
    return bytes + (marked ? strlen(MARK) : 0);
}

/* The most of them in the first line, quoted text aside; a comma where there are none. */
char csv_separator(const char *bytes, size_t len) {
    static const char SIGNS[] = {',', ';', '\t'};
    size_t counts[COUNT(SIGNS)] = {0}, best = 0;
    bool quoted = false;
    for (const char *p = after_mark(bytes, len), *end = bytes + len; p < end; p++) {
        quoted ^= *p == '"';
        if (!quoted && (*p == '\n' || *p == '\r'))
            break;
        for (size_t i = 0; i < COUNT(SIGNS); i++)
            counts[i] += !quoted && *p == SIGNS[i];
    }
    for (size_t i = 1; i < COUNT(SIGNS); i++)
        if (counts[i] > counts[best])
            best = i;
    return SIGNS[best];
}

static bool ends_cell(const struct reading *r) {
    return r->at == r->end || *r->at == r->separator || *r->at == '\r' || *r->at == '\n';
}

/* After the opening quote: up to the one that closes, those between doubled. */
static bool read_quoted(struct call *c, struct reading *r) {
    for (;;) {
        const char *quote = memchr(r->at, '"', (size_t)(r->end - r->at));
        if (!quote)
            return fail(c, ERR_MALFORMED, "row %zu: a quote is not closed", r->row);
        buf_add(&r->text, r->at, (size_t)(quote - r->at));
        r->at = quote + 1;
        if (r->at == r->end || *r->at != '"')
            break;
        buf_addc(&r->text, '"');
        r->at++;
    }
    return ends_cell(r) ||
           fail(c, ERR_MALFORMED, "row %zu: text stands behind a closing quote", r->row);
}

static bool read_plain(struct call *c, struct reading *r) {
    const char *start = r->at;
    while (!ends_cell(r))
        if (*r->at++ == '"')
            return fail(c, ERR_MALFORMED,
                        "row %zu: a quote stands within a cell that has none around it", r->row);
    buf_add(&r->text, start, (size_t)(r->at - start));
    return true;
}

static bool read_cell(struct call *c, struct reading *r) {
    if (r->count == CSV_CELLS)
        return fail(c, ERR_MALFORMED, "row %zu: more than %d cells", r->row, CSV_CELLS);
    bool quoted = r->at < r->end && *r->at == '"';
    r->starts[r->count++] = r->text.len;
    r->at += quoted;
    bool whole = quoted ? read_quoted(c, r) : read_plain(c, r);
    buf_addc(&r->text, '\0');
    r->starts[r->count] = r->text.len;
    return whole;
}

static bool read_row(struct call *c, struct reading *r) {
    buf_clear(&r->text);
    r->count = 0;
    r->row++;
    for (;;) {
        if (!read_cell(c, r))
            return false;
        if (r->at == r->end || *r->at != r->separator)
            break;
        r->at++;
    }
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end && *r->at == '\n')
        r->at++;
    return buf_ok(c, &r->text);
}

static bool show(struct call *c, const struct reading *r, csv_visit *visit, void *context) {
    struct cell cells[CSV_CELLS];
    for (size_t i = 0; i < r->count; i++) {
        cells[i] = (struct cell){r->text.data + r->starts[i], r->starts[i + 1] - r->starts[i] - 1};
        if (!utf8_valid(cells[i].text, cells[i].len))
            return fail(c, ERR_MALFORMED, "row %zu: not UTF-8; save the table as \"CSV UTF-8\"",
                        r->row);
        if (memchr(cells[i].text, '\0', cells[i].len))
            return fail(c, ERR_MALFORMED, "row %zu: holds a NUL byte", r->row);
    }
    return visit(context, c, r->row, cells, r->count);
}

bool csv_read(struct call *c, const char *bytes, size_t len, csv_visit *visit, void *context) {
    struct reading r = {
        .at = after_mark(bytes, len),
        .end = bytes + len,
        .separator = csv_separator(bytes, len),
    };
    bool going = true;
    while (going && r.at < r.end)
        going = read_row(c, &r) && show(c, &r, visit, context);
    buf_drop(&r.text);
    return going;
}

struct cell csv_unguarded(const struct cell *cell) {
    bool guarded = cell->len && *cell->text == '\'' && csv_is_guarded(cell->text, cell->len);
    return (struct cell){cell->text + guarded, cell->len - guarded};
}
