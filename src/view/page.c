#include "view/page.h"

#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "generated/web.h"
#include "view/words.h"

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

void page_begin(struct buf *b, const char *title) {
    buf_adds(b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    buf_add_html(b, title);
    buf_adds(b, "</title>\n<style>");
    buf_add(b, style()->bytes, style()->len);
    buf_adds(
        b, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
}

void page_end(struct buf *b) {
    buf_adds(b, "</body>\n</html>\n");
}

/* ---- the plan ---- */

static void add_bar(struct call *c, struct buf *b, const struct doc *progress, const char *label) {
    const char *percent = doc_get_number(c, progress, "percent");
    if (!percent)
        return;
    buf_addf(b, "<progress max=\"100\" value=\"%s\" aria-label=\"", percent);
    buf_add_html(b, label);
    buf_addf(b, "\">%s %%</progress>\n", percent);
}

/* "12 of 42 objectives have reported. Of those, 9 are on track." */
static void add_headline(struct buf *b, const struct doc *progress) {
    const struct doc *counts = doc_get(progress, "status_counts");
    int total = (int)doc_number(doc_get(progress, "total"));
    int reported = total - (int)doc_number(doc_get(counts, "no_information"));
    int on_track = (int)doc_number(doc_get(counts, "on_track"));
    if (reported == 0)
        buf_addf(b, "None of the %d objectives has reported a status yet.", total);
    else
        buf_addf(b, "%d of %d objectives %s reported a status. Of those, %d %s on track.", reported,
                 total, reported == 1 ? "has" : "have", on_track, on_track == 1 ? "is" : "are");
}

/* How the percent came about, with this plan's own numbers, so that anybody can redo the sum. */
static void add_method(struct call *c, struct buf *b, const struct doc *progress) {
    const struct doc *counted = doc_get(progress, "counted");
    buf_adds(
        b,
        "<details>\n<summary>How is this computed?</summary>\n"
        "<p>Each goal counts by its weight; a goal that has reported no percent counts as 0, and the result "
        "is then a lower bound. Within a goal, each objective counts by its weight in the same way; "
        "ongoing, cancelled and archived objectives are listed but not counted.</p>\n"
        "<table>\n<thead><tr><th scope=\"col\">Goal</th><th scope=\"col\">Weight</th>"
        "<th scope=\"col\">Percent</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < doc_count(counted); i++) {
        const struct doc *row = doc_at(counted, i);
        const char *percent = doc_get_number(c, row, "percent");
        buf_addf(b, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s%s</td></tr>\n",
                 doc_get_number(c, row, "goal"), doc_get_number(c, row, "weight"),
                 percent ? percent : "not reported", percent ? " %" : "");
    }
    buf_adds(b, "</tbody>\n</table>\n</details>\n");
}

static void add_latest(struct buf *b, const struct doc *update) {
    if (doc_type(update) != DOC_OBJECT) {
        buf_adds(b, "<p>No update has been published for this plan yet.</p>\n");
        return;
    }
    buf_adds(b, "<p>Latest update, ");
    words_add_date(b, doc_get_text(update, "as_of"));
    buf_adds(b, ", objective ");
    buf_add_html(b, doc_get_text(update, "objective"));
    buf_adds(b, ": ");
    buf_add_html(b, doc_get_text(update, "summary"));
    buf_adds(b, "</p>\n");
}

static void add_actions(struct buf *b, const struct doc *actions) {
    if (doc_count(actions) == 0)
        return;
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(actions); i++) {
        const struct doc *done = doc_get(doc_at(actions, i), "done");
        buf_adds(b, "<li>");
        buf_add_html(b, doc_get_text(doc_at(actions, i), "text"));
        if (doc_type(done) == DOC_BOOL)
            buf_adds(b, doc_bool(done) ? " (done)" : " (not done)");
        buf_adds(b, "</li>\n");
    }
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

static void add_state(struct call *c, struct buf *b, const struct doc *objective) {
    const char *status = doc_get_text(objective, "status");
    const char *meaning = words_status_meaning(status);
    const char *percent = doc_get_number(c, objective, "percent_complete");
    buf_addf(b, "<p><span class=\"tag %s\">%s</span>", status, words_status(status));
    if (meaning)
        buf_addf(b, " <span class=\"quiet\">%s</span>", meaning);
    if (percent)
        buf_addf(b, ", %s %% complete", percent);
    if (doc_get_text(objective, "status_as_of")) {
        buf_adds(b, ", as of ");
        words_add_date(b, doc_get_text(objective, "status_as_of"));
    }
    buf_adds(b, "</p>\n");
}

static void add_updates_link(struct call *c, struct buf *b, const struct doc *objective) {
    int count = (int)doc_number(doc_get(objective, "updates_count"));
    if (count == 0) {
        buf_adds(b,
                 "<p class=\"quiet\">No update has been published for this objective yet.</p>\n");
        return;
    }
    const struct doc *links = doc_get(objective, "links");
    buf_adds(b, "<p class=\"quiet\"><a href=\"");
    buf_add_html(b, doc_get_text(links, "updates"));
    buf_addf(b, "\">%s update%s of objective %s</a></p>\n",
             doc_get_number(c, objective, "updates_count"), count == 1 ? "" : "s",
             doc_get_text(objective, "code"));
}

static void add_objective(struct call *c, struct buf *b, const struct doc *objective) {
    buf_addf(b, "<li id=\"objective-%s\">\n<p><span class=\"code\">%s</span>",
             doc_get_text(objective, "code"), doc_get_text(objective, "code"));
    buf_add_html(b, doc_get_text(objective, "statement"));
    buf_adds(b, "</p>\n");
    add_description(b, objective, "before");
    add_actions(b, doc_get(objective, "actions"));
    add_description(b, objective, "after");
    add_state(c, b, objective);
    add_updates_link(c, b, objective);
    buf_adds(b, "</li>\n");
}

static void add_goal(struct call *c, struct buf *b, const struct doc *goal,
                     const struct doc *objectives) {
    double number = doc_number(doc_get(goal, "number"));
    buf_addf(b, "<section aria-labelledby=\"goal-%.0f\">\n<h2 id=\"goal-%.0f\">Goal %.0f: ", number,
             number, number);
    buf_add_html(b, doc_get_text(goal, "statement"));
    buf_adds(b, "</h2>\n<p>");
    words_add_progress(c, b, goal);
    buf_adds(b, ".</p>\n");
    add_bar(c, b, goal, "Progress of this goal");
    buf_adds(b, "<ol class=\"objectives\">\n");
    for (size_t i = 0; i < doc_count(objectives); i++)
        if (doc_number(doc_get(doc_at(objectives, i), "goal")) == number)
            add_objective(c, b, doc_at(objectives, i));
    buf_adds(b, "</ol>\n</section>\n");
}

static void add_footer(struct buf *b) {
    buf_adds(
        b,
        "<footer class=\"quiet\">\n<p>The words of the goals and objectives are the city's own. A number that "
        "nobody has reported is not shown.</p>\n<p>As data: <a href=\"/summary\">summary</a>, "
        "<a href=\"/goals\">goals</a>, <a href=\"/objectives\">objectives</a>, "
        "<a href=\"/updates\">updates</a>, <a href=\"/openapi.yaml\">the API's contract</a>.</p>\n"
        "</footer>\n");
}

bool page_plan(struct call *c, struct buf *b, const struct doc *summary,
               const struct doc *objectives, const struct catalog *data) {
    const struct doc *progress = doc_get(summary, "progress");
    const struct doc *goals = doc_get(summary, "goals");
    const char *as_of = doc_get_text(summary, "as_of");
    page_begin(b, doc_get_text(summary, "title"));
    buf_adds(b, "<header>\n<h1>");
    buf_add_html(b, doc_get_text(summary, "title"));
    buf_adds(b, "</h1>\n<p class=\"quiet\">");
    buf_add_html(b, doc_get_text(summary, "organization"));
    buf_adds(b, " strategic plan");
    if (as_of) {
        buf_adds(b, ", as of ");
        words_add_date(b, as_of);
    }
    buf_adds(b, "</p>\n");
    if (doc_bool(doc_get(summary, "demo")))
        buf_adds(
            b,
            "<p class=\"demo\">Demonstration data: nothing on this page was reported by the city.</p>\n");
    buf_adds(b, "</header>\n<main id=\"main\">\n<p>");
    add_headline(b, progress);
    buf_adds(b, " ");
    words_add_progress(c, b, progress);
    buf_adds(b, ".</p>\n");
    add_bar(c, b, progress, "Progress of the plan");
    add_method(c, b, progress);
    add_latest(b, doc_get(summary, "last_update"));
    for (size_t i = 0; i < doc_count(goals); i++)
        add_goal(c, b, doc_at(goals, i), doc_get(objectives, "data"));
    buf_adds(b, "</main>\n");
    add_footer(b);
    if (!catalog_json_ld(c, b, data))
        return false;
    page_end(b);
    return buf_ok(c, b);
}
