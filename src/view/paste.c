#include "view/paste.h"

#include <string.h>

#include "base/secret.h"
#include "embed_style.h"
#include "view/languages.h"
#include "view/widget.h"

/* One thing that can be put on a page: the plan, a goal, an objective. */
struct thing {
    const char *kind;      /* "plan", "goal", "objective": of paths and attributes */
    const char *name;      /* "7", "5.5"; NULL: the plan */
    const char *title;     /* "Goal 7", or the plan's own */
    const char *statement; /* the city's words */
    const char *path;      /* of its own page */
};

/* ---- lines ---- */

/* A line as it is to be pasted: what it holds of ours is escaped once for there, all of it once
 * more for here. */
static void add_line(struct buf *b, const struct buf *line) {
    buf_adds(b, "<pre><code>");
    buf_add_html(b, line->data);
    buf_adds(b, "</code></pre>\n");
}

static void say(struct buf *b, const struct paste *p, const char *tag, enum word word) {
    buf_addf(b, "<%s>", tag);
    words_add(b, p->lang, word, NULL);
    buf_addf(b, "</%.2s>\n", tag);
}

/* "?plan=…&lang=ko", for an attribute. */
static void add_query(struct buf *b, const struct paste *p) {
    if (p->plan)
        buf_addf(b, "?plan=%s", p->plan);
    if (p->lang != LANG_EN)
        buf_addf(b, "%slang=%s", p->plan ? "&amp;" : "?", lang_tag(p->lang));
}

/* "https://plan.example.org/embed/goal/7?lang=ko" */
static void add_url(struct buf *b, const struct paste *p, const struct thing *t, const char *face,
                    const char *ending) {
    buf_addf(b, "%s/%s/%s", p->base, face, t->kind);
    if (t->name) {
        buf_addc(b, '/');
        buf_add_uri(b, t->name);
    }
    buf_adds(b, ending);
    add_query(b, p);
}

static void add_element(struct buf *b, const struct paste *p, const struct thing *t) {
    buf_adds(b, "<cerritos-progress");
    if (t->name)
        buf_addf(b, " %s=\"%s\"", t->kind, t->name);
    if (p->plan)
        buf_addf(b, " plan=\"%s\"", p->plan);
    buf_addf(b, "><a href=\"%s", p->base);
    buf_add_html(b, t->path);
    buf_adds(b, "\">");
    if (t->name)
        buf_addf(b, "<b>%s</b> ", t->title);
    buf_adds(b, "<span lang=\"en\">");
    buf_add_html(b, t->statement);
    buf_adds(b, "</span></a></cerritos-progress>");
}

static void add_frame(struct buf *b, const struct paste *p, const struct thing *t) {
    buf_adds(b, "<iframe src=\"");
    add_url(b, p, t, "embed", "");
    buf_addf(b, "\" title=\"%s\" width=\"100%%\" height=\"260\" style=\"border: 0\"></iframe>",
             t->title);
}

static void add_badge(struct buf *b, const struct paste *p, const struct thing *t) {
    buf_addf(b, "<a href=\"%s", p->base);
    buf_add_html(b, t->path);
    buf_adds(b, "\"><img src=\"");
    add_url(b, p, t, "badges", ".svg");
    buf_addf(b, "\" alt=\"%s\" height=\"24\"></a>", t->title);
}

static void add_fragment(struct buf *b, const struct paste *p, const struct thing *t) {
    add_url(b, p, t, "fragments", "");
}

static void (*const FACES[])(struct buf *b, const struct paste *p, const struct thing *t) = {
    add_element,
    add_frame,
    add_badge,
    add_fragment,
};

/* ---- what it begins with ---- */

static void add_script(struct buf *b, const struct paste *p) {
    AUTO(buf) struct buf line = {0}, fixed = {0};
    char edition[WIDGET_EDITION], integrity[WIDGET_INTEGRITY];
    widget_edition(edition);
    widget_integrity(integrity);
    buf_addf(&line, "<script type=\"module\" src=\"%s/widget.js\"></script>", p->base);
    buf_addf(&fixed,
             "<script type=\"module\" src=\"%s/widget-%s.js\"\n  integrity=\"%s\" "
             "crossorigin></script>",
             p->base, edition, integrity);
    say(b, p, "h2", WORD_PASTE_ELEMENT);
    say(b, p, "p", WORD_PASTE_SCRIPT);
    add_line(b, &line);
    say(b, p, "p", WORD_PASTE_EDITION);
    add_line(b, &fixed);
    buf_clear(&line);
    buf_adds(&line, "cerritos-progress { display: block; min-block-size: 12em }\n"
                    "@media (max-width: 40em) { cerritos-progress { min-block-size: 20em } }");
    say(b, p, "p", WORD_PASTE_ROOM);
    add_line(b, &line);
}

/* "https://plan.example.org" of an address that goes on. */
static int origin_of(const char *base) {
    const char *host = strstr(base, "://");
    return (int)(host ? (size_t)(host + 3 - base) + strcspn(host + 3, "/") : strlen(base));
}

static void add_policy(struct buf *b, const struct paste *p) {
    int n = origin_of(p->base);
    AUTO(buf) struct buf line = {0};
    say(b, p, "h2", WORD_PASTE_POLICY);
    buf_addf(&line,
             "<cerritos-progress>  script-src %.*s; connect-src %.*s\n"
             "<iframe>             frame-src %.*s\n"
             "<img>                img-src %.*s",
             n, p->base, n, p->base, n, p->base, n, p->base);
    add_line(b, &line);
    say(b, p, "p", WORD_PASTE_HOSTS);
    buf_clear(&line);
    buf_addf(&line, "%.*s%s%s", n, p->base, p->hosts && *p->hosts ? " " : "",
             p->hosts ? p->hosts : "");
    add_line(b, &line);
}

/* ---- each thing ---- */

static void add_lines(struct buf *b, const struct paste *p, const struct thing *t) {
    for (size_t i = 0; i < COUNT(FACES); i++) {
        AUTO(buf) struct buf line = {0};
        FACES[i](&line, p, t);
        add_line(b, &line);
    }
}

/* From here, wherever the public finds this; and without a style of its own, which the policy of
 * this page forbids. */
static void add_live(struct buf *b, const struct paste *p, const struct thing *t) {
    struct paste here = *p;
    here.base = "";
    add_element(b, &here, t);
    buf_adds(b, "\n<p>");
    add_badge(b, &here, t);
    buf_adds(b, "</p>\n<iframe src=\"");
    add_url(b, &here, t, "embed", "");
    buf_addf(b, "\" title=\"%s\"></iframe>\n", t->title);
}

static void add_thing(struct buf *b, const struct paste *p, const struct thing *t) {
    buf_addf(b, "<details>\n<summary><b>%s</b> <span lang=\"en\">", t->title);
    buf_add_html(b, t->statement);
    buf_adds(b, "</span></summary>\n");
    add_lines(b, p, t);
    buf_adds(b, "</details>\n");
}

static const char *title_of(struct call *c, const struct paste *p, enum word word,
                            const char *name) {
    AUTO(buf) struct buf title = {0};
    words_add(&title, p->lang, word, (const struct fill[]){{"name", name, NULL}, {0}});
    return buf_ok(c, &title) ? call_strdup(c, title.data) : NULL;
}

static void add_all(struct call *c, struct buf *b, const struct paste *p, const char *kind,
                    enum word word, const struct doc *list) {
    bool is_goal = strcmp(kind, "goal") == 0;
    for (size_t i = 0; i < doc_count(list) && !c->err; i++) {
        const struct doc *d = doc_at(list, i);
        const char *name = is_goal ? doc_get_number(c, d, "number") : doc_get_text(d, "code");
        const struct thing t = {
            .kind = kind,
            .name = name,
            .title = title_of(c, p, word, name),
            .statement = doc_get_text(d, "statement"),
            .path = doc_get_text(doc_get(d, "links"), "self"),
        };
        if (t.title)
            add_thing(b, p, &t);
    }
}

const char *paste_policy(struct call *c) {
    char hash[STYLE_HASH];
    embed_style_hash(hash);
    return call_printf(
        c,
        "default-src 'none'; style-src 'sha256-%s'; script-src 'self'; "
        "connect-src 'self'; frame-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'",
        hash);
}

static void add_languages(struct call *c, struct buf *b, const struct paste *p) {
    const char *self = p->plan ? call_printf(c, "/embed?plan=%s", p->plan) : "/embed";
    if (self)
        languages_add_links(b, p->lang, self);
}

bool paste_page(struct call *c, struct buf *b, const struct paste *p) {
    AUTO(buf) struct buf title = {0};
    buf_add_html(&title, doc_get_text(p->summary, "title"));
    if (!buf_ok(c, &title))
        return false;
    const struct thing whole = {
        .kind = "plan",
        .title = title.data,
        .statement = doc_get_text(p->summary, "title"),
        .path = "/",
    };
    embed_begin(b, p->lang, words_text(p->lang, WORD_PASTE_TITLE));
    buf_adds(b, "<link rel=\"icon\" href=\"data:,\">\n"
                "<script type=\"module\" src=\"/widget.js\"></script>\n</head>\n<body>\n<main>\n");
    add_languages(c, b, p);
    say(b, p, "h1", WORD_PASTE_TITLE);
    say(b, p, "p", WORD_PASTE_INTRO);
    add_live(b, p, &whole);
    add_script(b, p);
    say(b, p, "p", WORD_PASTE_FACES);
    add_lines(b, p, &whole);
    add_policy(b, p);
    say(b, p, "h2", WORD_PASTE_ALL);
    add_all(c, b, p, "goal", WORD_GLANCE_GOAL, doc_get(p->summary, "goals"));
    add_all(c, b, p, "objective", WORD_GLANCE_OBJECTIVE, doc_get(p->objectives, "data"));
    buf_adds(b, "</main>\n</body>\n</html>\n");
    return !c->err && buf_ok(c, b);
}
