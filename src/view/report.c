#include "view/report.h"

#include <string.h>

#include "view/page.h"
#include "view/words.h"

/* ---- small things ---- */

static void add_text(struct buf *b, const struct doc *d, const char *name) {
    buf_add_html(b, doc_get_text(d, name));
}

static void add_date(struct buf *b, const struct doc *d, const char *name) {
    words_add_date(b, LANG_EN, doc_get_text(d, name));
}

/* "Fetch these figures again: on June 30, 2026; on September 30, 2026" */
static void add_links(struct buf *b, const struct doc *report, const char *before,
                      const char *now) {
    const struct doc *links = doc_get(report, "links");
    buf_adds(b, "<p class=\"quiet\">These figures as data: ");
    if (before) {
        buf_adds(b, "<a href=\"");
        add_text(b, links, before);
        buf_adds(b, "\">");
        add_date(b, report, "before_as_of");
        buf_adds(b, "</a>, ");
    }
    buf_adds(b, "<a href=\"");
    add_text(b, links, now);
    buf_adds(b, "\">");
    add_date(b, report, "as_of");
    buf_adds(b, "</a></p>\n");
}

/* A table whose last two columns are the two days. */
static void begin_table(struct buf *b, const struct doc *report, const char *caption,
                        const char *first) {
    buf_addf(b, "<table>\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>", caption,
             first);
    buf_adds(b, "<th scope=\"col\">");
    add_date(b, report, "before_as_of");
    buf_adds(b, "</th><th scope=\"col\">");
    add_date(b, report, "as_of");
    buf_adds(b, "</th></tr></thead>\n<tbody>\n");
}

static void end_table(struct buf *b) {
    buf_adds(b, "</tbody>\n</table>\n");
}

/* ---- the plan and its goals ---- */

static void add_percent(struct call *c, struct buf *b, const struct doc *standing) {
    buf_adds(b, "<td>");
    if (doc_type(standing) == DOC_OBJECT)
        words_add_progress(c, b, LANG_EN, standing);
    else
        buf_adds(b, "Not in the plan yet");
    buf_adds(b, "</td>");
}

static void add_count(struct buf *b, const struct doc *standing, const char *status) {
    const struct doc *n = doc_get(doc_get(standing, "status_counts"), status);
    buf_addf(b, "<td>%.0f</td>", n ? doc_number(n) : 0.0);
}

static void add_plan(struct call *c, struct buf *b, const struct doc *report) {
    static const char *const STATUSES[] = {"off_track",   "at_risk",        "on_hold",
                                           "on_track",    "completed",      "ongoing",
                                           "not_started", "no_information", "cancelled"};
    const struct doc *progress = doc_get(report, "progress");
    const struct doc *before = doc_get(progress, "before"), *now = doc_get(progress, "now");
    buf_adds(b, "<section aria-labelledby=\"plan\">\n<h2 id=\"plan\">The plan</h2>\n");
    begin_table(b, report, "How the plan stood before the quarter and at its end", "Figure");
    buf_adds(b, "<tr><th scope=\"row\">Progress</th>");
    add_percent(c, b, before);
    add_percent(c, b, now);
    buf_adds(b, "</tr>\n");
    for (size_t i = 0; i < COUNT(STATUSES); i++) {
        buf_addf(b, "<tr><th scope=\"row\">Objectives: %s</th>",
                 words_status(LANG_EN, STATUSES[i]));
        add_count(b, before, STATUSES[i]);
        add_count(b, now, STATUSES[i]);
        buf_adds(b, "</tr>\n");
    }
    end_table(b);
    add_links(b, report, "plan_before", "plan_now");
    buf_adds(b, "</section>\n");
}

static void add_goals(struct call *c, struct buf *b, const struct doc *report) {
    const struct doc *goals = doc_get(report, "goals");
    buf_adds(b, "<section aria-labelledby=\"goals\">\n<h2 id=\"goals\">The goals</h2>\n");
    begin_table(b, report, "Progress of each goal", "Goal");
    for (size_t i = 0; i < doc_count(goals); i++) {
        const struct doc *goal = doc_at(goals, i);
        buf_addf(b, "<tr><th scope=\"row\">%s: ", doc_get_number(c, goal, "number"));
        add_text(b, goal, "statement");
        buf_adds(b, "</th>");
        add_percent(c, b, doc_get(goal, "before"));
        add_percent(c, b, doc_get(goal, "now"));
        buf_adds(b, "</tr>\n");
    }
    end_table(b);
    add_links(b, report, "goals_before", "goals_now");
    buf_adds(b, "</section>\n");
}

/* ---- the objectives ---- */

static bool is_listed(const struct doc *codes, const char *code) {
    for (size_t i = 0; i < doc_count(codes); i++)
        if (strcmp(doc_text(doc_at(codes, i)), code) == 0)
            return true;
    return false;
}

static void add_standing(struct call *c, struct buf *b, const struct doc *standing) {
    if (doc_type(standing) != DOC_OBJECT) {
        buf_adds(b, "<td>Not in the plan yet</td>");
        return;
    }
    const char *percent = doc_get_number(c, standing, "percent_complete");
    buf_addf(b, "<td>%s", words_status(LANG_EN, doc_get_text(standing, "status")));
    if (percent)
        buf_addf(b, ", %s%% complete", percent);
    buf_adds(b, "</td>");
}

static void add_objective(struct buf *b, const struct doc *objective) {
    buf_addf(b, "<span class=\"code\">%s</span> ", doc_get_text(objective, "code"));
    add_text(b, objective, "statement");
}

static void add_moved(struct call *c, struct buf *b, const struct doc *report) {
    const struct doc *codes = doc_get(report, "moved"), *all = doc_get(report, "objectives");
    buf_adds(b,
             "<section aria-labelledby=\"moved\">\n<h2 id=\"moved\">Objectives that moved</h2>\n");
    if (doc_count(codes) == 0) {
        buf_adds(b, "<p>No objective's status or percent moved in this quarter.</p>\n");
    } else {
        begin_table(b, report, "Objectives whose status or percent moved", "Objective");
        for (size_t i = 0; i < doc_count(all); i++) {
            const struct doc *objective = doc_at(all, i);
            if (!is_listed(codes, doc_get_text(objective, "code")))
                continue;
            buf_adds(b, "<tr><th scope=\"row\">");
            add_objective(b, objective);
            buf_adds(b, "</th>");
            add_standing(c, b, doc_get(objective, "before"));
            add_standing(c, b, doc_get(objective, "now"));
            buf_adds(b, "</tr>\n");
        }
        end_table(b);
    }
    add_links(b, report, "objectives_before", "objectives_now");
    buf_adds(b, "</section>\n");
}

/* Those that the report names under this word; its link bears the same name. */
static void add_late(struct buf *b, const struct doc *report, const char *word, const char *title,
                     const char *none) {
    const struct doc *codes = doc_get(report, word), *all = doc_get(report, "objectives");
    buf_addf(b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s: %zu</h2>\n", word, word, title,
             doc_count(codes));
    buf_adds(b, doc_count(codes) ? "<ul>\n" : none);
    for (size_t i = 0; i < doc_count(all); i++) {
        if (!is_listed(codes, doc_get_text(doc_at(all, i), "code")))
            continue;
        buf_adds(b, "<li>");
        add_objective(b, doc_at(all, i));
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, doc_count(codes) ? "</ul>\n" : "");
    add_links(b, report, NULL, word);
    buf_adds(b, "</section>\n");
}

/* ---- the updates ---- */

static void add_update(struct buf *b, const struct doc *update) {
    buf_adds(b, "<li><a href=\"");
    add_text(b, doc_get(update, "links"), "self");
    buf_adds(b, "\">");
    add_date(b, update, "as_of");
    buf_addf(b, ", objective %s</a>: ", doc_get_text(update, "objective"));
    add_text(b, update, "summary");
    buf_adds(b, "</li>\n");
}

static void add_updates(struct call *c, struct buf *b, const struct doc *report) {
    const struct doc *n = doc_get(report, "updates"), *list = doc_get(report, "update_list");
    buf_adds(b, "<section aria-labelledby=\"updates\">\n"
                "<h2 id=\"updates\">Updates of the quarter</h2>\n");
    buf_addf(b, "<p>%s in all: %s stand, %s were corrected, %s were retracted.",
             doc_get_number(c, n, "total"), doc_get_number(c, n, "published"),
             doc_get_number(c, n, "superseded"), doc_get_number(c, n, "retracted"));
    buf_addf(b, " Progress reports and notes that stand: %zu listed.</p>\n<ul>\n", doc_count(list));
    for (size_t i = 0; i < doc_count(list); i++)
        add_update(b, doc_at(list, i));
    buf_adds(b, "</ul>\n");
    add_links(b, report, NULL, "updates");
    buf_adds(b, "</section>\n");
}

/* ---- restated since close ---- */

static void add_value(struct call *c, struct buf *b, const struct doc *d, const char *name) {
    const struct doc *value = doc_get(d, name);
    buf_adds(b, "<td>");
    if (doc_type(value) == DOC_NUMBER)
        buf_adds(b, doc_get_number(c, d, name));
    else if (doc_type(value) == DOC_TEXT)
        buf_add_html(b, words_status(LANG_EN, doc_text(value)));
    else if (doc_type(value) == DOC_BOOL)
        buf_adds(b, doc_bool(value) ? "yes" : "no");
    else
        buf_adds(b, "not reported");
    buf_adds(b, "</td>");
}

static void add_restated_figure(struct call *c, struct buf *b, const struct doc *report,
                                const struct doc *figure) {
    bool is_before = strcmp(doc_get_text(figure, "day"), "before") == 0;
    buf_addf(b, "<tr><th scope=\"row\">%s", doc_get_text(figure, "part"));
    buf_addf(b, "%s%s: ", *doc_get_text(figure, "item") ? " " : "", doc_get_text(figure, "item"));
    for (const char *p = doc_get_text(figure, "figure"); *p; p++)
        buf_addc(b, *p == '_' ? ' ' : *p);
    buf_adds(b, ", on ");
    add_date(b, report, is_before ? "before_as_of" : "as_of");
    buf_adds(b, "</th>");
    add_value(c, b, figure, "stated");
    add_value(c, b, figure, "restated");
    buf_adds(b, "</tr>\n");
}

static void add_reason(struct buf *b, const struct doc *update) {
    static const char *const WORDS[][2] = {
        {"late", "published after the close"},
        {"correction", "a correction"},
        {"retraction", "retracted"},
    };
    const char *change = doc_get_text(update, "change");
    buf_adds(b, "<li><a href=\"");
    add_text(b, doc_get(update, "links"), "self");
    buf_addf(b, "\">Update %s</a>, objective %s: ", doc_get_text(update, "id"),
             doc_get_text(update, "objective"));
    for (size_t i = 0; i < COUNT(WORDS); i++)
        if (strcmp(WORDS[i][0], change) == 0)
            buf_adds(b, WORDS[i][1]);
    if (doc_get_text(update, "reason")) {
        buf_adds(b, ". Reason: ");
        add_text(b, update, "reason");
    }
    buf_adds(b, "</li>\n");
}

static void add_restated(struct call *c, struct buf *b, const struct doc *report) {
    const struct doc *restated = doc_get(report, "restated");
    const struct doc *figures = doc_get(restated, "figures"), *why = doc_get(restated, "updates");
    if (doc_type(restated) != DOC_OBJECT)
        return;
    buf_adds(b, "<section aria-labelledby=\"restated\">\n"
                "<h2 id=\"restated\">Restated since close</h2>\n");
    if (doc_count(figures) == 0)
        buf_adds(b, "<p>By all that is known today, no figure differs from what was stated.</p>\n");
    else
        buf_adds(b, "<table>\n<caption>Figures that differ by what is known today</caption>\n"
                    "<thead><tr><th scope=\"col\">Figure</th><th scope=\"col\">As stated</th>"
                    "<th scope=\"col\">As known today</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < doc_count(figures); i++)
        add_restated_figure(c, b, report, doc_at(figures, i));
    if (doc_count(figures))
        end_table(b);
    buf_adds(b, doc_count(why) ? "<ul>\n" : "");
    for (size_t i = 0; i < doc_count(why); i++)
        add_reason(b, doc_at(why, i));
    buf_adds(b, doc_count(why) ? "</ul>\n" : "");
    buf_adds(b, "</section>\n");
}

/* ---- the page ---- */

static void add_head(struct call *c, struct buf *b, const struct doc *report) {
    const char *period = doc_get_text(report, "period");
    page_begin(b, LANG_EN, call_printf(c, "Report %s, %s", period, doc_get_text(report, "title")));
    buf_addf(b, "<header>\n<h1>Report of the quarter %s</h1>\n<p>", period);
    add_text(b, report, "title");
    buf_adds(b, ", ");
    add_text(b, report, "organization");
    buf_adds(b, "</p>\n<p>");
    add_date(b, report, "starts_on");
    buf_adds(b, " to ");
    add_date(b, report, "ends_on");
    buf_adds(b, "</p>\n");
    if (doc_bool(doc_get(report, "is_preliminary")))
        buf_adds(b, "<p class=\"demo\">Preliminary: the quarter is not closed, and its figures may "
                    "still move.</p>\n");
    else
        buf_addf(b, "<p>Closed at %s. The figures stand as they were stated then.</p>\n",
                 doc_get_text(report, "known_at"));
    if (doc_bool(doc_get(report, "demo")))
        buf_adds(b, "<p class=\"demo\">Demonstration data: nothing on this page was reported by "
                    "the city.</p>\n");
    buf_adds(b, "</header>\n");
}

bool page_report(struct call *c, struct buf *b, const struct doc *report) {
    add_head(c, b, report);
    buf_adds(b, "<main id=\"main\">\n");
    add_plan(c, b, report);
    add_goals(c, b, report);
    add_moved(c, b, report);
    add_late(b, report, "overdue", "Overdue objectives", "<p>No objective is past its date.</p>\n");
    add_late(b, report, "stale", "Objectives whose report is due",
             "<p>No objective's report is due.</p>\n");
    add_updates(c, b, report);
    add_restated(c, b, report);
    buf_adds(b, "</main>\n");
    page_end(b);
    return buf_ok(c, b);
}
