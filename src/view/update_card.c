#include <string.h>

#include "base/clock.h"
#include "rows.h"

static const struct {
    const char *kind;
    enum word word;
} KINDS[] = {
    {"progress", WORD_KIND_PROGRESS},
    {"note", WORD_KIND_NOTE},
    {"service_status", WORD_KIND_SERVICE_STATUS},
};

static enum word word_of_kind(const struct doc *update) {
    for (size_t i = 0; i < COUNT(KINDS); i++)
        if (is_text(update, "kind", KINDS[i].kind))
            return KINDS[i].word;
    return WORD_KIND_NOTE;
}

/* Of a moment, by UTC. */
static const char *day_of(struct call *c, const char *moment) {
    return call_strndup(c, moment, strnlen(moment, 10));
}

static const char *update_path(struct call *c, const char *id) {
    return call_printf(c, "/updates/%s", id);
}

const char *update_title(struct call *c, const struct page *p, const struct doc *update) {
    enum word w = is_text(update, "state", "retracted")    ? WORD_TITLE_RETRACTED
                  : is_text(update, "state", "superseded") ? WORD_TITLE_SUPERSEDED
                  : doc_get_text(update, "supersedes")     ? WORD_TITLE_CORRECTION
                                                           : word_of_kind(update);
    return said_of(c, p, w, "date", date_of(c, p, doc_get_text(update, "as_of")));
}

/* ---- what became of it ---- */

static void add_reason(struct buf *b, const struct page *p, const char *reason) {
    if (!reason)
        return;
    buf_adds(b, " ");
    say(b, p, WORD_REASON);
    buf_adds(b, " ");
    add_own(b, p, "span", NULL, reason);
}

static void add_retraction(struct call *c, struct buf *b, const struct page *p,
                           const struct doc *update) {
    const struct doc *retraction = doc_get(update, "retraction");
    const char *at = doc_get_text(retraction, "at");
    if (!at)
        return;
    buf_adds(b, "<p class=\"fate retracted\">");
    say_date(c, b, p, WORD_WITHDRAWN_ON, day_of(c, at));
    add_reason(b, p, doc_get_text(retraction, "reason"));
    buf_adds(b, "</p>\n");
}

/* To another update of its chain, which may be of a later day than the one that is looked at. */
static void add_chain_link(struct call *c, struct buf *b, const struct page *p, enum word w,
                           const char *id) {
    buf_adds(b, "<a");
    add_href(b, p, update_path(c, id), KEEP_ALL & ~(unsigned)KEEP_AS_OF);
    buf_addc(b, '>');
    say_of(b, p, w, "id", id);
    buf_adds(b, "</a>");
}

static void add_chain(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *update) {
    const char *by = doc_get_text(update, "superseded_by");
    const char *of = doc_get_text(update, "supersedes");
    if (by) {
        buf_adds(b, "<p class=\"fate superseded\">");
        add_chain_link(c, b, p, WORD_CORRECTED_BY, by);
        buf_adds(b, "</p>\n");
    }
    if (!of)
        return;
    buf_adds(b, "<p class=\"fate\">");
    add_chain_link(c, b, p, WORD_CORRECTS, of);
    add_reason(b, p, doc_get_text(update, "reason"));
    buf_adds(b, "</p>\n");
}

static void add_redaction(struct call *c, struct buf *b, const struct page *p,
                          const struct doc *update) {
    const struct doc *redaction = doc_get(update, "redaction");
    const char *at = doc_get_text(redaction, "at");
    if (!at)
        return;
    buf_adds(b, "<p class=\"fate\">");
    say_date(c, b, p, WORD_REDACTED_ON, day_of(c, at));
    add_reason(b, p, doc_get_text(redaction, "reason"));
    buf_adds(b, "</p>\n");
}

/* ---- what it says ---- */

static void add_state(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *update) {
    const char *status = doc_get_text(update, "status");
    const char *percent = doc_get_number(c, update, "percent_complete");
    if (!status)
        return;
    buf_adds(b, "<p>");
    add_status(b, p, status);
    if (percent) {
        buf_adds(b, " ");
        say_of(b, p, WORD_PROGRESS, "percent", percent_of(c, p, percent));
    }
    buf_adds(b, "</p>\n");
}

static void add_said(struct buf *b, const struct page *p, const struct doc *update,
                     const char *member) {
    const char *text = doc_get_text(update, member);
    add_own(b, p, "p", "said", text);
    buf_adds(b, text ? "\n" : "");
}

static void add_labelled(struct buf *b, const struct page *p, enum word label, const char *text) {
    if (!text)
        return;
    buf_adds(b, "<p>");
    add_label(b, p, label);
    add_own(b, p, "span", "said", text);
    buf_adds(b, "</p>\n");
}

static void add_measurements(struct call *c, struct buf *b, const struct page *p,
                             const struct doc *list) {
    if (doc_count(list) == 0)
        return;
    buf_adds(b, "<p>");
    add_label(b, p, WORD_MEASURED);
    buf_adds(b, "</p>\n<ul>\n");
    for (size_t i = 0; i < doc_count(list); i++) {
        const char *actual = doc_get_number(c, doc_at(list, i), "actual");
        buf_adds(b, "<li>");
        add_own(b, p, "span", NULL, doc_get_text(doc_at(list, i), "measure"));
        buf_addf(b, ": %s</li>\n", actual ? actual : "–");
    }
    buf_adds(b, "</ul>\n");
}

/* Of a service, each figure that was reported; a figure that was not is left out. */
static void add_service(struct call *c, struct buf *b, const struct page *p,
                        const struct doc *service) {
    static const struct {
        const char *member;
        enum word word;
    } FIGURES[] = {
        {"open", WORD_SERVICE_OPEN},
        {"closed", WORD_SERVICE_CLOSED},
        {"overdue", WORD_SERVICE_OVERDUE},
        {"median_days_to_close", WORD_SERVICE_DAYS},
    };
    if (doc_type(service) != DOC_OBJECT)
        return;
    buf_adds(b, "<p>");
    add_own(b, p, "strong", NULL, doc_get_text(service, "name"));
    for (size_t i = 0; i < COUNT(FIGURES); i++) {
        const char *n = doc_get_number(c, service, FIGURES[i].member);
        if (!n)
            continue;
        buf_adds(b, " · ");
        say_of(b, p, FIGURES[i].word, "number", n);
    }
    buf_adds(b, "</p>\n");
}

static void add_sources(struct buf *b, const struct page *p, const struct doc *links) {
    if (doc_count(links) == 0)
        return;
    buf_adds(b, "<p>");
    add_label(b, p, WORD_SOURCES);
    buf_adds(b, "</p>\n<ul>\n");
    for (size_t i = 0; i < doc_count(links); i++) {
        buf_adds(b, "<li><a rel=\"nofollow\" href=\"");
        buf_add_html(b, doc_get_text(doc_at(links, i), "url"));
        buf_addc(b, '"');
        add_own_lang(b, p);
        buf_addc(b, '>');
        buf_add_html(b, doc_get_text(doc_at(links, i), "label"));
        buf_adds(b, "</a></li>\n");
    }
    buf_adds(b, "</ul>\n");
}

/* Who said it, of what, and when it was published. */
static void add_origin(struct call *c, struct buf *b, const struct page *p,
                       const struct doc *update) {
    const char *code = doc_get_text(update, "objective");
    const char *at = doc_get_text(update, "published_at");
    buf_adds(b, "<p class=\"quiet\"><a");
    add_href(b, p, call_printf(c, "/objectives/%s", code), KEEP_ALL);
    buf_addc(b, '>');
    say_of(b, p, WORD_OBJECTIVE_CODE, "code", code);
    buf_adds(b, "</a> · ");
    say_of(b, p, WORD_REPORTED_THROUGH, "source", doc_get_text(update, "source"));
    if (at) {
        buf_addf(b, " · <time datetime=\"%.24s\">", at);
        words_add(b, p->lang, WORD_PUBLISHED_ON,
                  (const struct fill[]){{"date", date_of(c, p, day_of(c, at)), NULL},
                                        {"time", call_strndup(c, at + 11, 5), NULL},
                                        {0}});
        buf_adds(b, "</time>");
    }
    buf_adds(b, "</p>\n");
}

void add_update(struct call *c, struct buf *b, const struct page *p, const struct doc *update) {
    add_retraction(c, b, p, update);
    add_chain(c, b, p, update);
    add_redaction(c, b, p, update);
    add_state(c, b, p, update);
    add_said(b, p, update, "summary");
    add_said(b, p, update, "details");
    add_labelled(b, p, WORD_NEXT_STEP, doc_get_text(update, "next_steps"));
    add_measurements(c, b, p, doc_get(update, "measurements"));
    add_service(c, b, p, doc_get(update, "service"));
    add_sources(b, p, doc_get(update, "links"));
    add_origin(c, b, p, update);
}

void add_updates(struct call *c, struct buf *b, const struct page *p, const struct doc *list,
                 int level) {
    buf_adds(b, "<ol class=\"updates\">\n");
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *update = doc_at(list, i);
        const char *id = doc_get_text(update, "id");
        bool stands = is_text(update, "state", "published");
        buf_addf(b,
                 "<li id=\"update-%s\"><article class=\"update%s\" aria-labelledby=\"about-%s\">\n"
                 "<h%d id=\"about-%s\">",
                 id, stands ? "" : " gone", id, level, id);
        add_link(b, p, update_path(c, id), update_title(c, p, update));
        buf_addf(b, "</h%d>\n", level);
        add_update(c, b, p, update);
        buf_adds(b, "</article></li>\n");
    }
    buf_adds(b, "</ol>\n");
}
