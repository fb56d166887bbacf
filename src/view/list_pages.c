#include "find.h"
#include "frame.h"
#include "rows.h"

/* ---- /objectives ---- */

/* How many there are of what was asked for; a page of many has not counted them itself. */
static void add_found(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *found) {
    const char *total = doc_get_number(c, doc_get(found, "page"), "total");
    buf_adds(b, "<p id=\"found\">");
    if (doc_count(doc_get(found, "data")) == 0)
        say(b, p, WORD_NOTHING_FOUND);
    else if (total)
        say_of(b, p, WORD_FOUND, "count", total);
    buf_adds(b, "</p>\n");
}

bool page_objectives(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *found = p->doc[PART_OBJECTIVES];
    const struct frame f = {
        .title = words_text(p->lang, WORD_OBJECTIVES),
        .here = words_text(p->lang, WORD_OBJECTIVES),
        .description = words_text(p->lang, WORD_OBJECTIVES_TOLD),
        .place = PLACE_OBJECTIVES,
        .feed = "/updates.atom",
        .table = "/objectives.csv",
    };
    frame_begin(c, b, p, &f);
    buf_adds(b, "<h1>");
    say(b, p, WORD_OBJECTIVES);
    buf_adds(b, "</h1>\n");
    add_find(c, b, p);
    buf_adds(b, "<section id=\"results\" aria-labelledby=\"found\">\n");
    add_found(c, b, p, found);
    add_objectives(c, b, p, doc_get(found, "data"), 0);
    add_pages(b, p, found);
    buf_adds(b, "</section>\n");
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}

/* ---- /updates ---- */

static void add_choice_of_goal(struct call *c, struct buf *b, const struct page *p) {
    buf_adds(b, "<form class=\"find\" method=\"get\" action=\"/updates\">\n");
    add_kept_fields(b, p, KEEP_ALL);
    add_goal_choice(c, b, p);
    buf_adds(b, "<button>");
    say(b, p, WORD_FIND);
    buf_adds(b, "</button>\n</form>\n");
}

/* Nothing there at all is another thing than nothing that fits. */
static enum word word_of_nothing(const struct page *p) {
    void *at = NULL;
    const char *name;
    const struct doc *value;
    if (doc_get(p->asked, "objective"))
        return WORD_NO_UPDATE_OF_OBJECTIVE;
    return doc_next(p->asked, &at, &name, &value) ? WORD_NO_UPDATE_HERE : WORD_NO_UPDATE_OF_PLAN;
}

bool page_updates(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *list = p->doc[PART_UPDATES];
    const char *code = doc_get_text(p->asked, "objective");
    const struct frame f = {
        .title = words_text(p->lang, WORD_UPDATES),
        .here = words_text(p->lang, WORD_UPDATES),
        .description = words_text(p->lang, WORD_UPDATES_TOLD),
        .place = PLACE_UPDATES,
        .feed = "/updates.atom",
        .table = "/updates.csv",
    };
    frame_begin(c, b, p, &f);
    buf_adds(b, "<h1>");
    if (code)
        say_of(b, p, WORD_UPDATES_OF, "code", code);
    else
        say(b, p, WORD_UPDATES);
    buf_adds(b, "</h1>\n");
    if (!code)
        add_choice_of_goal(c, b, p);
    buf_adds(b, "<section id=\"results\">\n");
    if (doc_count(doc_get(list, "data")) == 0)
        say_p(b, p, NULL, word_of_nothing(p));
    add_updates(c, b, p, doc_get(list, "data"), 2);
    add_pages(b, p, list);
    buf_adds(b, "</section>\n");
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}

/* ---- /updates/{id} ---- */

bool page_update(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *update = p->doc[PART_UPDATE], *objective = p->doc[PART_CONTEXT];
    const char *code = doc_get_text(update, "objective");
    const char *what = update_title(c, p, update);
    const struct frame f = {
        .title = call_printf(c, "%s – %s", what, said_of(c, p, WORD_OBJECTIVE_CODE, "code", code)),
        .here = what,
        .description = doc_get_text(update, "summary"),
        .place = PLACE_UPDATES,
        .crumbs = {{"/updates", words_text(p->lang, WORD_UPDATES)},
                   {call_printf(c, "/objectives/%s", code),
                    said_of(c, p, WORD_OBJECTIVE_CODE, "code", code)}},
        .feed = call_printf(c, "/updates.atom?objective=%s", code),
        .table = call_printf(c, "/updates.csv?objective=%s", code),
    };
    frame_begin(c, b, p, &f);
    buf_adds(b, "<h1>");
    buf_add_html(b, what);
    buf_addf(b, "</h1>\n<p class=\"lead\"><span class=\"code\">%s</span> ", code);
    add_translated(b, p, objective, "statement");
    buf_adds(b, "</p>\n");
    add_original(b, p, objective, "statement");
    buf_addf(b, "<article id=\"update\" class=\"update%s\">\n",
             is_text(update, "state", "retracted") || is_text(update, "state", "superseded")
                 ? " gone"
                 : "");
    add_update(c, b, p, update);
    buf_adds(b, "</article>\n");
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}
