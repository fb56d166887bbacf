#include "find.h"

#include <string.h>

static const char *asked(const struct page *p, const char *name) {
    return doc_get_text(p->asked, name);
}

static void begin_choice(struct buf *b, const struct page *p, const char *name, enum word label) {
    buf_addf(b, "<p><label for=\"find-%s\">", name);
    say(b, p, label);
    buf_addf(b, "</label>\n<select id=\"find-%s\" name=\"%s\">\n<option value=\"\">", name, name);
    say(b, p, WORD_FIND_ALL);
    buf_adds(b, "</option>\n");
}

static void begin_option(struct buf *b, const struct page *p, const char *name, const char *value) {
    const char *chosen = asked(p, name);
    buf_adds(b, "<option value=\"");
    buf_add_html(b, value);
    buf_adds(b, chosen && value && strcmp(chosen, value) == 0 ? "\" selected" : "\"");
}

static void end_choice(struct buf *b) {
    buf_adds(b, "</select></p>\n");
}

void add_goal_choice(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *goals = doc_get(p->doc[PART_GOALS], "data");
    begin_choice(b, p, "goal", WORD_GOAL);
    for (size_t i = 0; i < doc_count(goals); i++) {
        const char *number = doc_get_number(c, doc_at(goals, i), "number");
        const struct doc *translation = doc_get(doc_at(goals, i), "translation");
        const char *text = doc_get_text(translation, "statement");
        begin_option(b, p, "goal", number);
        if (!text)
            add_own_lang(b, p);
        buf_addf(b, ">%s. ", number);
        buf_add_html(b, text ? text : doc_get_text(doc_at(goals, i), "statement"));
        buf_adds(b, "</option>\n");
    }
    end_choice(b);
}

static void add_status_choice(struct buf *b, const struct page *p) {
    static const char *const STATUSES[] = {"off_track",   "at_risk",   "on_hold",
                                           "on_track",    "completed", "ongoing",
                                           "not_started", "cancelled", "no_information"};
    begin_choice(b, p, "status", WORD_FIND_STATUS);
    for (size_t i = 0; i < COUNT(STATUSES); i++) {
        begin_option(b, p, "status", STATUSES[i]);
        buf_addc(b, '>');
        buf_add_html(b, words_status(p->lang, STATUSES[i]));
        buf_adds(b, "</option>\n");
    }
    end_choice(b);
}

static void add_department_choice(struct buf *b, const struct page *p) {
    const struct doc *all = doc_get(p->doc[PART_DEPARTMENTS], "data");
    if (doc_count(all) == 0)
        return;
    begin_choice(b, p, "department", WORD_FIND_DEPARTMENT);
    for (size_t i = 0; i < doc_count(all); i++) {
        begin_option(b, p, "department", doc_get_text(doc_at(all, i), "slug"));
        add_own_lang(b, p);
        buf_addc(b, '>');
        buf_add_html(b, doc_get_text(doc_at(all, i), "name"));
        buf_adds(b, "</option>\n");
    }
    end_choice(b);
}

void add_find(struct call *c, struct buf *b, const struct page *p) {
    buf_adds(b, "<search>\n<form class=\"find\" method=\"get\" action=\"/objectives\">\n");
    add_kept_fields(b, p, KEEP_ALL);
    buf_adds(b, "<p><label for=\"find-q\">");
    say(b, p, WORD_FIND_WORDS);
    buf_adds(
        b, "</label>\n<input id=\"find-q\" type=\"search\" name=\"q\" maxlength=\"200\" value=\"");
    buf_add_html(b, asked(p, "q"));
    buf_adds(b, "\"></p>\n");
    add_goal_choice(c, b, p);
    add_status_choice(b, p);
    add_department_choice(b, p);
    buf_adds(b, "<button>");
    say(b, p, WORD_FIND);
    buf_adds(b, "</button>\n</form>\n</search>\n");
}
