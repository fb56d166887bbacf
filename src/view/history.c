#include "history.h"

#include <string.h>

#include "chart.h"

/* ---- a picture and its table ---- */

/* What of a list's items goes into the picture: those that stand and say a number. */
struct series {
    const struct doc *list; /* newest first */
    const char *member;     /* the number's name */
    const char *update;     /* the name of the update's id */
    bool is_percent;
    const char *unit;
};

struct scale {
    const struct page *page;
    const struct series *series;
};

static bool is_shown(const struct series *s, const struct doc *item) {
    bool stands = !doc_get(item, "state") || is_text(item, "state", "published");
    return stands && doc_type(doc_get(item, s->member)) == DOC_NUMBER;
}

static size_t collect(struct call *c, const struct series *s, struct chart_point **out) {
    size_t all = doc_count(s->list), count = 0;
    *out = call_alloc(c, all * sizeof(**out) + 1);
    for (size_t i = all; *out && i > 0; i--) {
        const struct doc *item = doc_at(s->list, i - 1);
        if (is_shown(s, item))
            (*out)[count++] = (struct chart_point){doc_get_text(item, "as_of"),
                                                   doc_number(doc_get(item, s->member))};
    }
    return count;
}

static const char *write_number(struct call *c, const struct page *p, const struct series *s,
                                const char *number) {
    if (!number)
        return "–";
    return s->is_percent ? percent_of(c, p, number) : number;
}

static const char *label_of(struct call *c, void *context, double value) {
    const struct scale *scale = context;
    return write_number(c, scale->page, scale->series, call_printf(c, "%.4g", value));
}

static void add_row(struct call *c, struct buf *b, const struct page *p, const struct series *s,
                    const struct doc *item) {
    const char *id = doc_get_text(item, s->update);
    buf_adds(b, "<tr><th scope=\"row\">");
    add_link(b, p, call_printf(c, "/updates/%s", id), date_of(c, p, doc_get_text(item, "as_of")));
    buf_adds(b, "</th><td>");
    buf_add_html(b, write_number(c, p, s, doc_get_number(c, item, s->member)));
    buf_adds(b, "</td></tr>\n");
}

static void add_titled(struct buf *b, const struct chart *k) {
    if (k->title_lang)
        buf_addf(b, "<span lang=\"%s\">", k->title_lang);
    buf_add_html(b, k->title);
    buf_adds(b, k->title_lang ? "</span>" : "");
}

static void add_table(struct call *c, struct buf *b, const struct page *p, const struct series *s,
                      const struct chart *k) {
    buf_adds(b, "<details>\n<summary>");
    say(b, p, WORD_AS_TABLE);
    buf_adds(b, "</summary>\n<div class=\"scroll\">\n<table>\n<caption>");
    add_titled(b, k);
    buf_adds(b, "</caption>\n<thead><tr><th scope=\"col\">");
    say(b, p, WORD_DAY);
    buf_adds(b, "</th><th scope=\"col\">");
    if (s->is_percent)
        say(b, p, WORD_PERCENT_COMPLETE);
    else
        add_own(b, p, "span", NULL, s->unit);
    buf_adds(b, "</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < doc_count(s->list); i++)
        if (is_shown(s, doc_at(s->list, i)))
            add_row(c, b, p, s, doc_at(s->list, i));
    buf_adds(b, "</tbody>\n</table>\n</div>\n</details>\n");
}

/* "From 10% on January 31, 2026 to 40% on October 31, 2026." */
static const char *describe(struct call *c, const struct page *p, const struct series *s,
                            const struct chart_point *first, const struct chart_point *last) {
    struct scale scale = {p, s};
    AUTO(buf) struct buf b = {0};
    words_add_plain(&b, p->lang, WORD_CHART_TOLD,
                    (const struct fill[]){{"from", label_of(c, &scale, first->value), NULL},
                                          {"first", date_of(c, p, first->day), NULL},
                                          {"to", label_of(c, &scale, last->value), NULL},
                                          {"last", date_of(c, p, last->day), NULL},
                                          {0}});
    return buf_ok(c, &b) ? call_strdup(c, b.data) : "";
}

/* The chart, but for what can be said of any. */
static void add_picture(struct call *c, struct buf *b, const struct page *p, const struct series *s,
                        const struct chart *k) {
    struct scale scale = {p, s};
    const struct chart_point *first = &k->points[0], *last = &k->points[k->count - 1];
    struct chart whole = *k;
    whole.description = describe(c, p, s, first, last);
    whole.first_day = date_of(c, p, first->day);
    whole.last_day = date_of(c, p, last->day);
    whole.label = label_of;
    whole.context = &scale;
    buf_adds(b, "<figure>\n<figcaption>");
    add_titled(b, k);
    buf_adds(b, "</figcaption>\n");
    chart_add(c, b, &whole);
    add_table(c, b, p, s, k);
    buf_adds(b, "</figure>\n");
}

void add_percents(struct call *c, struct buf *b, const struct page *p, const struct doc *reports) {
    struct chart_point *points;
    const struct series s = {reports, "percent_complete", "id", true, NULL};
    size_t count = collect(c, &s, &points);
    if (count == 0) {
        say_p(b, p, NULL, WORD_NO_PERCENT_OF_OBJECTIVE);
        return;
    }
    const struct chart k = {
        .id = "percents",
        .title = words_text(p->lang, WORD_HISTORY_OF_PERCENT),
        .points = points,
        .count = count,
        .least = 0,
        .most = 100,
    };
    add_picture(c, b, p, &s, &k);
}

/* ---- a measure ---- */

static void add_fact(struct call *c, struct buf *b, const struct page *p, enum word w,
                     const struct doc *d, const char *number, const char *day) {
    const char *text = doc_get_number(c, d, number);
    if (!text)
        return;
    buf_adds(b, "<dt>");
    say(b, p, w);
    buf_adds(b, "</dt><dd>");
    buf_add_html(b, text);
    if (doc_get_text(d, day)) {
        buf_adds(b, ", ");
        buf_add_html(b, date_of(c, p, doc_get_text(d, day)));
    }
    buf_adds(b, "</dd>\n");
}

static const struct {
    const char *direction;
    enum word word;
} DIRECTIONS[] = {
    {"increase", WORD_MORE_IS_BETTER},
    {"decrease", WORD_LESS_IS_BETTER},
    {"maintain", WORD_TO_BE_KEPT},
};

static void add_aim(struct buf *b, const struct page *p, const struct doc *measure) {
    buf_adds(b, "<p class=\"quiet\">");
    add_own(b, p, "span", NULL, doc_get_text(measure, "unit"));
    for (size_t i = 0; i < COUNT(DIRECTIONS); i++) {
        if (!is_text(measure, "direction", DIRECTIONS[i].direction))
            continue;
        buf_adds(b, "; ");
        say(b, p, DIRECTIONS[i].word);
    }
    buf_adds(b, "</p>\n");
}

static void add_attainment(struct call *c, struct buf *b, const struct page *p,
                           const struct doc *attainment) {
    const char *percent = doc_get_number(c, attainment, "percent");
    const struct doc *within = doc_get(attainment, "within_limits");
    if (!percent && doc_type(within) != DOC_BOOL)
        return;
    buf_adds(b, "<dt>");
    say(b, p, WORD_ATTAINED);
    buf_adds(b, "</dt><dd>");
    if (percent)
        words_add_percent(b, p->lang, percent);
    buf_adds(b, percent && doc_type(within) == DOC_BOOL ? "; " : "");
    if (doc_type(within) == DOC_BOOL)
        say(b, p, doc_bool(within) ? WORD_WITHIN_LIMITS : WORD_BEYOND_LIMITS);
    buf_adds(b, "</dd>\n");
}

static void add_facts(struct call *c, struct buf *b, const struct page *p,
                      const struct doc *measure) {
    buf_adds(b, "<dl class=\"facts\">\n");
    add_fact(c, b, p, WORD_BASELINE, measure, "baseline", "baseline_on");
    add_fact(c, b, p, WORD_TARGET, measure, "target", "target_on");
    add_fact(c, b, p, WORD_LOWER_LIMIT, measure, "lower_limit", "");
    add_fact(c, b, p, WORD_UPPER_LIMIT, measure, "upper_limit", "");
    add_fact(c, b, p, WORD_LATEST_VALUE, doc_get(measure, "latest"), "actual", "as_of");
    add_attainment(c, b, p, doc_get(measure, "attainment"));
    buf_adds(b, "</dl>\n");
}

enum { LEVELS = 4 };

static size_t list_levels(const struct page *p, const struct doc *measure,
                          struct chart_level out[LEVELS]) {
    static const struct {
        const char *member;
        enum word word;
    } NAMES[LEVELS] = {
        {"baseline", WORD_BASELINE},
        {"target", WORD_TARGET},
        {"lower_limit", WORD_LOWER_LIMIT},
        {"upper_limit", WORD_UPPER_LIMIT},
    };
    size_t count = 0;
    for (size_t i = 0; i < LEVELS; i++) {
        const struct doc *level = doc_get(measure, NAMES[i].member);
        if (doc_type(level) == DOC_NUMBER)
            out[count++] = (struct chart_level){words_text(p->lang, NAMES[i].word),
                                                doc_number(level)};
    }
    return count;
}

void add_measure(struct call *c, struct buf *b, const struct page *p, const struct doc *measure,
                 const struct doc *values, size_t index) {
    struct chart_point *points;
    struct chart_level levels[LEVELS];
    const struct series s = {doc_get(values, "data"), "actual", "update", false,
                             doc_get_text(measure, "unit")};
    size_t count = collect(c, &s, &points);
    add_own(b, p, "h3", NULL, doc_get_text(measure, "name"));
    add_aim(b, p, measure);
    add_own(b, p, "p", "said", doc_get_text(measure, "description"));
    add_facts(c, b, p, measure);
    if (count == 0) {
        say_p(b, p, NULL, WORD_NO_VALUE);
        return;
    }
    const struct chart k = {
        .id = call_printf(c, "measure-%zu", index + 1),
        .title = doc_get_text(measure, "name"),
        .title_lang = p->lang == LANG_EN ? NULL : lang_tag(LANG_EN),
        .points = points,
        .count = count,
        .levels = levels,
        .level_count = list_levels(p, measure, levels),
        .least = points[0].value,
        .most = points[0].value,
    };
    add_picture(c, b, p, &s, &k);
}
