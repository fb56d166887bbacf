#include "view/catalog.h"

#include "find.h"
#include "frame.h"
#include "method.h"
#include "rows.h"

/* "12 of 42 objectives have reported. Of those, 9 are on track." */
static void add_headline(struct call *c, struct buf *b, const struct page *p,
                         const struct doc *progress) {
    const struct doc *counts = doc_get(progress, "status_counts");
    int total = (int)doc_number(doc_get(progress, "total"));
    int reported = total - (int)doc_number(doc_get(counts, "no_information"));
    const char *on_track = doc_get_number(c, counts, "on_track");
    const struct fill fills[] = {{"count", call_printf(c, "%d", reported), NULL},
                                 {"total", call_printf(c, "%d", total), NULL},
                                 {0}};
    if (total == 0) {
        buf_adds(b, words_text(p->lang, WORD_NO_GOALS));
        return;
    }
    if (reported == 0) {
        words_add_plain(b, p->lang, WORD_NONE_REPORTED, fills + 1);
        return;
    }
    words_add_plain(b, p->lang, WORD_REPORTED, fills);
    buf_addc(b, ' ');
    words_add_plain(b, p->lang, WORD_REPORTED_ON_TRACK,
                    (const struct fill[]){{"count", on_track ? on_track : "0", NULL}, {0}});
}

/* ---- the goals ---- */

static void add_newest(struct call *c, struct buf *b, const struct page *p,
                       const struct doc *goal) {
    const struct doc *update = doc_get(goal, "latest_update");
    if (doc_type(update) != DOC_OBJECT) {
        say_p(b, p, "quiet", WORD_NO_UPDATE_OF_GOAL);
        return;
    }
    AUTO(buf) struct buf date = {0}, summary = {0};
    add_link(&date, p, call_printf(c, "/updates/%s", doc_get_text(update, "id")),
             date_of(c, p, doc_get_text(update, "as_of")));
    add_own(&summary, p, "span", NULL, doc_get_text(update, "summary"));
    if (!buf_ok(c, &date) || !buf_ok(c, &summary))
        return;
    buf_adds(b, "<p class=\"quiet\">");
    words_add(b, p->lang, WORD_LATEST_UPDATE,
              (const struct fill[]){{"date", NULL, date.data},
                                    {"objective", doc_get_text(update, "objective"), NULL},
                                    {"summary", NULL, summary.data ? summary.data : ""},
                                    {0}});
    buf_adds(b, "</p>\n");
}

static void add_card(struct call *c, struct buf *b, const struct page *p, const struct doc *goal) {
    const struct doc *progress = doc_get(goal, "progress");
    const char *number = doc_get_number(c, goal, "number");
    buf_addf(b, "<li id=\"goal-%s\">\n<p class=\"number\">", number);
    say_of(b, p, WORD_GOAL_NUMBER, "number", number);
    buf_adds(b, "</p>\n<h3><a");
    add_href(b, p, call_printf(c, "/goals/%s", number), KEEP_ALL);
    buf_addc(b, '>');
    add_translated(b, p, goal, "statement");
    buf_adds(b, "</a></h3>\n");
    add_original(b, p, goal, "statement");
    add_progress(c, b, p, progress, said_of(c, p, WORD_PROGRESS_OF_GOAL, "number", number));
    add_counts(c, b, p, doc_get(progress, "status_counts"));
    add_newest(c, b, p, goal);
    buf_adds(b, "</li>\n");
}

static void add_goals(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *goals) {
    if (doc_count(goals) == 0)
        return;
    begin_section(b, p, "goals", WORD_GOALS);
    buf_adds(b, "<ul class=\"cards\">\n");
    for (size_t i = 0; i < doc_count(goals); i++)
        add_card(c, b, p, doc_at(goals, i));
    buf_adds(b, "</ul>\n</section>\n");
}

/* ---- what happened, and everything by goal ---- */

static void add_latest(struct call *c, struct buf *b, const struct page *p,
                       const struct doc *updates) {
    begin_section(b, p, "latest", WORD_LATEST_UPDATES);
    if (doc_count(updates) == 0) {
        say_p(b, p, NULL, WORD_NO_UPDATE_OF_PLAN);
    } else {
        add_updates(c, b, p, updates, 3);
        buf_adds(b, "<p>");
        add_word_link(b, p, "/updates", WORD_ALL_UPDATES);
        buf_adds(b, "</p>\n");
    }
    buf_adds(b, "</section>\n");
}

static void add_all(struct call *c, struct buf *b, const struct page *p, const struct doc *goals) {
    begin_section(b, p, "objectives", WORD_OBJECTIVES);
    add_find(c, b, p);
    for (size_t i = 0; i < doc_count(goals); i++) {
        const struct doc *goal = doc_at(goals, i);
        add_goal_title(c, b, p, "h3", goal);
        add_objectives(c, b, p, doc_get(p->doc[PART_OBJECTIVES], "data"),
                       doc_number(doc_get(goal, "number")));
    }
    buf_adds(b, "</section>\n");
}

static void add_top(struct call *c, struct buf *b, const struct page *p, const struct doc *progress,
                    const char *headline) {
    static const struct method METHOD = {WORD_METHOD_OF_PLAN, WORD_GOAL, "goal", "/goals/"};
    buf_adds(b, "<section id=\"standing\">\n<h1>");
    add_own(b, p, "span", NULL, doc_get_text(p->doc[PART_SUMMARY], "title"));
    buf_adds(b, "</h1>\n<p class=\"quiet\">");
    say_of(b, p, WORD_STRATEGIC_PLAN, "organization",
           doc_get_text(p->doc[PART_SUMMARY], "organization"));
    buf_adds(b, "</p>\n<p class=\"lead\">");
    buf_add_html(b, headline);
    buf_adds(b, "</p>\n");
    add_progress(c, b, p, progress, words_text(p->lang, WORD_PROGRESS_OF_PLAN));
    add_method(c, b, p, progress, &METHOD);
    buf_adds(b, "</section>\n");
}

bool page_plan(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *progress = doc_get(p->doc[PART_SUMMARY], "progress");
    const struct doc *goals = doc_get(p->doc[PART_GOALS], "data");
    AUTO(buf) struct buf headline = {0};
    add_headline(c, &headline, p, progress);
    if (!buf_ok(c, &headline))
        return false;
    const struct frame f = {
        .description = headline.data,
        .place = PLACE_PLAN,
        .feed = "/updates.atom",
        .table = "/objectives.csv",
    };
    const struct catalog data = {
        .head = p->doc[PART_HEAD],
        .base = p->base,
        .suffix = p->plan ? call_printf(c, "?plan=%s", p->plan) : "",
        .license = p->license,
    };
    frame_begin(c, b, p, &f);
    add_top(c, b, p, progress, headline.data);
    add_goals(c, b, p, goals);
    add_latest(c, b, p, doc_get(p->doc[PART_UPDATES], "data"));
    add_all(c, b, p, goals);
    if (!catalog_json_ld(c, b, &data))
        return false;
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}
