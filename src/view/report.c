#include "view/report.h"

#include <string.h>

#include "telling.h"
#include "view/languages.h"
#include "view/page.h"

static void add_date(const struct telling *t, const char *name) {
    words_add_date(t->b, t->lang, doc_get_text(t->report, name));
}

static void add_link(const struct telling *t, const char *link, const char *day) {
    buf_adds(t->b, " <a href=\"");
    buf_add_html(t->b, doc_get_text(doc_get(t->report, "links"), link));
    buf_adds(t->b, "\">");
    add_date(t, day);
    buf_adds(t->b, "</a>");
}

/* "These figures as data: June 30, 2026, September 30, 2026", and the section's end. */
static void end_section(const struct telling *t, const char *before, const char *now) {
    tell_in(t, "<p class=\"quiet\">", WORD_FIGURES_AS_DATA, "");
    if (before) {
        add_link(t, before, "before_as_of");
        buf_addc(t->b, ',');
    }
    add_link(t, now, "as_of");
    buf_adds(t->b, "</p>\n</section>\n");
}

/* A table whose last two columns are the two days. */
static void begin_table(const struct telling *t, enum word caption, enum word first) {
    tell_in(t, "<table>\n<caption>", caption, "</caption>\n<thead><tr>");
    tell_in(t, "<th scope=\"col\">", first, "</th><th scope=\"col\">");
    add_date(t, "before_as_of");
    buf_adds(t->b, "</th><th scope=\"col\">");
    add_date(t, "as_of");
    buf_adds(t->b, "</th></tr></thead>\n<tbody>\n");
}

/* ---- the plan and its goals ---- */

static void add_percent(const struct telling *t, const struct doc *standing) {
    buf_adds(t->b, "<td>");
    if (doc_type(standing) == DOC_OBJECT)
        words_add_progress(t->c, t->b, t->lang, standing);
    else
        tell(t, WORD_NOT_IN_PLAN);
    buf_adds(t->b, "</td>");
}

static void add_count(const struct telling *t, const struct doc *standing, const char *status) {
    const struct doc *n = doc_get(doc_get(standing, "status_counts"), status);
    buf_addf(t->b, "<td>%.0f</td>", n ? doc_number(n) : 0.0);
}

static void add_plan(const struct telling *t) {
    static const char *const STATUSES[] = {"off_track",   "at_risk",        "on_hold",
                                           "on_track",    "completed",      "ongoing",
                                           "not_started", "no_information", "cancelled"};
    const struct doc *progress = doc_get(t->report, "progress");
    const struct doc *before = doc_get(progress, "before"), *now = doc_get(progress, "now");
    tell_section(t, "plan", WORD_THE_PLAN);
    begin_table(t, WORD_PLAN_OF_QUARTER, WORD_FIGURE);
    tell_in(t, "<tr><th scope=\"row\">", WORD_PROGRESS_ROW, "</th>");
    add_percent(t, before);
    add_percent(t, now);
    buf_adds(t->b, "</tr>\n");
    for (size_t i = 0; i < COUNT(STATUSES); i++) {
        buf_adds(t->b, "<tr><th scope=\"row\">");
        words_add(t->b, t->lang, WORD_OBJECTIVES_OF_STATUS,
                  (const struct fill[]){{"status", words_status(t->lang, STATUSES[i]), NULL}, {0}});
        buf_adds(t->b, "</th>");
        add_count(t, before, STATUSES[i]);
        add_count(t, now, STATUSES[i]);
        buf_adds(t->b, "</tr>\n");
    }
    tell_table_end(t);
    end_section(t, "plan_before", "plan_now");
}

static void add_goals(const struct telling *t) {
    const struct doc *goals = doc_get(t->report, "goals");
    tell_section(t, "goals", WORD_GOALS);
    begin_table(t, WORD_GOALS_OF_QUARTER, WORD_GOAL);
    for (size_t i = 0; i < doc_count(goals); i++) {
        const struct doc *goal = doc_at(goals, i);
        buf_addf(t->b, "<tr><th scope=\"row\">%s: ", doc_get_number(t->c, goal, "number"));
        tell_own(t, goal, "statement");
        buf_adds(t->b, "</th>");
        add_percent(t, doc_get(goal, "before"));
        add_percent(t, doc_get(goal, "now"));
        buf_adds(t->b, "</tr>\n");
    }
    tell_table_end(t);
    end_section(t, "goals_before", "goals_now");
}

/* ---- the objectives ---- */

static bool is_listed(const struct doc *codes, const char *code) {
    for (size_t i = 0; i < doc_count(codes); i++)
        if (strcmp(doc_text(doc_at(codes, i)), code) == 0)
            return true;
    return false;
}

static void add_standing(const struct telling *t, const struct doc *standing) {
    if (doc_type(standing) != DOC_OBJECT) {
        tell_in(t, "<td>", WORD_NOT_IN_PLAN, "</td>");
        return;
    }
    const char *percent = doc_get_number(t->c, standing, "percent_complete");
    buf_adds(t->b, "<td>");
    buf_add_html(t->b, words_status(t->lang, doc_get_text(standing, "status")));
    if (percent) {
        AUTO(buf) struct buf spelled = {0};
        words_add_percent(&spelled, t->lang, percent);
        buf_adds(t->b, ", ");
        words_add(t->b, t->lang, WORD_PROGRESS,
                  (const struct fill[]){{"percent", NULL, spelled.data}, {0}});
    }
    buf_adds(t->b, "</td>");
}

static void add_objective(const struct telling *t, const struct doc *objective) {
    buf_addf(t->b, "<span class=\"code\">%s</span> ", doc_get_text(objective, "code"));
    tell_own(t, objective, "statement");
}

static void add_moves(const struct telling *t, const struct doc *codes) {
    const struct doc *all = doc_get(t->report, "objectives");
    begin_table(t, WORD_MOVED_TOLD, WORD_OBJECTIVE);
    for (size_t i = 0; i < doc_count(all); i++) {
        const struct doc *objective = doc_at(all, i);
        if (!is_listed(codes, doc_get_text(objective, "code")))
            continue;
        buf_adds(t->b, "<tr><th scope=\"row\">");
        add_objective(t, objective);
        buf_adds(t->b, "</th>");
        add_standing(t, doc_get(objective, "before"));
        add_standing(t, doc_get(objective, "now"));
        buf_adds(t->b, "</tr>\n");
    }
    tell_table_end(t);
}

static void add_moved(const struct telling *t) {
    const struct doc *codes = doc_get(t->report, "moved");
    tell_section(t, "moved", WORD_MOVED);
    if (doc_count(codes) == 0)
        tell_in(t, "<p>", WORD_MOVED_NONE, "</p>\n");
    else
        add_moves(t, codes);
    end_section(t, "objectives_before", "objectives_now");
}

/* Those that the report names under this name; its link bears the same. */
static void add_late(const struct telling *t, const char *name, enum word title, enum word none) {
    const struct doc *codes = doc_get(t->report, name), *all = doc_get(t->report, "objectives");
    const char *number = call_printf(t->c, "%zu", doc_count(codes));
    buf_addf(t->b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", name, name);
    words_add(t->b, t->lang, title, (const struct fill[]){{"number", number, NULL}, {0}});
    buf_adds(t->b, "</h2>\n");
    if (doc_count(codes) == 0)
        tell_in(t, "<p>", none, "</p>\n");
    buf_adds(t->b, doc_count(codes) ? "<ul>\n" : "");
    for (size_t i = 0; i < doc_count(all); i++) {
        if (!is_listed(codes, doc_get_text(doc_at(all, i), "code")))
            continue;
        buf_adds(t->b, "<li>");
        add_objective(t, doc_at(all, i));
        buf_adds(t->b, "</li>\n");
    }
    buf_adds(t->b, doc_count(codes) ? "</ul>\n" : "");
    end_section(t, NULL, name);
}

/* ---- the updates ---- */

static void add_update(const struct telling *t, const struct doc *update) {
    buf_adds(t->b, "<li>");
    tell_update_link(t, update);
    words_add(t->b, t->lang, WORD_DATE_AND_OBJECTIVE,
              (const struct fill[]){{"date", NULL, tell_date(t, update, "as_of")},
                                    {"objective", doc_get_text(update, "objective"), NULL},
                                    {0}});
    buf_adds(t->b, "</a>: ");
    tell_own(t, update, "summary");
    buf_adds(t->b, "</li>\n");
}

static void add_updates(const struct telling *t) {
    const struct doc *n = doc_get(t->report, "updates"), *list = doc_get(t->report, "update_list");
    const struct fill fills[] = {
        {"total", doc_get_number(t->c, n, "total"), NULL},
        {"published", doc_get_number(t->c, n, "published"), NULL},
        {"superseded", doc_get_number(t->c, n, "superseded"), NULL},
        {"retracted", doc_get_number(t->c, n, "retracted"), NULL},
        {"listed", call_printf(t->c, "%zu", doc_count(list)), NULL},
        {0},
    };
    tell_section(t, "updates", WORD_UPDATES_OF_QUARTER);
    buf_adds(t->b, "<p>");
    words_add(t->b, t->lang, WORD_UPDATES_COUNTED, fills);
    buf_adds(t->b, "</p>\n<ul>\n");
    for (size_t i = 0; i < doc_count(list); i++)
        add_update(t, doc_at(list, i));
    buf_adds(t->b, "</ul>\n");
    end_section(t, NULL, "updates");
}

/* ---- the page ---- */

static void add_notices(const struct telling *t) {
    const char *known_at = doc_get_text(t->report, "known_at");
    if (doc_bool(doc_get(t->report, "is_preliminary"))) {
        tell_in(t, "<p class=\"demo\">", WORD_PRELIMINARY, "</p>\n");
    } else {
        AUTO(buf) struct buf day = {0};
        words_add_date(&day, t->lang, call_strndup(t->c, known_at, strlen("YYYY-MM-DD")));
        buf_adds(t->b, "<p>");
        words_add(t->b, t->lang, WORD_CLOSED_ON,
                  (const struct fill[]){
                      {"date", NULL, day.data},
                      {"time", call_strndup(t->c, known_at + strlen("YYYY-MM-DDT"), 5), NULL},
                      {0}});
        buf_adds(t->b, "</p>\n");
    }
    if (doc_bool(doc_get(t->report, "demo")))
        tell_in(t, "<p class=\"demo\">", WORD_DEMO, "</p>\n");
}

static void add_head(const struct telling *t, const char *self) {
    const struct fill fills[] = {{"period", doc_get_text(t->report, "period"), NULL},
                                 {"title", doc_get_text(t->report, "title"), NULL},
                                 {"from", NULL, tell_date(t, t->report, "starts_on")},
                                 {"to", NULL, tell_date(t, t->report, "ends_on")},
                                 {0}};
    AUTO(buf) struct buf title = {0};
    words_add_plain(&title, t->lang, WORD_REPORT_TITLED, fills);
    page_begin(t->b, t->lang, title.data);
    languages_add_links(t->b, t->lang, self);
    buf_adds(t->b, "<header>\n<h1>");
    words_add(t->b, t->lang, WORD_REPORT_OF_QUARTER, fills);
    buf_adds(t->b, "</h1>\n<p>");
    tell_own(t, t->report, "title");
    buf_adds(t->b, ", ");
    tell_own(t, t->report, "organization");
    buf_adds(t->b, "</p>\n<p>");
    words_add(t->b, t->lang, WORD_FROM_TO, fills);
    buf_adds(t->b, "</p>\n");
    add_notices(t);
    buf_adds(t->b, "</header>\n");
}

bool page_report(struct call *c, struct buf *b, enum lang lang, const char *self,
                 const struct doc *report) {
    const struct telling t = {c, b, lang, report};
    add_head(&t, self);
    buf_adds(b, "<main id=\"main\">\n");
    add_plan(&t);
    add_goals(&t);
    add_moved(&t);
    add_late(&t, "overdue", WORD_OVERDUE, WORD_OVERDUE_NONE);
    add_late(&t, "stale", WORD_STALE, WORD_STALE_NONE);
    add_updates(&t);
    tell_restated(&t);
    buf_adds(b, "</main>\n");
    page_end(b);
    return buf_ok(c, b);
}
