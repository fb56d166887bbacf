#include <string.h>

#include "telling.h"

static void add_value(const struct telling *t, const struct doc *d, const char *name) {
    const struct doc *value = doc_get(d, name);
    buf_adds(t->b, "<td>");
    if (doc_type(value) == DOC_NUMBER)
        words_add_number(t->b, t->lang, doc_get_number(t->c, d, name));
    else if (doc_type(value) == DOC_TEXT)
        buf_add_html(t->b, words_status(t->lang, doc_text(value)));
    else if (doc_type(value) == DOC_BOOL)
        tell(t, doc_bool(value) ? WORD_YES : WORD_NO);
    else
        tell(t, WORD_NOT_REPORTED);
    buf_adds(t->b, "</td>");
}

/* A count of a status bears the status's name. */
static const char *figure_name(const struct telling *t, const char *figure) {
    static const struct {
        const char *figure;
        enum word word;
    } NAMES[] = {
        {"percent", WORD_PERCENT_COMPLETE},
        {"percent_complete", WORD_PERCENT_COMPLETE},
        {"percent_is_minimum", WORD_FIGURE_PERCENT_IS_MINIMUM},
        {"reported", WORD_FIGURE_REPORTED},
        {"total", WORD_FIGURE_TOTAL},
        {"status", WORD_FIND_STATUS},
        {"is_overdue", WORD_FIGURE_IS_OVERDUE},
        {"is_stale", WORD_FIGURE_IS_STALE},
        {"published", WORD_FIGURE_PUBLISHED},
        {"superseded", WORD_FIGURE_SUPERSEDED},
        {"retracted", WORD_FIGURE_RETRACTED},
        {"progress", WORD_FIGURE_PROGRESS},
        {"note", WORD_FIGURE_NOTE},
        {"service_status", WORD_FIGURE_SERVICE_STATUS},
    };
    for (size_t i = 0; i < COUNT(NAMES); i++)
        if (strcmp(NAMES[i].figure, figure) == 0)
            return words_text(t->lang, NAMES[i].word);
    return words_status(t->lang, figure);
}

/* "Goal 7", as markup in the call's arena. */
static const char *part_name(const struct telling *t, const struct doc *figure) {
    static const struct {
        const char *part;
        enum word word;
    } PARTS[] = {
        {"plan", WORD_THE_PLAN},
        {"goal", WORD_GOAL_NUMBER},
        {"objective", WORD_OBJECTIVE_CODE},
        {"updates", WORD_UPDATES},
    };
    const char *item = doc_get_text(figure, "item");
    AUTO(buf) struct buf b = {0};
    for (size_t i = 0; i < COUNT(PARTS); i++)
        if (strcmp(PARTS[i].part, doc_get_text(figure, "part")) == 0)
            words_add(&b, t->lang, PARTS[i].word,
                      (const struct fill[]){{"number", item, NULL}, {"code", item, NULL}, {0}});
    return buf_ok(t->c, &b) ? call_strdup(t->c, b.data) : NULL;
}

static void add_restated_figure(const struct telling *t, const struct doc *figure) {
    bool is_before = strcmp(doc_get_text(figure, "day"), "before") == 0;
    const struct fill fills[] = {
        {"part", NULL, part_name(t, figure)},
        {"figure", figure_name(t, doc_get_text(figure, "figure")), NULL},
        {"date", NULL, tell_date(t, t->report, is_before ? "before_as_of" : "as_of")},
        {0},
    };
    buf_adds(t->b, "<tr><th scope=\"row\">");
    words_add(t->b, t->lang, WORD_FIGURE_ON, fills);
    buf_adds(t->b, "</th>");
    add_value(t, figure, "stated");
    add_value(t, figure, "restated");
    buf_adds(t->b, "</tr>\n");
}

/* "Update 17", linked. */
static const char *update_markup(const struct telling *t, const struct doc *update) {
    AUTO(buf) struct buf b = {0};
    const struct telling inner = {t->c, &b, t->lang, t->report};
    tell_update_link(&inner, update);
    words_add(&b, t->lang, WORD_UPDATE_NUMBER,
              (const struct fill[]){{"id", doc_get_text(update, "id"), NULL}, {0}});
    buf_adds(&b, "</a>");
    return buf_ok(t->c, &b) ? call_strdup(t->c, b.data) : NULL;
}

static void add_reason(const struct telling *t, const struct doc *update) {
    static const struct {
        const char *change;
        enum word word;
    } CHANGES[] = {
        {"late", WORD_CHANGE_LATE},
        {"correction", WORD_CHANGE_CORRECTION},
        {"retraction", WORD_CHANGE_RETRACTION},
    };
    const struct fill fills[] = {{"update", NULL, update_markup(t, update)},
                                 {"objective", doc_get_text(update, "objective"), NULL},
                                 {0}};
    buf_adds(t->b, "<li>");
    for (size_t i = 0; i < COUNT(CHANGES); i++)
        if (strcmp(CHANGES[i].change, doc_get_text(update, "change")) == 0)
            words_add(t->b, t->lang, CHANGES[i].word, fills);
    if (doc_get_text(update, "reason")) {
        tell_in(t, ". ", WORD_REASON, " ");
        tell_own(t, update, "reason");
    }
    buf_adds(t->b, "</li>\n");
}

static void add_restated_figures(const struct telling *t, const struct doc *figures) {
    tell_in(t, "<table>\n<caption>", WORD_RESTATED_TOLD, "</caption>\n<thead><tr>");
    tell_in(t, "<th scope=\"col\">", WORD_FIGURE, "</th>");
    tell_in(t, "<th scope=\"col\">", WORD_AS_STATED, "</th>");
    tell_in(t, "<th scope=\"col\">", WORD_AS_KNOWN_TODAY, "</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < doc_count(figures); i++)
        add_restated_figure(t, doc_at(figures, i));
    tell_table_end(t);
}

void tell_restated(const struct telling *t) {
    const struct doc *restated = doc_get(t->report, "restated");
    const struct doc *figures = doc_get(restated, "figures"), *why = doc_get(restated, "updates");
    if (doc_type(restated) != DOC_OBJECT)
        return;
    tell_section(t, "restated", WORD_RESTATED);
    if (doc_count(figures) == 0)
        tell_in(t, "<p>", WORD_RESTATED_NONE, "</p>\n");
    else
        add_restated_figures(t, figures);
    buf_adds(t->b, doc_count(why) ? "<ul>\n" : "");
    for (size_t i = 0; i < doc_count(why); i++)
        add_reason(t, doc_at(why, i));
    buf_adds(t->b, doc_count(why) ? "</ul>\n</section>\n" : "</section>\n");
}
