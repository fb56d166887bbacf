#include "view/feed.h"

#include <string.h>

#include "entry.h"
#include "view/words.h"
#include "xml.h"

static const struct doc *entries(const struct feed *f) {
    return doc_get(f->page, "data");
}

static bool is_demo(const struct feed *f) {
    return doc_bool(doc_get(f->head, "demo"));
}

static void add_title(struct buf *b, const struct feed *f) {
    buf_addf(b, "%s: progress%s", doc_get_text(f->head, "title"),
             is_demo(f) ? " (demonstration data)" : "");
}

/* The newest change on the page, which is its first entry's; of an empty feed the plan's beginning.
 */
static const char *changed(const struct feed *f) {
    const char *newest = doc_get_text(doc_at(entries(f), 0), "changed_at");
    return newest ? newest : doc_get_text(f->head, "founded");
}

static const char *id_of(struct call *c, const struct feed *f, const char *name) {
    char *id = call_alloc(c, ENTRY_ID_SIZE);
    if (id)
        entry_id(f, name, id);
    return id ? id : "";
}

static const char *entry_name(struct call *c, const struct doc *update) {
    const char *name = call_printf(c, "/updates/%s", doc_get_text(update, "id"));
    return name ? name : "";
}

/* ---- Atom ---- */

static void add_link(struct buf *b, const struct feed *f, const char *relation, const char *type,
                     const char *target, const char *suffix) {
    if (!target)
        return;
    buf_addf(b, "<link rel=\"%s\" type=\"%s\" href=\"", relation, type);
    xml_add(b, f->base);
    xml_add(b, target);
    xml_add(b, suffix);
    buf_adds(b, "\"/>\n");
}

static void add_category(struct buf *b, const char *term, const char *label) {
    if (!term)
        return;
    buf_adds(b, "<category term=\"");
    xml_add(b, term);
    buf_adds(b, "\" label=\"");
    xml_add(b, label);
    buf_adds(b, "\"/>\n");
}

static void add_entry(struct call *c, struct buf *b, const struct feed *f,
                      const struct doc *update) {
    AUTO(buf) struct buf title = {0}, html = {0};
    const char *name = entry_name(c, update), *status = doc_get_text(update, "status");
    const char *code = doc_get_text(update, "objective");
    entry_add_title(&title, update);
    entry_add_html(&html, c, update);
    if (!buf_ok(c, &title) || !buf_ok(c, &html))
        return;
    buf_adds(b, "<entry>\n");
    xml_add_element(b, "id", id_of(c, f, name));
    xml_add_element(b, "title", title.data);
    xml_add_element(b, "updated", doc_get_text(update, "changed_at"));
    xml_add_element(b, "published", doc_get_text(update, "published_at"));
    add_link(b, f, "alternate", "application/json", name, f->suffix);
    add_link(b, f, "related", "application/json", call_printf(c, "/objectives/%s", code),
             f->suffix);
    add_category(b, call_printf(c, "objective-%s", code), call_printf(c, "Objective %s", code));
    add_category(b, doc_get_text(update, "kind"), doc_get_text(update, "kind"));
    add_category(b, status, status ? words_status(LANG_EN, status) : NULL);
    add_category(b, doc_get_text(update, "state"), doc_get_text(update, "state"));
    buf_adds(b, "<content type=\"html\">");
    xml_add(b, html.data);
    buf_adds(b, "</content>\n</entry>\n");
}

bool feed_atom(struct call *c, struct buf *b, const struct feed *f) {
    static const char TYPE[] = "application/atom+xml";
    AUTO(buf) struct buf title = {0};
    add_title(&title, f);
    if (!buf_ok(c, &title))
        return false;
    buf_adds(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
    xml_add_element(b, "id", id_of(c, f, f->first));
    xml_add_element(b, "title", title.data);
    xml_add_element(b, "subtitle", "What was reported, corrected or withdrawn; the last first.");
    xml_add_element(b, "updated", changed(f));
    buf_adds(b, "<author>\n");
    xml_add_element(b, "name", doc_get_text(f->head, "organization"));
    buf_adds(b, "</author>\n");
    if (is_demo(f))
        add_category(b, "demo", "Demonstration data");
    add_link(b, f, "self", TYPE, f->self, "");
    add_link(b, f, "first", TYPE, f->first, "");
    add_link(b, f, "next", TYPE, f->next, "");
    add_link(b, f, "alternate", "text/html", "/", f->suffix);
    for (size_t i = 0; i < doc_count(entries(f)); i++)
        add_entry(c, b, f, doc_at(entries(f), i));
    buf_adds(b, "</feed>\n");
    return !c->err && buf_ok(c, b);
}

/* ---- JSON Feed ---- */

static void add_member(struct buf *b, const char *name, const char *text) {
    if (!text)
        return;
    buf_addf(b, ",\"%s\":", name);
    buf_add_json(b, text);
}

static void add_url(struct call *c, struct buf *b, const struct feed *f, const char *name,
                    const char *target, const char *suffix) {
    if (target)
        add_member(b, name, call_printf(c, "%s%s%s", f->base, target, suffix));
}

static void add_tags(struct call *c, struct buf *b, const struct doc *update) {
    const char *tags[] = {
        call_printf(c, "objective-%s", doc_get_text(update, "objective")),
        doc_get_text(update, "kind"),
        doc_get_text(update, "state"),
        doc_get_text(update, "status"),
    };
    const char *mark = "";
    buf_adds(b, ",\"tags\":[");
    for (size_t i = 0; i < COUNT(tags); i++) {
        if (!tags[i])
            continue;
        buf_adds(b, mark);
        buf_add_json(b, tags[i]);
        mark = ",";
    }
    buf_addc(b, ']');
}

static void add_item(struct call *c, struct buf *b, const struct feed *f,
                     const struct doc *update) {
    AUTO(buf) struct buf title = {0}, html = {0};
    const char *name = entry_name(c, update);
    entry_add_title(&title, update);
    entry_add_html(&html, c, update);
    if (!buf_ok(c, &title) || !buf_ok(c, &html))
        return;
    buf_adds(b, "{\"id\":");
    buf_add_json(b, id_of(c, f, name));
    add_url(c, b, f, "url", name, f->suffix);
    add_member(b, "title", title.data);
    add_member(b, "content_html", html.data);
    add_member(b, "summary", doc_get_text(update, "summary"));
    add_member(b, "date_published", doc_get_text(update, "published_at"));
    add_member(b, "date_modified", doc_get_text(update, "changed_at"));
    add_tags(c, b, update);
    buf_addc(b, '}');
}

bool feed_json(struct call *c, struct buf *b, const struct feed *f) {
    AUTO(buf) struct buf title = {0};
    add_title(&title, f);
    if (!buf_ok(c, &title))
        return false;
    buf_adds(b, "{\"version\":\"https://jsonfeed.org/version/1.1\"");
    add_member(b, "title", title.data);
    add_url(c, b, f, "home_page_url", "/", f->suffix);
    add_url(c, b, f, "feed_url", f->self, "");
    add_url(c, b, f, "next_url", f->next, "");
    add_member(b, "description", "What was reported, corrected or withdrawn; the last first.");
    add_member(b, "language", "en");
    buf_adds(b, ",\"authors\":[{\"name\":");
    buf_add_json(b, doc_get_text(f->head, "organization"));
    buf_addf(b, "}],\"_progress\":{\"demo\":%s},\"items\":[", is_demo(f) ? "true" : "false");
    for (size_t i = 0; i < doc_count(entries(f)); i++) {
        buf_adds(b, i ? "," : "");
        add_item(c, b, f, doc_at(entries(f), i));
    }
    buf_adds(b, "]}\n");
    return !c->err && buf_ok(c, b);
}
