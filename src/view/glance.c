#include "view/glance.h"

#include <string.h>

#include "embed_style.h"
#include "glance_facts.h"
#include "shape.h"

/* ---- what there is to say ---- */

static const char *name_of(struct call *c, const struct glance *g) {
    return g->kind == GLANCE_GOAL        ? doc_get_number(c, g->doc, "number")
           : g->kind == GLANCE_OBJECTIVE ? doc_get_text(g->doc, "code")
                                         : NULL;
}

/* Of a translation that the city's words have outgrown nobody is told here. */
static const char *translation_of(const struct glance *g, const char *member) {
    const struct doc *translation = doc_get(g->doc, "translation");
    bool is_outdated = doc_bool(doc_get(translation, "outdated"));
    return doc_type(translation) == DOC_OBJECT && !is_outdated ? doc_get_text(translation, member)
                                                               : NULL;
}

void glance_facts(struct call *c, const struct glance *g, struct facts *f) {
    bool is_plan = g->kind == GLANCE_PLAN, is_objective = g->kind == GLANCE_OBJECTIVE;
    const char *words = is_plan ? "title" : "statement";
    const struct doc *progress = is_objective ? g->doc : doc_get(g->doc, "progress");
    const struct doc *latest = doc_get(g->doc, is_plan ? "last_update" : "latest_update");
    *f = (struct facts){
        .name = name_of(c, g),
        .statement = doc_get_text(g->doc, words),
        .translation = translation_of(g, words),
        .path = is_plan ? "/" : doc_get_text(doc_get(g->doc, "links"), "self"),
        .progress = progress,
        .percent = doc_get_number(c, progress, is_objective ? "percent_complete" : "percent"),
        .counts = doc_get(progress, "status_counts"),
        .status = doc_get_text(progress, "status"),
        .latest = doc_get_text(latest, "as_of"),
        .is_demo = doc_bool(doc_get(g->doc, "demo")),
    };
}

void glance_add_name(struct buf *b, const struct glance *g, const struct facts *f) {
    const struct fill name[] = {{"name", f->name, NULL}, {0}};
    if (g->kind == GLANCE_PLAN)
        buf_add_html(b, f->translation ? f->translation : f->statement);
    else
        words_add(b, g->lang, g->kind == GLANCE_GOAL ? WORD_GLANCE_GOAL : WORD_GLANCE_OBJECTIVE,
                  name);
}

void glance_add_percent(struct call *c, struct buf *b, const struct glance *g,
                        const struct facts *f) {
    AUTO(buf) struct buf percent = {0};
    bool least = doc_bool(doc_get(f->progress, "percent_is_minimum"));
    if (!f->percent) {
        words_add(b, g->lang, WORD_PROGRESS_NONE, NULL);
        return;
    }
    words_add_percent(&percent, g->lang, f->percent);
    words_add(b, g->lang, least ? WORD_GLANCE_REPORTED : WORD_PROGRESS,
              (const struct fill[]){
                  {"percent", NULL, percent.data},
                  {"reported", doc_get_number(c, f->progress, "reported"), NULL},
                  {"total", doc_get_number(c, f->progress, "total"), NULL},
                  {0},
              });
}

/* ---- HTML ---- */

static const char CLASS[] = "cerritos-progress";

static void begin(struct buf *b, const char *tag, const char *part) {
    buf_addf(b, "<%s class=\"%s-%s\">", tag, CLASS, part);
}

/* The words are the city's whatever the language of the rest. */
static void add_statement(struct buf *b, const struct glance *g, const struct facts *f) {
    bool is_translated = f->translation;
    buf_addf(b, "<span lang=\"%s\">", is_translated ? lang_tag(g->lang) : lang_tag(LANG_EN));
    buf_add_html(b, is_translated ? f->translation : f->statement);
    buf_adds(b, "</span>");
}

/* A frame is too small for another page. */
static void add_head(struct buf *b, const struct glance *g, const struct facts *f, bool is_framed) {
    begin(b, is_framed ? "h1" : "p", "head");
    buf_addf(b, "<a href=\"%s", g->base);
    buf_add_html(b, f->path);
    buf_adds(b, is_framed ? "\" target=\"_blank\" rel=\"noopener\">" : "\">");
    if (g->kind != GLANCE_PLAN) {
        buf_adds(b, "<b>");
        glance_add_name(b, g, f);
        buf_adds(b, "</b> ");
    }
    add_statement(b, g, f);
    buf_adds(b, is_framed ? "</a></h1>\n" : "</a></p>\n");
    if (!f->translation)
        return;
    begin(b, "p", "original");
    words_add(b, g->lang, WORD_GLANCE_UNOFFICIAL, NULL);
    buf_adds(b, " <span lang=\"en\">");
    buf_add_html(b, f->statement);
    buf_adds(b, "</span></p>\n");
}

static void add_bar(struct call *c, struct buf *b, const struct glance *g, const struct facts *f) {
    if (!f->percent)
        return;
    buf_addf(b, "<progress class=\"%s-bar\" max=\"100\" value=\"%s\" aria-label=\"", CLASS,
             f->percent);
    glance_add_percent(c, b, g, f);
    buf_adds(b, "\">");
    words_add_percent(b, g->lang, f->percent);
    buf_adds(b, "</progress>\n");
}

static void add_status(struct buf *b, const struct glance *g, const struct shape *s,
                       const char *count) {
    buf_addf(b, "<li class=\"%s-%s\">", CLASS, s->status);
    shape_add(b, s);
    buf_addc(b, ' ');
    if (count)
        words_add(b, g->lang, WORD_GLANCE_COUNT,
                  (const struct fill[]){{"status", words_status(g->lang, s->status), NULL},
                                        {"number", count, NULL},
                                        {0}});
    else
        buf_add_html(b, words_status(g->lang, s->status));
    buf_adds(b, "</li>\n");
}

static void add_statuses(struct call *c, struct buf *b, const struct glance *g,
                         const struct facts *f) {
    begin(b, "ul", "statuses");
    if (!f->counts)
        add_status(b, g, shape_of(f->status), NULL);
    for (size_t i = 0; f->counts && i < SHAPE_COUNT; i++) {
        const char *count = doc_get_number(c, f->counts, SHAPES[i].status);
        if (count)
            add_status(b, g, &SHAPES[i], count);
    }
    buf_adds(b, "</ul>\n");
}

static void add_latest(struct buf *b, const struct glance *g, const struct facts *f) {
    AUTO(buf) struct buf date = {0};
    begin(b, "p", "latest");
    if (f->latest) {
        words_add_date(&date, g->lang, f->latest);
        words_add(b, g->lang, WORD_GLANCE_LATEST,
                  (const struct fill[]){{"date", NULL, date.data}, {0}});
    } else {
        words_add(b, g->lang, WORD_GLANCE_NEVER, NULL);
    }
    buf_adds(b, "</p>\n");
}

static void add_all(struct call *c, struct buf *b, const struct glance *g, const struct facts *f,
                    bool is_framed) {
    buf_addf(b, "<div class=\"%s\" lang=\"%s\">\n", CLASS, lang_tag(g->lang));
    add_head(b, g, f, is_framed);
    if (f->is_demo) {
        begin(b, "p", "demo");
        words_add(b, g->lang, WORD_GLANCE_DEMO, NULL);
        buf_adds(b, "</p>\n");
    }
    add_bar(c, b, g, f);
    begin(b, "p", "percent");
    glance_add_percent(c, b, g, f);
    buf_adds(b, "</p>\n");
    add_statuses(c, b, g, f);
    add_latest(b, g, f);
    buf_adds(b, "</div>\n");
}

bool glance_fragment(struct call *c, struct buf *b, const struct glance *g) {
    struct facts f;
    glance_facts(c, g, &f);
    add_all(c, b, g, &f, false);
    return !c->err && buf_ok(c, b);
}

/* ---- the page ---- */

static const char *parted_by_spaces(struct call *c, const char *hosts) {
    char *list = call_strdup(c, hosts ? hosts : "");
    for (char *at = list; at && *at; at++)
        if (*at == ',')
            *at = ' ';
    return list;
}

const char *glance_policy(struct call *c, const char *hosts) {
    char hash[STYLE_HASH];
    const char *list = parted_by_spaces(c, hosts);
    embed_style_hash(hash);
    return list ? call_printf(c,
                              "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'self'%s%s",
                              hash, *list ? " " : "", list)
                : NULL;
}

/* As plain text: the beginning of a page escapes it. */
static const char *title_of(struct call *c, const struct glance *g, const struct facts *f) {
    AUTO(buf) struct buf title = {0};
    if (g->kind == GLANCE_PLAN)
        buf_adds(&title, f->translation ? f->translation : f->statement);
    else
        glance_add_name(&title, g, f);
    return buf_ok(c, &title) ? call_strdup(c, title.data) : NULL;
}

bool glance_page(struct call *c, struct buf *b, const struct glance *g) {
    struct facts f;
    glance_facts(c, g, &f);
    const char *title = title_of(c, g, &f);
    if (!title)
        return false;
    embed_begin(b, g->lang, title);
    buf_adds(b, "</head>\n<body>\n<main>\n");
    add_all(c, b, g, &f, true);
    buf_adds(b, "</main>\n</body>\n</html>\n");
    return !c->err && buf_ok(c, b);
}
