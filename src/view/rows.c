#include "rows.h"

#include <string.h>

/* ---- objectives ---- */

void add_standing(struct call *c, struct buf *b, const struct page *p,
                  const struct doc *objective) {
    const char *status = doc_get_text(objective, "status");
    const char *meaning = words_status_meaning(p->lang, status);
    const char *percent = doc_get_number(c, objective, "percent_complete");
    const char *as_of = doc_get_text(objective, "status_as_of");
    add_status(b, p, status);
    if (percent) {
        buf_adds(b, " ");
        say_of(b, p, WORD_PROGRESS, "percent", percent_of(c, p, percent));
    }
    if (as_of) {
        buf_adds(b, percent ? ", " : " ");
        say_date(c, b, p, WORD_AS_OF, as_of);
    }
    if (meaning) {
        buf_adds(b, " <span class=\"quiet\">(");
        buf_add_html(b, meaning);
        buf_adds(b, ")</span>");
    }
}

static void add_late(struct call *c, struct buf *b, const struct page *p, enum word w,
                     const char *date) {
    buf_adds(b, "<p class=\"late\">");
    say_date(c, b, p, w, date);
    buf_adds(b, "</p>\n");
}

void add_lateness(struct call *c, struct buf *b, const struct page *p,
                  const struct doc *objective) {
    const char *expected = doc_get_number(c, objective, "expected_percent");
    if (doc_bool(doc_get(objective, "is_overdue")))
        add_late(c, b, p, WORD_PAST_ITS_DATE, doc_get_text(objective, "due_on"));
    if (doc_bool(doc_get(objective, "is_stale")))
        add_late(c, b, p, WORD_REPORT_MISSED, doc_get_text(objective, "next_update_due"));
    if (!doc_bool(doc_get(objective, "disagrees")) || !expected)
        return;
    buf_adds(b, "<p class=\"late\">");
    say_of(b, p, WORD_DISAGREES, "percent", percent_of(c, p, expected));
    buf_adds(b, "</p>\n");
}

void add_archived(struct buf *b, const struct page *p, const struct doc *objective) {
    if (doc_get_text(objective, "archived_at"))
        say_p(b, p, "late", WORD_ARCHIVED);
}

static void add_next_step(struct buf *b, const struct page *p, const struct doc *objective) {
    const char *next = doc_get_text(doc_get(objective, "latest_update"), "next_steps");
    if (!next)
        return;
    buf_adds(b, "<p>");
    add_label(b, p, WORD_NEXT_STEP);
    add_own(b, p, "span", NULL, next);
    buf_adds(b, "</p>\n");
}

static void add_objective(struct call *c, struct buf *b, const struct page *p,
                          const struct doc *objective) {
    const char *code = doc_get_text(objective, "code");
    buf_addf(b, "<li id=\"objective-%s\">\n<p class=\"statement\"><a", code);
    add_href(b, p, call_printf(c, "/objectives/%s", code), KEEP_ALL);
    buf_addf(b, "><span class=\"code\">%s</span> ", code);
    add_translated(b, p, objective, "statement");
    buf_adds(b, "</a></p>\n");
    add_original(b, p, objective, "statement");
    buf_adds(b, "<p>");
    add_standing(c, b, p, objective);
    buf_adds(b, "</p>\n");
    add_archived(b, p, objective);
    add_lateness(c, b, p, objective);
    add_next_step(b, p, objective);
    buf_adds(b, "<p class=\"quiet\">");
    add_label(b, p, WORD_WHOM_TO_ASK);
    add_contact(b, p, doc_get_text(objective, "lead_department"));
    buf_adds(b, "</p>\n</li>\n");
}

void add_objectives(struct call *c, struct buf *b, const struct page *p, const struct doc *list,
                    double goal) {
    buf_adds(b, "<ul class=\"rows\">\n");
    for (size_t i = 0; i < doc_count(list); i++)
        if (goal <= 0 || doc_number(doc_get(doc_at(list, i), "goal")) == goal)
            add_objective(c, b, p, doc_at(list, i));
    buf_adds(b, "</ul>\n");
}

/* ---- pages of lists ---- */

static void add_page_link(struct buf *b, const struct page *p, const char *target, const char *rel,
                          enum word w) {
    buf_addf(b, "<a%s%s%s href=\"", *rel ? " rel=\"" : "", rel, *rel ? "\"" : "");
    buf_add_html(b, target);
    buf_adds(b, "\">");
    say(b, p, w);
    buf_adds(b, "</a>\n");
}

void add_pages(struct buf *b, const struct page *p, const struct doc *list) {
    const char *next = doc_get_text(doc_get(list, "links"), "next");
    if (!next && !p->is_later)
        return;
    buf_adds(b, "<nav class=\"pages\" aria-label=\"");
    say(b, p, WORD_NAV_PAGES);
    buf_adds(b, "\">\n");
    if (p->is_later)
        add_page_link(b, p, doc_get_text(doc_get(list, "links"), "self"), "", WORD_FIRST_PAGE);
    if (next)
        add_page_link(b, p, next, "next", WORD_NEXT_PAGE);
    buf_adds(b, "</nav>\n");
}
