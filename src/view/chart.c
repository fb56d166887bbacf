#include "chart.h"

#include <stdlib.h>

/* The picture's own measure: text of 12 stays readable at 320 pixels, and is no shouting at 36 rem.
 */
enum { WIDTH = 360, HEIGHT = 170, LEFT = 44, RIGHT = 350, TOP = 12, BOTTOM = 142, STEPS = 2 };

struct scale {
    long first, days; /* days: at least 1 */
    double least, span;
};

/* Civil days by the era of 400 years (Howard Hinnant's days_from_civil). */
long chart_day(const char *date) {
    long year = strtol(date, NULL, 10), month = strtol(date + 5, NULL, 10);
    long day = strtol(date + 8, NULL, 10);
    year -= month <= 2;
    long era = year / 400, of_era = year - era * 400;
    long of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct scale measure(const struct chart *k) {
    double least = k->least, most = k->most;
    for (size_t i = 0; i < k->count; i++) {
        least = k->points[i].value < least ? k->points[i].value : least;
        most = k->points[i].value > most ? k->points[i].value : most;
    }
    for (size_t i = 0; i < k->level_count; i++) {
        least = k->levels[i].value < least ? k->levels[i].value : least;
        most = k->levels[i].value > most ? k->levels[i].value : most;
    }
    long first = chart_day(k->points[0].day);
    long days = chart_day(k->points[k->count - 1].day) - first;
    return (struct scale){first, days > 0 ? days : 1, least, most > least ? most - least : 1};
}

/* One point alone stands in the middle. */
static double across(const struct chart *k, const struct scale *s, size_t i) {
    if (chart_day(k->points[k->count - 1].day) == s->first)
        return (LEFT + RIGHT) / 2.0;
    double share = (double)(chart_day(k->points[i].day) - s->first) / (double)s->days;
    return LEFT + 6 + share * (RIGHT - LEFT - 12);
}

static double down(const struct scale *s, double value) {
    return BOTTOM - (value - s->least) / s->span * (BOTTOM - TOP);
}

static void add_grid(struct call *c, struct buf *b, const struct chart *k, const struct scale *s) {
    for (int i = 0; i <= STEPS; i++) {
        double value = s->least + s->span * i / STEPS, y = down(s, value);
        buf_addf(b,
                 "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                 "text-anchor=\"end\">",
                 LEFT, y, RIGHT, LEFT - 6, y + 4);
        buf_add_html(b, k->label(c, k->context, value));
        buf_adds(b, "</text>\n");
    }
}

static void add_levels(struct buf *b, const struct chart *k, const struct scale *s) {
    for (size_t i = 0; i < k->level_count; i++) {
        double y = down(s, k->levels[i].value);
        buf_addf(b,
                 "<path class=\"aim\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                 "text-anchor=\"end\">",
                 LEFT, y, RIGHT, RIGHT, y < TOP + 12 ? y + 13 : y - 4);
        buf_add_html(b, k->levels[i].name);
        buf_adds(b, "</text>\n");
    }
}

static void add_line(struct buf *b, const struct chart *k, const struct scale *s) {
    buf_adds(b, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < k->count; i++)
        buf_addf(b, "%c%.1f %.1f", i ? 'L' : 'M', across(k, s, i), down(s, k->points[i].value));
    buf_adds(b, "\"/>\n");
    for (size_t i = 0; i < k->count; i++)
        buf_addf(b, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", across(k, s, i),
                 down(s, k->points[i].value));
}

static void add_days(struct buf *b, const struct chart *k, const struct scale *s) {
    bool one = chart_day(k->points[k->count - 1].day) == s->first;
    buf_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", one ? (LEFT + RIGHT) / 2 : LEFT,
             HEIGHT - 8, one ? "middle" : "start");
    buf_add_html(b, k->first_day);
    buf_adds(b, "</text>\n");
    if (one)
        return;
    buf_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", RIGHT, HEIGHT - 8);
    buf_add_html(b, k->last_day);
    buf_adds(b, "</text>\n");
}

void chart_add(struct call *c, struct buf *b, const struct chart *k) {
    struct scale s = measure(k);
    buf_addf(b,
             "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" "
             "aria-labelledby=\"%s-title %s-told\">\n<title id=\"%s-title\"",
             WIDTH, HEIGHT, k->id, k->id, k->id);
    if (k->title_lang)
        buf_addf(b, " lang=\"%s\"", k->title_lang);
    buf_addc(b, '>');
    buf_add_html(b, k->title);
    buf_addf(b, "</title>\n<desc id=\"%s-told\">", k->id);
    buf_add_html(b, k->description);
    buf_adds(b, "</desc>\n");
    add_grid(c, b, k, &s);
    add_levels(b, k, &s);
    add_line(b, k, &s);
    add_days(b, k, &s);
    buf_adds(b, "</svg>\n");
}
