#include "view/csv.h"

#include <string.h>

static bool is_one_of(char byte, const char *set, size_t count) {
    return memchr(set, byte, count) != NULL;
}

bool csv_is_guarded(const char *text, size_t len) {
    static const char STARTS[] = {'=', '+', '-', '@', '\t', '\r'};
    size_t at = 0;
    while (at < len && text[at] == '\'')
        at++;
    return at < len && is_one_of(text[at], STARTS, sizeof STARTS);
}

/* Quoted where it must be (RFC 4180 2.6), and where a reader might trim it. */
static bool needs_quotes(const char *text, size_t len) {
    if (len > 0 && (text[0] == ' ' || text[len - 1] == ' '))
        return true;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '"' || text[i] == ',' || (unsigned char)text[i] < ' ')
            return true;
    return false;
}

static void add_quoted(struct buf *b, const char *text, size_t len) {
    for (const char *end = text + len; text < end;) {
        const char *quote = memchr(text, '"', (size_t)(end - text));
        size_t step = quote ? (size_t)(quote - text) + 1 : (size_t)(end - text);
        buf_add(b, text, step);
        if (quote)
            buf_addc(b, '"');
        text += step;
    }
}

static void add_text(struct buf *b, const struct cell *cell, bool guards) {
    bool guarded = guards && csv_is_guarded(cell->text, cell->len);
    bool quoted = needs_quotes(cell->text, cell->len);
    if (quoted)
        buf_addc(b, '"');
    if (guarded)
        buf_addc(b, '\'');
    if (quoted)
        add_quoted(b, cell->text, cell->len);
    else
        buf_add(b, cell->text, cell->len);
    if (quoted)
        buf_addc(b, '"');
}

void csv_begin(struct buf *b, const struct sheet *s, enum csv_dialect d) {
    if (d == CSV_EXCEL)
        buf_adds(b, "\xef\xbb\xbf");
    for (size_t i = 0; i < s->count; i++)
        buf_addf(b, "%s%s", i ? "," : "", s->columns[i].name);
    buf_adds(b, "\r\n");
}

void csv_add_row(struct buf *b, const struct sheet *s, const struct cell *cells,
                 enum csv_dialect d) {
    for (size_t i = 0; i < s->count; i++) {
        if (i)
            buf_addc(b, ',');
        if (cells[i].text)
            add_text(b, &cells[i], d != CSV_RFC4180 && !s->columns[i].is_number);
    }
    buf_add(b, "\r\n", 2);
}
