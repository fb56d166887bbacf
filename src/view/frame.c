#include "frame.h"

#include <string.h>

#include "inline.h"
#include "view/languages.h"

static const struct {
    enum place place;
    const char *path;
    enum word word;
} PLACES[] = {
    {PLACE_PLAN, "/", WORD_OVERVIEW},
    {PLACE_OBJECTIVES, "/objectives", WORD_OBJECTIVES},
    {PLACE_UPDATES, "/updates", WORD_UPDATES},
};

static const char *plan_title(const struct page *p) {
    return doc_get_text(p->doc[PART_HEAD], "title");
}

/* ---- the head ---- */

static void add_meta(struct buf *b, const char *kind, const char *name, const char *content) {
    if (!content)
        return;
    buf_addf(b, "<meta %s=\"%s\" content=\"", kind, name);
    buf_add_html(b, content);
    buf_adds(b, "\">\n");
}

static void add_title(struct buf *b, const struct page *p, const struct frame *f) {
    buf_adds(b, "<title>");
    if (f->title) {
        buf_add_html(b, f->title);
        buf_adds(b, " – ");
    }
    buf_add_html(b, plan_title(p));
    buf_adds(b, "</title>\n");
}

/* Where this page is found for good, whatever day and language it is seen in. */
static const char *canonical(struct call *c, const struct page *p) {
    return call_printf(c, "%s%s%s%s", p->base, p->path, p->plan ? "?plan=" : "",
                       p->plan ? p->plan : "");
}

static void add_head(struct call *c, struct buf *b, const struct page *p, const struct frame *f) {
    const char *url = canonical(c, p);
    buf_addf(b,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
             lang_tag(p->lang));
    add_title(b, p, f);
    add_meta(b, "name", "description", f->description);
    add_meta(b, "property", "og:type", "website");
    add_meta(b, "property", "og:site_name", plan_title(p));
    add_meta(b, "property", "og:title", f->title ? f->title : plan_title(p));
    add_meta(b, "property", "og:description", f->description);
    add_meta(b, "property", "og:url", url);
    add_meta(b, "name", "twitter:card", "summary");
    buf_adds(b, "<link rel=\"canonical\" href=\"");
    buf_add_html(b, url);
    buf_adds(b, "\">\n");
    languages_add_alternates(b, p->base, p->self);
    buf_adds(b, "<link rel=\"alternate\" type=\"application/atom+xml\"");
    add_href(b, p, f->feed, KEEP_PLAN);
    buf_adds(b, ">\n");
    add_style(b);
    buf_adds(b, "</head>\n");
}

/* ---- what stands above ---- */

static void begin_nav(struct buf *b, const struct page *p, const char *class, enum word label) {
    buf_addf(b, "<nav class=\"%s\" aria-label=\"", class);
    say(b, p, label);
    buf_adds(b, "\">\n");
}

static void add_plan_link(struct buf *b, const struct page *p) {
    buf_adds(b, "<a");
    add_href(b, p, "/", KEEP_ALL);
    add_own_lang(b, p);
    buf_addc(b, '>');
    buf_add_html(b, plan_title(p));
    buf_adds(b, "</a>");
}

static void add_places(struct buf *b, const struct page *p, const struct frame *f) {
    begin_nav(b, p, "places", WORD_NAV_PLACES);
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < COUNT(PLACES); i++) {
        bool here = PLACES[i].place == f->place;
        bool itself = strcmp(PLACES[i].path, p->path) == 0;
        buf_addf(b, "<li><a%s",
                 itself ? " aria-current=\"page\""
                 : here ? " aria-current=\"true\""
                        : "");
        add_href(b, p, PLACES[i].path, KEEP_ALL);
        buf_addc(b, '>');
        say(b, p, PLACES[i].word);
        buf_adds(b, "</a></li>\n");
    }
    buf_adds(b, "</ul>\n</nav>\n");
}

static void add_banner(struct buf *b, const struct page *p, const struct frame *f) {
    buf_adds(b, "<header class=\"top\">\n<p class=\"brand\">");
    add_plan_link(b, p);
    buf_adds(b, " ");
    add_own(b, p, "span", NULL, doc_get_text(p->doc[PART_HEAD], "organization"));
    buf_adds(b, "</p>\n");
    add_places(b, p, f);
    languages_add_links(b, p->lang, p->self);
    buf_adds(b, "</header>\n");
}

static void add_way(struct buf *b, const struct page *p, const struct frame *f) {
    if (!f->title)
        return;
    begin_nav(b, p, "way", WORD_NAV_WAY);
    buf_adds(b, "<ol>\n<li>");
    add_plan_link(b, p);
    buf_adds(b, "</li>\n");
    for (size_t i = 0; i < COUNT(f->crumbs) && f->crumbs[i].path; i++) {
        buf_adds(b, "<li>");
        add_link(b, p, f->crumbs[i].path, f->crumbs[i].text);
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, "<li aria-current=\"page\">");
    buf_add_html(b, f->here);
    buf_adds(b, "</li>\n</ol>\n</nav>\n");
}

/* What is not of today, or not the city's, is called so before anything else. */
static void add_notices(struct call *c, struct buf *b, const struct page *p) {
    if (doc_bool(doc_get(p->doc[PART_HEAD], "demo")))
        say_p(b, p, "notice demo", WORD_DEMO);
    if (!p->as_of && !p->known_at)
        return;
    buf_adds(b, "<div class=\"notice\">\n<p>");
    if (p->as_of)
        say_date(c, b, p, WORD_SHOWING_AS_OF, p->as_of);
    buf_adds(b, p->as_of && p->known_at ? "</p>\n<p>" : "");
    if (p->known_at)
        say_of(b, p, WORD_SHOWING_KNOWN_AT, "moment", p->known_at);
    buf_adds(b, "</p>\n<p class=\"screen\"><a");
    add_href(b, p, p->path, KEEP_PLAN | KEEP_LANG);
    buf_addc(b, '>');
    say(b, p, WORD_SHOW_TODAY);
    buf_adds(b, "</a></p>\n</div>\n");
}

void frame_begin(struct call *c, struct buf *b, const struct page *p, const struct frame *f) {
    add_head(c, b, p, f);
    buf_adds(b, "<body>\n<a class=\"skip\" href=\"#main\">");
    say(b, p, WORD_SKIP);
    buf_adds(b, "</a>\n");
    add_banner(b, p, f);
    add_way(b, p, f);
    buf_adds(b, "<main id=\"main\" tabindex=\"-1\">\n");
    add_notices(c, b, p);
}

/* ---- what stands below ---- */

static void add_day_form(struct buf *b, const struct page *p) {
    buf_adds(b, "<form class=\"day\" method=\"get\" action=\"");
    buf_add_html(b, p->path);
    buf_adds(b, "\">\n");
    add_kept_fields(b, p, KEEP_PLAN | KEEP_KNOWN | KEEP_LANG);
    buf_adds(b, "<p><label for=\"as-of\">");
    say(b, p, WORD_PICK_DAY);
    buf_adds(b, "</label>\n<input id=\"as-of\" type=\"date\" name=\"as_of\" value=\"");
    buf_add_html(b, p->as_of);
    buf_adds(b, "\"></p>\n<button>");
    say(b, p, WORD_SHOW_DAY);
    buf_adds(b, "</button>\n</form>\n");
}

static void add_data_link(struct buf *b, const struct page *p, const char *path, unsigned keep,
                          const char *text) {
    buf_adds(b, "<li><a");
    add_href(b, p, path, keep);
    buf_addc(b, '>');
    buf_add_html(b, text);
    buf_adds(b, "</a></li>\n");
}

/* A browser gets pages where curl gets JSON: so the line to type stands here. */
static void add_data(struct buf *b, const struct page *p, const struct frame *f) {
    begin_nav(b, p, "data", WORD_AS_DATA);
    buf_adds(b, "<p>");
    say(b, p, WORD_AS_DATA);
    buf_adds(b, "</p>\n<ul>\n");
    add_data_link(b, p, f->table, KEEP_DATA, "CSV");
    add_data_link(b, p, f->feed, KEEP_PLAN, "Atom");
    add_data_link(b, p, "/feed.json", KEEP_PLAN, "JSON Feed");
    add_data_link(b, p, "/plan.stratml.xml", KEEP_DATA, "StratML");
    add_data_link(b, p, "/summary", KEEP_DATA, words_text(p->lang, WORD_SUMMARY));
    add_data_link(b, p, "/docs", 0, words_text(p->lang, WORD_CONTRACT));
    add_data_link(b, p, "/embed", KEEP_LANG, words_text(p->lang, WORD_PASTE_TITLE));
    add_data_link(b, p, "/accessibility", KEEP_LANG, words_text(p->lang, WORD_ACCESSIBILITY));
    buf_adds(b, "</ul>\n</nav>\n<p>");
    say(b, p, WORD_THIS_PAGE_AS_JSON);
    buf_adds(b, " <code>curl ");
    buf_add_html(b, p->base);
    buf_add_html(b, p->path);
    buf_adds(b, "</code></p>\n");
}

/* For a script to fill; empty, and as high, without one. */
static void add_freshness(struct buf *b, const struct page *p) {
    static const struct {
        const char *name;
        enum word word;
    } SAYINGS[] = {{"shown", WORD_FRESH_SHOWN},
                   {"stale", WORD_FRESH_STALE},
                   {"changed", WORD_FRESH_CHANGED}};
    buf_adds(b, "<p id=\"fresh\"");
    for (size_t i = 0; i < COUNT(SAYINGS); i++) {
        buf_addf(b, " data-%s=\"", SAYINGS[i].name);
        buf_add_html(b, words_text(p->lang, SAYINGS[i].word));
        buf_addc(b, '"');
    }
    buf_adds(b, "></p>\n<p id=\"told\" class=\"seen\" role=\"status\"></p>\n");
}

void frame_end(struct buf *b, const struct page *p, const struct frame *f) {
    buf_adds(b, "</main>\n<footer class=\"foot\">\n");
    add_day_form(b, p);
    say_p(b, p, NULL, WORD_WORDS_ARE_THE_CITYS);
    add_freshness(b, p);
    add_data(b, p, f);
    buf_adds(b, "</footer>\n");
    add_script(b);
    buf_adds(b, "</body>\n</html>\n");
}
