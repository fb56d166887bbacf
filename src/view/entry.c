#include "entry.h"

#include <stdio.h>
#include <string.h>

#include "uuid.h"
#include "view/words.h"

void entry_id(const struct feed *f, const char *name, char out[ENTRY_ID_SIZE]) {
    char uuid[UUID_SIZE];
    uuid_of(doc_get_text(f->head, "plan"), doc_bool(doc_get(f->head, "demo")), name, uuid);
    snprintf(out, ENTRY_ID_SIZE, "urn:uuid:%s", uuid);
}

static bool is_state(const struct doc *update, const char *state) {
    const char *is = doc_get_text(update, "state");
    return is && strcmp(is, state) == 0;
}

void entry_add_title(struct buf *b, const struct doc *update) {
    const char *mark = is_state(update, "retracted")        ? "Withdrawn: "
                       : is_state(update, "superseded")     ? "Corrected since: "
                       : doc_get_text(update, "supersedes") ? "Correction: "
                                                            : "";
    buf_addf(b, "%sObjective %s: %s", mark, doc_get_text(update, "objective"),
             doc_get_text(update, "summary"));
}

static void add_paragraph(struct buf *b, const char *label, const char *text) {
    if (!text)
        return;
    buf_addf(b, "<p>%s", label);
    buf_add_html(b, text);
    buf_adds(b, "</p>\n");
}

/* What became of it, or of the one before it: first, so that nobody reads past it. */
static void add_fate(struct buf *b, const struct doc *update) {
    const struct doc *retraction = doc_get(update, "retraction");
    const char *by = doc_get_text(update, "superseded_by");
    const char *of = doc_get_text(update, "supersedes");
    if (doc_type(retraction) == DOC_OBJECT) {
        const char *at = doc_get_text(retraction, "at");
        buf_addf(b, "<p><strong>Withdrawn on %.10s:</strong> ", at ? at : "");
        buf_add_html(b, doc_get_text(retraction, "reason"));
        buf_adds(b, "</p>\n");
    } else if (by) {
        buf_addf(b, "<p><strong>Corrected since, by update %s.</strong></p>\n", by);
    }
    if (of)
        buf_addf(b, "<p>This corrects update %s.</p>\n", of);
}

static void add_state(struct buf *b, struct call *c, const struct doc *update) {
    const char *status = doc_get_text(update, "status");
    const char *percent = doc_get_number(c, update, "percent_complete");
    buf_adds(b, "<p>");
    if (status)
        buf_addf(b, "%s%s%s%s, as of ", words_status(LANG_EN, status), percent ? ", " : "",
                 percent ? percent : "", percent ? "% complete" : "");
    else
        buf_adds(b, "As of ");
    words_add_date(b, LANG_EN, doc_get_text(update, "as_of"));
    buf_adds(b, "</p>\n");
}

static void add_links(struct buf *b, const struct doc *links) {
    if (doc_count(links) == 0)
        return;
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < doc_count(links); i++) {
        buf_adds(b, "<li><a href=\"");
        buf_add_html(b, doc_get_text(doc_at(links, i), "url"));
        buf_adds(b, "\">");
        buf_add_html(b, doc_get_text(doc_at(links, i), "label"));
        buf_adds(b, "</a></li>\n");
    }
    buf_adds(b, "</ul>\n");
}

void entry_add_html(struct buf *b, struct call *c, const struct doc *update) {
    add_fate(b, update);
    add_state(b, c, update);
    add_paragraph(b, "", doc_get_text(update, "summary"));
    add_paragraph(b, "", doc_get_text(update, "details"));
    add_paragraph(b, "Next steps: ", doc_get_text(update, "next_steps"));
    add_paragraph(b, "Reason: ", doc_get_text(update, "reason"));
    add_links(b, doc_get(update, "links"));
}
