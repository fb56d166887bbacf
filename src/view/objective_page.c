#include <string.h>

#include "frame.h"
#include "history.h"
#include "rows.h"

/* ---- the city's words ---- */

static void add_description(struct buf *b, const struct page *p, const struct doc *objective,
                            const char *position) {
    if (!is_text(objective, "description_position", position))
        return;
    buf_adds(b, "<p class=\"said\">");
    add_translated(b, p, objective, "description");
    buf_adds(b, "</p>\n");
    add_original(b, p, objective, "description");
}

static void add_actions(struct call *c, struct buf *b, const struct page *p,
                        const struct doc *actions) {
    if (doc_count(actions) == 0)
        return;
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(actions); i++) {
        const struct doc *action = doc_at(actions, i), *done = doc_get(action, "done");
        buf_adds(b, "<li>");
        if (doc_type(done) == DOC_BOOL)
            say_markup(b, p, doc_bool(done) ? WORD_ACTION_DONE : WORD_ACTION_NOT_DONE, "action",
                       translated_of(c, p, action, "text"));
        else
            add_translated(b, p, action, "text");
        add_original(b, p, action, "text");
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, "</ul>\n");
}

/* ---- how it stands ---- */

static void begin_fact(struct buf *b, const struct page *p, enum word w) {
    buf_adds(b, "<dt>");
    say(b, p, w);
    buf_adds(b, "</dt><dd>");
}

static void add_date_fact(struct call *c, struct buf *b, const struct page *p, enum word w,
                          const char *date) {
    if (!date)
        return;
    begin_fact(b, p, w);
    buf_adds(b, date_of(c, p, date));
    buf_adds(b, "</dd>\n");
}

static void add_own_fact(struct buf *b, const struct page *p, enum word w, const char *text) {
    if (!text)
        return;
    begin_fact(b, p, w);
    add_own(b, p, "span", "said", text);
    buf_adds(b, "</dd>\n");
}

static const struct {
    const char *frequency;
    enum word word;
} FREQUENCIES[] = {
    {"monthly", WORD_MONTHLY},
    {"quarterly", WORD_QUARTERLY},
    {"semiannual", WORD_SEMIANNUAL},
    {"annual", WORD_ANNUAL},
};

static void add_frequency(struct buf *b, const struct page *p, const struct doc *objective) {
    for (size_t i = 0; i < COUNT(FREQUENCIES); i++) {
        if (!is_text(objective, "update_frequency", FREQUENCIES[i].frequency))
            continue;
        begin_fact(b, p, WORD_REPORTED_EVERY);
        say(b, p, FREQUENCIES[i].word);
        buf_adds(b, "</dd>\n");
    }
}

static void add_supporting(struct buf *b, const struct page *p, const struct doc *slugs) {
    if (doc_count(slugs) == 0)
        return;
    begin_fact(b, p, WORD_SUPPORTING);
    for (size_t i = 0; i < doc_count(slugs); i++) {
        buf_adds(b, i ? "<br>" : "");
        add_contact(b, p, doc_text(doc_at(slugs, i)));
    }
    buf_adds(b, "</dd>\n");
}

static void add_facts(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *objective) {
    buf_adds(b, "<dl class=\"facts\">\n");
    begin_fact(b, p, WORD_FIND_STATUS);
    add_standing(c, b, p, objective);
    buf_adds(b, "</dd>\n");
    add_own_fact(b, p, WORD_NEXT_STEP,
                 doc_get_text(doc_get(objective, "latest_update"), "next_steps"));
    begin_fact(b, p, WORD_WHOM_TO_ASK);
    add_contact(b, p, doc_get_text(objective, "lead_department"));
    buf_adds(b, "</dd>\n");
    add_supporting(b, p, doc_get(objective, "supporting_departments"));
    add_own_fact(b, p, WORD_OWNER_ROLE, doc_get_text(objective, "owner_role"));
    add_date_fact(c, b, p, WORD_STARTS_ON, doc_get_text(objective, "start_on"));
    add_date_fact(c, b, p, WORD_DUE_ON, doc_get_text(objective, "due_on"));
    add_frequency(b, p, objective);
    add_date_fact(c, b, p, WORD_NEXT_REPORT, doc_get_text(objective, "next_update_due"));
    buf_adds(b, "</dl>\n");
}

/* ---- its milestones and what it is bound to ---- */

static void add_milestone(struct call *c, struct buf *b, const struct page *p,
                          const struct doc *milestone) {
    const char *achieved = doc_get_text(milestone, "achieved_on");
    const char *due = doc_get_text(milestone, "due_on");
    buf_adds(b, "<li>");
    add_own(b, p, "span", NULL, doc_get_text(milestone, "title"));
    if (achieved || due) {
        buf_adds(b, " <span class=\"quiet\">(");
        say_date(c, b, p, achieved ? WORD_ACHIEVED_ON : WORD_PLANNED_FOR,
                 achieved ? achieved : due);
        buf_adds(b, ")</span>");
    }
    buf_adds(b, "</li>\n");
}

static void add_milestones(struct call *c, struct buf *b, const struct page *p,
                           const struct doc *list) {
    if (doc_count(list) == 0)
        return;
    begin_section(b, p, "milestones", WORD_MILESTONES);
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(list); i++)
        add_milestone(c, b, p, doc_at(list, i));
    buf_adds(b, "</ul>\n</section>\n");
}

static const struct {
    const char *type;
    enum word word;
} RELATIONS[] = {
    {"related", WORD_RELATED_TO},
    {"completes", WORD_COMPLETES},
    {"depends_on", WORD_DEPENDS_ON},
    {"supports", WORD_SUPPORTS},
};

static void add_relations(struct call *c, struct buf *b, const struct page *p,
                          const struct doc *list) {
    if (doc_count(list) == 0)
        return;
    begin_section(b, p, "relations", WORD_RELATIONS);
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(list); i++) {
        const char *code = doc_get_text(doc_at(list, i), "objective");
        buf_adds(b, "<li><a");
        add_href(b, p, call_printf(c, "/objectives/%s", code), KEEP_ALL);
        buf_addc(b, '>');
        for (size_t j = 0; j < COUNT(RELATIONS); j++)
            if (is_text(doc_at(list, i), "type", RELATIONS[j].type))
                say_of(b, p, RELATIONS[j].word, "code", code);
        buf_adds(b, "</a> ");
        add_own(b, p, "span", NULL, doc_get_text(doc_at(list, i), "note"));
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, "</ul>\n</section>\n");
}

/* ---- its histories ---- */

static void add_history(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *measures = doc_get(p->doc[PART_OBJECTIVE], "measures");
    begin_section(b, p, "history", WORD_HISTORY);
    add_percents(c, b, p, doc_get(p->doc[PART_HISTORY], "data"));
    buf_adds(b, "</section>\n");
    if (doc_count(measures) == 0)
        return;
    begin_section(b, p, "measures", WORD_MEASURES);
    for (size_t i = 0; i < doc_count(measures); i++)
        add_measure(c, b, p, doc_at(measures, i), p->values[i], i);
    buf_adds(b, "</section>\n");
}

/* "230 updates of objective 7.1", where this page has not all of them. */
static void add_all_link(struct call *c, struct buf *b, const struct page *p, const char *code) {
    buf_adds(b, "<a");
    add_href(b, p, call_printf(c, "/updates?objective=%s", code), KEEP_ALL);
    buf_addc(b, '>');
    words_add(b, p->lang, WORD_UPDATES_OF_OBJECTIVE,
              (const struct fill[]){
                  {"count", doc_get_number(c, p->doc[PART_OBJECTIVE], "updates_count"), NULL},
                  {"objective", code, NULL},
                  {0}});
    buf_adds(b, "</a>");
}

static void add_said(struct call *c, struct buf *b, const struct page *p, const char *code) {
    const struct doc *list = p->doc[PART_UPDATES];
    begin_section(b, p, "updates", WORD_UPDATES);
    if (doc_count(doc_get(list, "data")) == 0)
        say_p(b, p, NULL, WORD_NO_UPDATE_OF_OBJECTIVE);
    else
        add_updates(c, b, p, doc_get(list, "data"), 3);
    if (doc_bool(doc_get(doc_get(list, "page"), "has_more"))) {
        buf_adds(b, "<p>");
        add_all_link(c, b, p, code);
        buf_adds(b, "</p>\n");
    }
    buf_adds(b, "</section>\n");
}

static void add_title(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *objective) {
    buf_adds(b, "<h1>");
    words_add(b, p->lang, WORD_OBJECTIVE_TITLED,
              (const struct fill[]){{"code", doc_get_text(objective, "code"), NULL},
                                    {"statement", NULL,
                                     translated_of(c, p, objective, "statement")},
                                    {0}});
    buf_adds(b, "</h1>\n");
    add_original(b, p, objective, "statement");
}

bool page_objective(struct call *c, struct buf *b, const struct page *p) {
    const struct doc *objective = p->doc[PART_OBJECTIVE];
    const char *code = doc_get_text(objective, "code");
    const char *goal = doc_get_number(c, objective, "goal");
    const struct frame f = {
        .title = said_titled(c, p, WORD_OBJECTIVE_TITLED, "code", code, objective),
        .here = said_of(c, p, WORD_OBJECTIVE_CODE, "code", code),
        .description = doc_get_text(objective, "statement"),
        .place = PLACE_OBJECTIVES,
        .crumbs = {{call_printf(c, "/goals/%s", goal),
                    said_of(c, p, WORD_GOAL_NUMBER, "number", goal)}},
        .feed = call_printf(c, "/updates.atom?objective=%s", code),
        .table = call_printf(c, "/updates.csv?objective=%s", code),
    };
    frame_begin(c, b, p, &f);
    add_title(c, b, p, objective);
    add_description(b, p, objective, "before");
    add_actions(c, b, p, doc_get(objective, "actions"));
    add_description(b, p, objective, "after");
    buf_adds(b, "<section id=\"standing\">\n");
    add_archived(b, p, objective);
    add_facts(c, b, p, objective);
    add_lateness(c, b, p, objective);
    buf_adds(b, "</section>\n");
    add_milestones(c, b, p, doc_get(objective, "milestones"));
    add_history(c, b, p);
    add_said(c, b, p, code);
    add_relations(c, b, p, doc_get(objective, "relationships"));
    frame_end(b, p, &f);
    return !c->err && buf_ok(c, b);
}
