#include "prose.h"

#include <stdbool.h>
#include <string.h>

enum block { NOTHING, PARAGRAPH, BULLETS, NUMBERS, TABLE, FENCE };

static const struct {
    const char *open, *close;
} TAGS[] = {
    [NOTHING] = {"", ""},
    [PARAGRAPH] = {"<p>", "</p>\n"},
    [BULLETS] = {"<ul>\n<li>", "</li>\n</ul>\n"},
    [NUMBERS] = {"<ol>\n<li>", "</li>\n</ol>\n"},
    [TABLE] = {"<table>\n", "</tbody>\n</table>\n"},
    [FENCE] = {"<pre><code>", "</code></pre>\n"},
};

struct prose {
    struct buf *b;
    enum block block;
    int level;    /* of headings */
    bool in_code; /* a span may go on in the next line */
};

static void end_code(struct prose *p) {
    if (p->in_code)
        buf_adds(p->b, "</code>");
    p->in_code = false;
}

static void turn_to(struct prose *p, enum block block) {
    end_code(p);
    buf_adds(p->b, TAGS[p->block].close);
    buf_adds(p->b, TAGS[block].open);
    p->block = block;
}

static void add_inline(struct prose *p, const char *at, size_t len) {
    while (len > 0) {
        const char *tick = memchr(at, '`', len);
        size_t plain = tick ? (size_t)(tick - at) : len;
        buf_add_html_n(p->b, at, plain);
        if (!tick)
            return;
        buf_adds(p->b, p->in_code ? "</code>" : "<code>");
        p->in_code = !p->in_code;
        at += plain + 1;
        len -= plain + 1;
    }
}

static void add_item(struct prose *p, enum block list, const char *at, size_t len) {
    if (p->block == list) {
        end_code(p);
        buf_adds(p->b, "</li>\n<li>");
    } else {
        turn_to(p, list);
    }
    add_inline(p, at, len);
}

/* "| a | b |": the first row is the head, and the line of dashes below it opens the body. */
static void add_row(struct prose *p, const char *at, size_t len) {
    bool is_head = p->block != TABLE;
    if (len > 1 && at[1] == '-') {
        buf_adds(p->b, "</thead>\n<tbody>\n");
        return;
    }
    if (is_head)
        turn_to(p, TABLE);
    buf_adds(p->b, is_head ? "<thead>\n<tr>" : "<tr>");
    for (const char *end = at + len; at + 1 < end;) {
        const char *from = at + 1, *to = memchr(from, '|', (size_t)(end - from));
        at = to ? to : end;
        while (from < at && *from == ' ')
            from++;
        size_t cell = (size_t)(at - from);
        while (cell > 0 && from[cell - 1] == ' ')
            cell--;
        buf_adds(p->b, is_head ? "<th scope=\"col\">" : "<td>");
        add_inline(p, from, cell);
        end_code(p);
        buf_adds(p->b, is_head ? "</th>" : "</td>");
    }
    buf_adds(p->b, "</tr>\n");
}

static void add_heading(struct prose *p, const char *at, size_t len) {
    turn_to(p, NOTHING);
    buf_addf(p->b, "<h%d>", p->level);
    add_inline(p, at, len);
    end_code(p);
    buf_addf(p->b, "</h%d>\n", p->level);
}

/* The text goes on: of a paragraph, of an item, or as a new paragraph. */
static void add_more(struct prose *p, const char *at, size_t len) {
    if (p->block == NOTHING || p->block == TABLE)
        turn_to(p, PARAGRAPH);
    else
        buf_addc(p->b, '\n');
    add_inline(p, at, len);
}

static void add_line(struct prose *p, const char *at, size_t len) {
    bool is_fence = strncmp(at, "```", 3) == 0;
    if (p->block == FENCE && !is_fence) {
        buf_add_html_n(p->b, at, len);
        buf_addc(p->b, '\n');
        return;
    }
    size_t digits = strspn(at, "0123456789");
    if (is_fence)
        turn_to(p, p->block == FENCE ? NOTHING : FENCE);
    else if (len == 0)
        turn_to(p, NOTHING);
    else if (strncmp(at, "## ", 3) == 0)
        add_heading(p, at + 3, len - 3);
    else if (strncmp(at, "- ", 2) == 0)
        add_item(p, BULLETS, at + 2, len - 2);
    else if (digits > 0 && strncmp(at + digits, ". ", 2) == 0)
        add_item(p, NUMBERS, at + digits + 2, len - digits - 2);
    else if (*at == '|')
        add_row(p, at, len);
    else
        add_more(p, at, len);
}

void prose_add(struct buf *b, const char *text, int level) {
    struct prose p = {.b = b, .level = level};
    while (text && *text) {
        size_t len = strcspn(text, "\n");
        add_line(&p, text, len);
        text += len + (text[len] == '\n');
    }
    turn_to(&p, NOTHING);
}

void prose_add_line(struct buf *b, const char *text) {
    struct prose p = {.b = b};
    add_inline(&p, text, text ? strlen(text) : 0);
    end_code(&p);
}
