/* A badge is a picture of text: how wide a text is, only who draws it knows. So each text is told
 * how much room it has, which is what it takes in most fonts. */
#include <string.h>

#include "glance_facts.h"
#include "shape.h"

enum { HEIGHT = 24, PAD = 8, ICON = 12, GAP = 5 };

/* White on these holds 4.5:1. */
static const struct {
    const char *status, *colour;
} COLOURS[] = {
    {"off_track", "#a3201d"}, {"at_risk", "#8a5300"},   {"on_hold", "#8a5300"},
    {"on_track", "#1d6b34"},  {"completed", "#1d6b34"}, {"ongoing", "#1d6b34"},
};

static const char *colour_of(const char *status) {
    for (size_t i = 0; i < COUNT(COLOURS); i++)
        if (strcmp(COLOURS[i].status, status) == 0)
            return COLOURS[i].colour;
    return "#51565c";
}

/* Of letters of 12 points, in tenths: those of Latin by three kinds, the others (bytes of UTF-8
 * that begin one) are square where they take three bytes. */
static int width_of(const char *text) {
    int tenths = 0;
    for (const char *at = text; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool goes_on = (byte & 0xc0) == 0x80;
        tenths += goes_on                            ? 0
                  : byte >= 0xe0                     ? 120
                  : strchr(" .,:;'!()iljI|ft", byte) ? 38
                  : strchr("mwMW%@", byte)           ? 100
                                                     : 68;
    }
    return tenths / 10;
}

/* The text itself, where markup was made of it. */
static int width_of_markup(const struct buf *b) {
    int width = width_of(b->data ? b->data : "");
    for (const char *at = b->data; at && (at = strchr(at, '&')); at++) {
        size_t len = strcspn(at, ";") + 1;
        for (size_t i = 1; i < len; i++)
            width -= width_of((const char[]){at[i], '\0'});
    }
    return width;
}

static void add_text(struct buf *b, int x, int width, const struct buf *text) {
    buf_addf(b, "<text x=\"%d\" y=\"16\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\">", x,
             width);
    buf_add(b, text->data, text->len);
    buf_adds(b, "</text>\n");
}

/* "On track · at least 8%": what there is of it. */
static void add_state(struct buf *b, const struct glance *g, const struct facts *f) {
    AUTO(buf) struct buf percent = {0};
    bool least = doc_bool(doc_get(f->progress, "percent_is_minimum"));
    if (f->status)
        buf_add_html(b, words_status(g->lang, f->status));
    if (!f->percent)
        return;
    buf_adds(b, f->status ? " · " : "");
    words_add_percent(&percent, g->lang, f->percent);
    if (least)
        words_add(b, g->lang, WORD_GLANCE_LEAST,
                  (const struct fill[]){{"percent", NULL, percent.data}, {0}});
    else
        buf_add(b, percent.data, percent.len);
}

static void add_title(struct call *c, struct buf *b, const struct glance *g, const struct facts *f,
                      const struct buf *name) {
    buf_adds(b, "<title id=\"t\">");
    buf_add(b, name->data, name->len);
    buf_adds(b, ": ");
    if (f->status) {
        buf_add_html(b, words_status(g->lang, f->status));
        buf_adds(b, ". ");
    }
    glance_add_percent(c, b, g, f);
    if (f->is_demo) {
        buf_adds(b, ". ");
        words_add(b, g->lang, WORD_GLANCE_DEMO, NULL);
    }
    buf_adds(b, "</title>\n");
}

bool glance_badge(struct call *c, struct buf *b, const struct glance *g) {
    AUTO(buf) struct buf name = {0}, state = {0};
    struct facts f;
    glance_facts(c, g, &f);
    const struct shape *shape = shape_of(f.status);
    glance_add_name(&name, g, &f);
    add_state(&state, g, &f);
    if (state.len == 0) /* nothing describes it, and it has no percent */
        glance_add_percent(c, &state, g, &f);
    int left = width_of_markup(&name), right = width_of_markup(&state);
    int middle = left + 2 * PAD, width = middle + right + 2 * PAD + ICON + GAP;
    buf_addf(b,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t\" lang=\"%s\">\n",
             width, HEIGHT, width, HEIGHT, lang_tag(g->lang));
    add_title(c, b, g, &f, &name);
    buf_addf(b,
             "<rect width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#2b2f33\"/>\n"
             "<path d=\"M%d 0h%da4 4 0 0 1 4 4v16a4 4 0 0 1-4 4h-%dz\" fill=\"%s\"/>\n"
             "<path transform=\"translate(%d 6) scale(.75)\" d=\"%s\" fill=\"#fff\"/>\n"
             "<g fill=\"#fff\" font-size=\"12\" font-family=\"system-ui, Noto Sans, Noto Sans CJK "
             "KR, sans-serif\">\n",
             width, HEIGHT, middle, width - middle - 4, width - middle - 4,
             colour_of(shape->status), middle + PAD, shape->path);
    add_text(b, PAD, left, &name);
    add_text(b, middle + PAD + ICON + GAP, right, &state);
    buf_adds(b, "</g>\n</svg>\n");
    return !c->err && buf_ok(c, b);
}
