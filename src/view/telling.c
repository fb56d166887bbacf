#include "telling.h"

void tell(const struct telling *t, enum word word) {
    words_add(t->b, t->lang, word, NULL);
}

void tell_in(const struct telling *t, const char *open, enum word word, const char *close) {
    buf_adds(t->b, open);
    tell(t, word);
    buf_adds(t->b, close);
}

void tell_own(const struct telling *t, const struct doc *d, const char *name) {
    buf_adds(t->b, t->lang == LANG_EN ? "<span>" : "<span lang=\"en\">");
    buf_add_html(t->b, doc_get_text(d, name));
    buf_adds(t->b, "</span>");
}

const char *tell_date(const struct telling *t, const struct doc *d, const char *name) {
    AUTO(buf) struct buf b = {0};
    words_add_date(&b, t->lang, doc_get_text(d, name));
    return buf_ok(t->c, &b) ? call_strdup(t->c, b.data) : NULL;
}

void tell_section(const struct telling *t, const char *id, enum word title) {
    buf_addf(t->b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    tell_in(t, "", title, "</h2>\n");
}

void tell_table_end(const struct telling *t) {
    buf_adds(t->b, "</tbody>\n</table>\n");
}

void tell_update_link(const struct telling *t, const struct doc *update) {
    buf_adds(t->b, "<a href=\"");
    buf_add_html(t->b, doc_get_text(doc_get(update, "links"), "self"));
    buf_adds(t->b, "\">");
}
