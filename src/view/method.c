#include "method.h"

#include <string.h>

static const char *name_of(struct call *c, const struct doc *row, const struct method *m) {
    const char *number = doc_get_number(c, row, m->name);
    return number ? number : doc_get_text(row, m->name);
}

static void add_member(struct call *c, struct buf *b, const struct page *p, const struct doc *row,
                       const struct method *m) {
    const char *name = name_of(c, row, m);
    buf_adds(b, "<a");
    add_href(b, p, call_printf(c, "%s%s", m->path, name), KEEP_ALL);
    buf_addc(b, '>');
    buf_add_html(b, name);
    buf_adds(b, "</a>");
}

static void add_heads(struct buf *b, const struct page *p, enum word member) {
    const enum word words[] = {member, WORD_WEIGHT, WORD_PERCENT_COMPLETE};
    buf_adds(b, "<div class=\"scroll\">\n<table>\n<thead><tr>");
    for (size_t i = 0; i < COUNT(words); i++) {
        buf_adds(b, "<th scope=\"col\">");
        say(b, p, words[i]);
        buf_adds(b, "</th>");
    }
    buf_adds(b, "</tr></thead>\n<tbody>\n");
}

static void add_counted(struct call *c, struct buf *b, const struct page *p,
                        const struct doc *counted, const struct method *m) {
    add_heads(b, p, m->member);
    for (size_t i = 0; i < doc_count(counted); i++) {
        const struct doc *row = doc_at(counted, i);
        const char *percent = doc_get_number(c, row, "percent");
        buf_adds(b, "<tr><th scope=\"row\">");
        add_member(c, b, p, row, m);
        buf_addf(b, "</th><td>%s</td><td>", doc_get_number(c, row, "weight"));
        if (percent)
            words_add_percent(b, p->lang, percent);
        else
            say(b, p, WORD_NOT_REPORTED);
        buf_adds(b, "</td></tr>\n");
    }
    buf_adds(b, "</tbody>\n</table>\n</div>\n");
}

/* Of a goal within the plan: what is shown of it is rounded, what is added up is not. */
static const char *exact_percent(struct call *c, const struct doc *row) {
    const char *exact = doc_get_number(c, row, "percent_unrounded");
    return exact ? exact : doc_get_number(c, row, "percent");
}

/* The sum itself: "(1 × 40 + 1 × 0) ÷ 2 = 20%". */
static void add_sum(struct call *c, struct buf *b, const struct page *p,
                    const struct doc *progress) {
    const struct doc *counted = doc_get(progress, "counted");
    const char *percent = doc_get_number(c, progress, "percent");
    double weights = 0;
    if (!percent)
        return;
    buf_adds(b, "<p>(");
    for (size_t i = 0; i < doc_count(counted); i++) {
        const struct doc *row = doc_at(counted, i);
        const char *part = exact_percent(c, row);
        weights += doc_number(doc_get(row, "weight"));
        buf_addf(b, "%s%s × %s", i ? " + " : "", doc_get_number(c, row, "weight"),
                 part ? part : "0");
    }
    buf_addf(b, ") ÷ %s = ", call_printf(c, "%.6g", weights));
    words_add_percent(b, p->lang, percent);
    buf_adds(b, "</p>\n");
}

static const struct {
    const char *reason;
    enum word word;
} REASONS[] = {
    {"ongoing", WORD_STATUS_ONGOING},
    {"cancelled", WORD_STATUS_CANCELLED},
    {"archived", WORD_REASON_ARCHIVED},
    {"no_counted_objectives", WORD_REASON_NOTHING_COUNTED},
};

static void add_excluded(struct call *c, struct buf *b, const struct page *p,
                         const struct doc *excluded, const struct method *m) {
    if (doc_count(excluded) == 0)
        return;
    say_p(b, p, NULL, WORD_NOT_COUNTED);
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(excluded); i++) {
        const struct doc *row = doc_at(excluded, i);
        buf_adds(b, "<li>");
        add_member(c, b, p, row, m);
        buf_adds(b, ": ");
        for (size_t j = 0; j < COUNT(REASONS); j++)
            if (is_text(row, "reason", REASONS[j].reason))
                say(b, p, REASONS[j].word);
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, "</ul>\n");
}

void add_method(struct call *c, struct buf *b, const struct page *p, const struct doc *progress,
                const struct method *m) {
    buf_adds(b, "<details>\n<summary>");
    say(b, p, WORD_METHOD);
    buf_adds(b, "</summary>\n");
    say_p(b, p, NULL, m->told);
    add_counted(c, b, p, doc_get(progress, "counted"), m);
    add_sum(c, b, p, progress);
    add_excluded(c, b, p, doc_get(progress, "excluded"), m);
    buf_adds(b, "</details>\n");
}
