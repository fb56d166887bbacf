#include "view/page.h"

#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "generated/web.h"
#include "view/languages.h"

static const struct embedded_file *style(void) {
    return &WEB[0];
}

const char *page_policy(struct call *c) {
    uint8_t digest[SHA256_SIZE];
    char hash[SHA256_SIZE * 2];
    sha256(style()->bytes, style()->len, digest);
    base64url_encode(digest, sizeof digest, hash); /* CSP 3 takes this alphabet too, padded */
    return call_printf(
        c,
        "default-src 'none'; style-src 'sha256-%s='; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'self'",
        hash);
}

void page_begin(struct buf *b, enum lang lang, const char *title) {
    buf_addf(b,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
             lang_tag(lang));
    buf_add_html(b, title);
    buf_adds(b, "</title>\n<style>");
    buf_add(b, style()->bytes, style()->len);
    buf_adds(b, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    words_add(b, lang, WORD_SKIP, NULL);
    buf_adds(b, "</a>\n");
}

void page_end(struct buf *b) {
    buf_adds(b, "</body>\n</html>\n");
}

/* ---- small things ---- */

static void add_element(struct buf *b, enum lang lang, const char *open, enum word word,
                        const struct fill *fills, const char *close) {
    buf_adds(b, open);
    words_add(b, lang, word, fills);
    buf_adds(b, close);
}

/* A date with its machine's form, as markup in the call's arena. */
static const char *date_markup(struct call *c, enum lang lang, const char *date) {
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "<time datetime=\"");
    buf_add_html(&b, date);
    buf_adds(&b, "\">");
    words_add_date(&b, lang, date);
    buf_adds(&b, "</time>");
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

static void add_as_of(struct call *c, struct buf *b, enum lang lang, const char *date) {
    const char *markup = date_markup(c, lang, date);
    words_add(b, lang, WORD_AS_OF, (const struct fill[]){{"date", NULL, markup}, {0}});
}

static const char *count_text(struct call *c, double n) {
    return call_printf(c, "%.0f", n);
}

/* ---- the plan ---- */

static void add_bar(struct call *c, struct buf *b, enum lang lang, const struct doc *progress,
                    enum word label, const struct fill *fills) {
    const char *percent = doc_get_number(c, progress, "percent");
    if (!percent)
        return;
    buf_addf(b, "<progress max=\"100\" value=\"%s\" aria-label=\"", percent);
    words_add(b, lang, label, fills);
    buf_adds(b, "\">");
    words_add_percent(b, lang, percent);
    buf_adds(b, "</progress>\n");
}

/* "12 of 42 objectives have reported a status. Of those, 9 are on track." */
static void add_headline(struct call *c, struct buf *b, enum lang lang,
                         const struct doc *progress) {
    const struct doc *counts = doc_get(progress, "status_counts");
    double total = doc_number(doc_get(progress, "total"));
    double reported = total - doc_number(doc_get(counts, "no_information"));
    const struct fill fills[] = {{"count", count_text(c, reported), NULL},
                                 {"total", count_text(c, total), NULL},
                                 {0}};
    if (reported == 0) {
        words_add(b, lang, WORD_NONE_REPORTED, fills);
        return;
    }
    words_add(b, lang, WORD_REPORTED, fills);
    buf_adds(b, " ");
    const char *on_track = count_text(c, doc_number(doc_get(counts, "on_track")));
    words_add(b, lang, WORD_REPORTED_ON_TRACK,
              (const struct fill[]){{"count", on_track, NULL}, {0}});
}

static void add_counted(struct call *c, struct buf *b, enum lang lang, const struct doc *row) {
    const char *percent = doc_get_number(c, row, "percent");
    buf_addf(b, "<tr><th scope=\"row\">%s</th><td>%s</td><td>", doc_get_number(c, row, "goal"),
             doc_get_number(c, row, "weight"));
    if (percent)
        words_add_percent(b, lang, percent);
    else
        words_add(b, lang, WORD_NOT_REPORTED, NULL);
    buf_adds(b, "</td></tr>\n");
}

/* How the percent came about, with this plan's own numbers, so that anybody can redo the sum. */
static void add_method(struct call *c, struct buf *b, enum lang lang, const struct doc *progress) {
    const struct doc *counted = doc_get(progress, "counted");
    add_element(b, lang, "<details>\n<summary>", WORD_METHOD, NULL, "</summary>\n");
    add_element(b, lang, "<p>", WORD_METHOD_OF_PLAN, NULL, "</p>\n<table>\n<thead><tr>");
    add_element(b, lang, "<th scope=\"col\">", WORD_GOAL, NULL, "</th>");
    add_element(b, lang, "<th scope=\"col\">", WORD_WEIGHT, NULL, "</th>");
    add_element(b, lang, "<th scope=\"col\">", WORD_PERCENT_COMPLETE, NULL,
                "</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < doc_count(counted); i++)
        add_counted(c, b, lang, doc_at(counted, i));
    buf_adds(b, "</tbody>\n</table>\n</details>\n");
}

static void add_latest(struct call *c, struct buf *b, enum lang lang, const struct doc *update) {
    if (doc_type(update) != DOC_OBJECT) {
        add_element(b, lang, "<p>", WORD_NO_UPDATE_OF_PLAN, NULL, "</p>\n");
        return;
    }
    const struct fill fills[] = {
        {"date", NULL, date_markup(c, lang, doc_get_text(update, "as_of"))},
        {"objective", doc_get_text(update, "objective"), NULL},
        {"summary", doc_get_text(update, "summary"), NULL},
        {0},
    };
    add_element(b, lang, "<p>", WORD_LATEST_UPDATE, fills, "</p>\n");
}

static void add_action(struct buf *b, enum lang lang, const struct doc *action) {
    const struct doc *done = doc_get(action, "done");
    const struct fill text[] = {{"action", doc_get_text(action, "text"), NULL}, {0}};
    buf_adds(b, "<li>");
    if (doc_type(done) == DOC_BOOL)
        words_add(b, lang, doc_bool(done) ? WORD_ACTION_DONE : WORD_ACTION_NOT_DONE, text);
    else
        buf_add_html(b, text->text);
    buf_adds(b, "</li>\n");
}

static void add_actions(struct buf *b, enum lang lang, const struct doc *actions) {
    if (doc_count(actions) == 0)
        return;
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(actions); i++)
        add_action(b, lang, doc_at(actions, i));
    buf_adds(b, "</ul>\n");
}

static void add_description(struct buf *b, const struct doc *objective, const char *position) {
    const char *text = doc_get_text(objective, "description");
    const char *stands = doc_get_text(objective, "description_position");
    if (!text || !stands || strcmp(stands, position) != 0)
        return;
    buf_adds(b, "<p>");
    buf_add_html(b, text);
    buf_adds(b, "</p>\n");
}

static void add_state(struct call *c, struct buf *b, enum lang lang, const struct doc *objective) {
    const char *status = doc_get_text(objective, "status");
    const char *meaning = words_status_meaning(lang, status);
    const char *percent = doc_get_number(c, objective, "percent_complete");
    buf_addf(b, "<p><span class=\"tag %s\">", status);
    buf_add_html(b, words_status(lang, status));
    buf_adds(b, "</span>");
    if (meaning) {
        buf_adds(b, " <span class=\"quiet\">");
        buf_add_html(b, meaning);
        buf_adds(b, "</span>");
    }
    if (percent) {
        AUTO(buf) struct buf spelled = {0};
        words_add_percent(&spelled, lang, percent);
        buf_adds(b, ", ");
        words_add(b, lang, WORD_PROGRESS,
                  (const struct fill[]){{"percent", NULL, spelled.data}, {0}});
    }
    if (doc_get_text(objective, "status_as_of")) {
        buf_adds(b, ", ");
        add_as_of(c, b, lang, doc_get_text(objective, "status_as_of"));
    }
    buf_adds(b, "</p>\n");
}

static void add_updates_link(struct call *c, struct buf *b, enum lang lang,
                             const struct doc *objective) {
    if (doc_number(doc_get(objective, "updates_count")) == 0) {
        add_element(b, lang, "<p class=\"quiet\">", WORD_NO_UPDATE_OF_OBJECTIVE, NULL, "</p>\n");
        return;
    }
    const struct fill fills[] = {
        {"count", doc_get_number(c, objective, "updates_count"), NULL},
        {"objective", doc_get_text(objective, "code"), NULL},
        {0},
    };
    buf_adds(b, "<p class=\"quiet\"><a href=\"");
    buf_add_html(b, doc_get_text(doc_get(objective, "links"), "updates"));
    add_element(b, lang, "\">", WORD_UPDATES_OF_OBJECTIVE, fills, "</a></p>\n");
}

static void add_objective(struct call *c, struct buf *b, enum lang lang,
                          const struct doc *objective) {
    buf_addf(b, "<li id=\"objective-%s\">\n<p><span class=\"code\">%s</span>",
             doc_get_text(objective, "code"), doc_get_text(objective, "code"));
    buf_add_html(b, doc_get_text(objective, "statement"));
    buf_adds(b, "</p>\n");
    add_description(b, objective, "before");
    add_actions(b, lang, doc_get(objective, "actions"));
    add_description(b, objective, "after");
    add_state(c, b, lang, objective);
    add_updates_link(c, b, lang, objective);
    buf_adds(b, "</li>\n");
}

static void add_goal(struct call *c, struct buf *b, enum lang lang, const struct doc *goal,
                     const struct doc *objectives) {
    double number = doc_number(doc_get(goal, "number"));
    const struct fill fills[] = {{"number", count_text(c, number), NULL},
                                 {"statement", doc_get_text(goal, "statement"), NULL},
                                 {0}};
    buf_addf(b, "<section aria-labelledby=\"goal-%.0f\">\n<h2 id=\"goal-%.0f\">", number, number);
    add_element(b, lang, "", WORD_GOAL_TITLED, fills, "</h2>\n<p>");
    words_add_progress(c, b, lang, goal);
    buf_adds(b, "</p>\n");
    add_bar(c, b, lang, goal, WORD_PROGRESS_OF_GOAL, fills);
    buf_adds(b, "<ol class=\"objectives\">\n");
    for (size_t i = 0; i < doc_count(objectives); i++)
        if (doc_number(doc_get(doc_at(objectives, i), "goal")) == number)
            add_objective(c, b, lang, doc_at(objectives, i));
    buf_adds(b, "</ol>\n</section>\n");
}

static void add_footer(struct buf *b, enum lang lang) {
    static const struct {
        const char *href;
        enum word word;
    } LINKS[] = {
        {"/summary", WORD_SUMMARY},       {"/goals", WORD_GOALS},
        {"/objectives", WORD_OBJECTIVES}, {"/updates", WORD_UPDATES},
        {"/openapi.yaml", WORD_CONTRACT},
    };
    add_element(b, lang, "<footer class=\"quiet\">\n<p>", WORD_WORDS_ARE_THE_CITYS, NULL, "</p>\n");
    add_element(b, lang, "<p>", WORD_AS_DATA, NULL, "</p>\n<ul>\n");
    for (size_t i = 0; i < COUNT(LINKS); i++) {
        buf_addf(b, "<li><a href=\"%s\">", LINKS[i].href);
        add_element(b, lang, "", LINKS[i].word, NULL, "</a></li>\n");
    }
    buf_adds(b, "</ul>\n</footer>\n");
}

static void add_header(struct call *c, struct buf *b, enum lang lang, const struct doc *summary) {
    const char *as_of = doc_get_text(summary, "as_of");
    const struct fill whose[] = {{"organization", doc_get_text(summary, "organization"), NULL},
                                 {0}};
    buf_adds(b, "<header>\n<h1>");
    buf_add_html(b, doc_get_text(summary, "title"));
    add_element(b, lang, "</h1>\n<p class=\"quiet\">", WORD_STRATEGIC_PLAN, whose, "");
    if (as_of) {
        buf_adds(b, ", ");
        add_as_of(c, b, lang, as_of);
    }
    buf_adds(b, "</p>\n");
    if (doc_bool(doc_get(summary, "demo")))
        add_element(b, lang, "<p class=\"demo\">", WORD_DEMO, NULL, "</p>\n");
    buf_adds(b, "</header>\n");
}

bool page_plan(struct call *c, struct buf *b, enum lang lang, const char *self,
               const struct doc *summary, const struct doc *objectives,
               const struct catalog *data) {
    const struct doc *progress = doc_get(summary, "progress");
    const struct doc *goals = doc_get(summary, "goals");
    page_begin(b, lang, doc_get_text(summary, "title"));
    languages_add_links(b, lang, self);
    add_header(c, b, lang, summary);
    buf_adds(b, "<main id=\"main\">\n<p>");
    add_headline(c, b, lang, progress);
    buf_adds(b, "</p>\n<p>");
    words_add_progress(c, b, lang, progress);
    buf_adds(b, "</p>\n");
    add_bar(c, b, lang, progress, WORD_PROGRESS_OF_PLAN, NULL);
    add_method(c, b, lang, progress);
    add_latest(c, b, lang, doc_get(summary, "last_update"));
    for (size_t i = 0; i < doc_count(goals); i++)
        add_goal(c, b, lang, doc_at(goals, i), doc_get(objectives, "data"));
    buf_adds(b, "</main>\n");
    add_footer(b, lang);
    if (!catalog_json_ld(c, b, data))
        return false;
    page_end(b);
    return buf_ok(c, b);
}
