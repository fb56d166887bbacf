#include "parts.h"

#include <string.h>

#include "shape.h"

/* ---- texts ---- */

void say(struct buf *b, const struct page *p, enum word w) {
    words_add(b, p->lang, w, NULL);
}

void say_of(struct buf *b, const struct page *p, enum word w, const char *name, const char *text) {
    words_add(b, p->lang, w, (const struct fill[]){{name, text, NULL}, {0}});
}

void say_markup(struct buf *b, const struct page *p, enum word w, const char *name,
                const char *markup) {
    words_add(b, p->lang, w, (const struct fill[]){{name, NULL, markup}, {0}});
}

static void begin_tag(struct buf *b, const char *tag, const char *class) {
    buf_addf(b, "<%s", tag);
    if (class)
        buf_addf(b, " class=\"%s\"", class);
}

void say_p(struct buf *b, const struct page *p, const char *class, enum word w) {
    begin_tag(b, "p", class);
    buf_addc(b, '>');
    say(b, p, w);
    buf_adds(b, "</p>\n");
}

void begin_section(struct buf *b, const struct page *p, const char *id, enum word title) {
    buf_addf(b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    say(b, p, title);
    buf_adds(b, "</h2>\n");
}

static const char *keep_text(struct call *c, const struct buf *b) {
    const char *kept = buf_ok(c, b) && b->data ? call_strdup(c, b->data) : NULL;
    return kept ? kept : "";
}

const char *date_of(struct call *c, const struct page *p, const char *date) {
    AUTO(buf) struct buf b = {0};
    words_add_date(&b, p->lang, date);
    return keep_text(c, &b);
}

const char *percent_of(struct call *c, const struct page *p, const char *number) {
    AUTO(buf) struct buf b = {0};
    words_add_percent(&b, p->lang, number);
    return keep_text(c, &b);
}

const char *said_of(struct call *c, const struct page *p, enum word w, const char *name,
                    const char *text) {
    AUTO(buf) struct buf b = {0};
    words_add_plain(&b, p->lang, w, (const struct fill[]){{name, text, NULL}, {0}});
    return keep_text(c, &b);
}

void say_date(struct call *c, struct buf *b, const struct page *p, enum word w, const char *date) {
    AUTO(buf) struct buf time = {0};
    buf_adds(&time, "<time datetime=\"");
    buf_add_html(&time, date);
    buf_adds(&time, "\">");
    words_add_date(&time, p->lang, date);
    buf_adds(&time, "</time>");
    say_markup(b, p, w, "date", keep_text(c, &time));
}

void add_label(struct buf *b, const struct page *p, enum word w) {
    buf_adds(b, "<b>");
    say(b, p, w);
    buf_adds(b, "</b> ");
}

/* ---- the city's words, and translations ---- */

void add_own_lang(struct buf *b, const struct page *p) {
    if (p->lang != LANG_EN)
        buf_addf(b, " lang=\"%s\"", lang_tag(LANG_EN));
}

void add_own(struct buf *b, const struct page *p, const char *tag, const char *class,
             const char *text) {
    if (!text)
        return;
    begin_tag(b, tag, class);
    add_own_lang(b, p);
    buf_addc(b, '>');
    buf_add_html(b, text);
    buf_addf(b, "</%s>", tag);
}

static const char *translated(const struct doc *d, const char *member) {
    return doc_get_text(doc_get(d, "translation"), member);
}

void add_translated(struct buf *b, const struct page *p, const struct doc *d, const char *member) {
    const char *text = translated(d, member);
    if (text)
        buf_add_html(b, text);
    else if (p->lang == LANG_EN)
        buf_add_html(b, doc_get_text(d, member));
    else
        add_own(b, p, "span", NULL, doc_get_text(d, member));
}

const char *said_titled(struct call *c, const struct page *p, enum word w, const char *name,
                        const char *value, const struct doc *d) {
    const char *text = translated(d, "statement");
    AUTO(buf) struct buf b = {0};
    words_add_plain(&b, p->lang, w,
                    (const struct fill[]){{name, value, NULL},
                                          {"statement", text ? text : doc_get_text(d, "statement"),
                                           NULL},
                                          {0}});
    return keep_text(c, &b);
}

const char *translated_of(struct call *c, const struct page *p, const struct doc *d,
                          const char *member) {
    AUTO(buf) struct buf b = {0};
    add_translated(&b, p, d, member);
    return keep_text(c, &b);
}

void add_original(struct buf *b, const struct page *p, const struct doc *d, const char *member) {
    const struct doc *translation = doc_get(d, "translation");
    if (!translated(d, member))
        return;
    buf_adds(b, "<p class=\"original\">");
    add_own(b, p, "span", "said", doc_get_text(d, member));
    buf_adds(b, " <span class=\"quiet\">(");
    say(b, p, WORD_CITYS_WORDS);
    if (!doc_bool(doc_get(translation, "reviewed"))) {
        buf_adds(b, "; ");
        say(b, p, WORD_UNREVIEWED);
    }
    if (doc_bool(doc_get(translation, "outdated"))) {
        buf_adds(b, "; ");
        say(b, p, WORD_OUTDATED);
    }
    buf_adds(b, ")</span></p>\n");
}

void add_goal_title(struct call *c, struct buf *b, const struct page *p, const char *tag,
                    const struct doc *goal) {
    buf_addf(b, "<%s>", tag);
    words_add(b, p->lang, WORD_GOAL_TITLED,
              (const struct fill[]){{"number", doc_get_number(c, goal, "number"), NULL},
                                    {"statement", NULL, translated_of(c, p, goal, "statement")},
                                    {0}});
    buf_addf(b, "</%s>\n", tag);
}

/* ---- links ---- */

struct choice {
    const char *name, *value;
};

enum { CHOICES = 4 };

/* What the visitor has chosen and is to be kept; without a value what is not. */
static void list_choices(const struct page *p, unsigned keep, struct choice out[CHOICES]) {
    const struct choice all[CHOICES] = {
        {"plan", keep & KEEP_PLAN ? p->plan : NULL},
        {"as_of", keep & KEEP_AS_OF ? p->as_of : NULL},
        {"known_at", keep & KEEP_KNOWN ? p->known_at : NULL},
        {"lang", keep & KEEP_LANG ? p->lang_asked : NULL},
    };
    memcpy(out, all, sizeof(all));
}

void add_href(struct buf *b, const struct page *p, const char *path, unsigned keep) {
    struct choice choices[CHOICES];
    const char *mark = strchr(path, '?') ? "&amp;" : "?";
    list_choices(p, keep, choices);
    buf_adds(b, " href=\"");
    buf_add_html(b, path);
    for (size_t i = 0; i < CHOICES; i++) {
        if (!choices[i].value)
            continue;
        buf_addf(b, "%s%s=", mark, choices[i].name);
        buf_add_uri(b, choices[i].value);
        mark = "&amp;";
    }
    buf_addc(b, '"');
}

void add_link(struct buf *b, const struct page *p, const char *path, const char *text) {
    buf_adds(b, "<a");
    add_href(b, p, path, KEEP_ALL);
    buf_addc(b, '>');
    buf_add_html(b, text);
    buf_adds(b, "</a>");
}

void add_word_link(struct buf *b, const struct page *p, const char *path, enum word w) {
    add_link(b, p, path, words_text(p->lang, w));
}

void add_kept_fields(struct buf *b, const struct page *p, unsigned keep) {
    struct choice choices[CHOICES];
    list_choices(p, keep, choices);
    for (size_t i = 0; i < CHOICES; i++) {
        if (!choices[i].value)
            continue;
        buf_addf(b, "<input type=\"hidden\" name=\"%s\" value=\"", choices[i].name);
        buf_add_html(b, choices[i].value);
        buf_adds(b, "\">\n");
    }
}

/* ---- how things stand ---- */

static void begin_status(struct buf *b, const struct page *p, const char *status) {
    buf_adds(b, "<span class=\"tag ");
    buf_add_html(b, status);
    buf_adds(b, "\">");
    shape_add(b, shape_of(status));
    buf_addc(b, ' ');
    buf_add_html(b, words_status(p->lang, status));
}

void add_status(struct buf *b, const struct page *p, const char *status) {
    begin_status(b, p, status);
    buf_adds(b, "</span>");
}

void add_counts(struct call *c, struct buf *b, const struct page *p, const struct doc *counts) {
    buf_adds(b, "<ul class=\"counts\">\n");
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        const char *n = doc_get_number(c, counts, SHAPES[i].status);
        if (!n)
            continue;
        buf_adds(b, "<li>");
        begin_status(b, p, SHAPES[i].status);
        buf_addf(b, ": %s</span></li>\n", n);
    }
    buf_adds(b, "</ul>\n");
}

void add_progress(struct call *c, struct buf *b, const struct page *p, const struct doc *progress,
                  const char *label) {
    const char *percent = doc_get_number(c, progress, "percent");
    buf_adds(b, "<p>");
    words_add_progress(c, b, p->lang, progress);
    buf_adds(b, "</p>\n");
    if (!percent)
        return;
    buf_addf(b, "<progress max=\"100\" value=\"%s\" aria-label=\"", percent);
    buf_add_html(b, label);
    buf_adds(b, "\">");
    words_add_percent(b, p->lang, percent);
    buf_adds(b, "</progress>\n");
}

/* ---- whom to ask ---- */

static const struct doc *find_department(const struct page *p, const char *slug) {
    const struct doc *all = doc_get(p->doc[PART_DEPARTMENTS], "data");
    for (size_t i = 0; slug && i < doc_count(all); i++)
        if (is_text(doc_at(all, i), "slug", slug))
            return doc_at(all, i);
    return NULL;
}

/* An address of mail, and nothing else, becomes a link; everything else is read, not guessed at. */
static bool is_mail(const char *contact) {
    const char *at = strchr(contact, '@');
    return at && at > contact && strchr(at, '.') && !strpbrk(contact, " \t\r\n,;:<>()\"?&%/");
}

static void add_public_contact(struct buf *b, const struct page *p, const char *contact) {
    if (!is_mail(contact)) {
        add_own(b, p, "span", NULL, contact);
        return;
    }
    buf_adds(b, "<a href=\"mailto:");
    buf_add_html(b, contact);
    buf_adds(b, "\">");
    buf_add_html(b, contact);
    buf_adds(b, "</a>");
}

void add_contact(struct buf *b, const struct page *p, const char *slug) {
    const struct doc *department = find_department(p, slug);
    const char *contact = doc_get_text(department, "public_contact");
    if (!slug) {
        say(b, p, WORD_NO_DEPARTMENT);
        return;
    }
    add_own(b, p, "span", NULL, department ? doc_get_text(department, "name") : slug);
    if (!contact)
        return;
    buf_adds(b, ", ");
    add_public_contact(b, p, contact);
}

bool is_text(const struct doc *d, const char *member, const char *text) {
    const char *is = doc_get_text(d, member);
    return is && strcmp(is, text) == 0;
}
