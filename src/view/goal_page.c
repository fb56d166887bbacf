#include "frame.h"
#include "method.h"
#include "rows.h"

static void add_standing_of(struct call *c, struct buf *b, const struct page *p,
                            const struct doc *progress, const char *number) {
    static const struct method METHOD = {WORD_METHOD_OF_GOAL, WORD_OBJECTIVE, "code",
                                         "/objectives/"};
    buf_adds(b, "<section id=\"standing\">\n");
    add_progress(c, b, p, progress, said_of(c, p, WORD_PROGRESS_OF_GOAL, "number", number));
    add_counts(c, b, p, doc_get(progress, "status_counts"));
    add_method(c, b, p, progress, &METHOD);
    buf_adds(b, "</section>\n");
}

static void add_latest(struct call *c, struct buf *b, const struct page *p,
                       const struct doc *update, const char *number) {
    begin_section(b, p, "latest", WORD_LATEST_UPDATE_TITLE);
    if (doc_type(update) != DOC_OBJECT) {
        say_p(b, p, NULL, WORD_NO_UPDATE_OF_GOAL);
    } else {
        buf_adds(b, "<article class=\"update\" aria-labelledby=\"update\">\n<h3 id=\"update\">");
        add_link(b, p, call_printf(c, "/updates/%s", doc_get_text(update, "id")),
                 update_title(c, p, update));
        buf_adds(b, "</h3>\n");
        add_update(c, b, p, update);
        buf_adds(b, "</article>\n<p>");
        add_word_link(b, p, call_printf(c, "/updates?goal=%s", number), WORD_ALL_UPDATES);
        buf_adds(b, "</p>\n");
    }
    buf_adds(b, "</section>\n");
}

bool page_goal(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *goal = p->doc[PART_GOAL], *list = doc_get(goal, "objectives");
    const char *number = doc_get_number(c, goal, "number");
    const struct frame f = {
        .title = said_titled(c, p, WORD_GOAL_TITLED, "number", number, goal),
        .here = said_of(c, p, WORD_GOAL_NUMBER, "number", number),
        .description = doc_get_text(goal, "statement"),
        .place = PLACE_PLAN,
        .feed = call_printf(c, "/updates.atom?goal=%s", number),
        .table = call_printf(c, "/objectives.csv?goal=%s", number),
    };
    frame_begin(c, b, p, &f);
    add_goal_title(c, b, p, "h1", goal);
    add_original(b, p, goal, "statement");
    add_standing_of(c, b, p, doc_get(goal, "progress"), number);
    begin_section(b, p, "objectives", WORD_OBJECTIVES);
    if (doc_count(list) == 0)
        say_p(b, p, NULL, WORD_NO_OBJECTIVES);
    add_objectives(c, b, p, list, 0);
    buf_adds(b, "</section>\n");
    add_latest(c, b, p, doc_get(goal, "latest_update"), number);
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}
