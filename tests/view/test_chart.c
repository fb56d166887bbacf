#include "chart.h"

#include <string.h>

#include "support/suite.h"

static const char *as_it_is(struct call *c, void *context, double value) {
    (void)context;
    return call_printf(c, "%g", value);
}

static void draw(struct buf *b, const struct chart *k) {
    AUTO(call) struct call c;
    struct chart whole = *k;
    call_init(&c, 1000);
    whole.id = "x";
    whole.title = "A & B";
    whole.description = "From <a> to b.";
    whole.first_day = "first";
    whole.last_day = "last";
    whole.label = as_it_is;
    chart_add(&c, b, &whole);
    ck_assert(buf_ok(&c, b));
}

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing: %s", text, b->data);
}

START_TEST(days_are_counted) {
    static const struct {
        const char *date;
        long day;
    } cases[] = {
        {"1970-01-01", 0},     {"1970-01-02", 1},     {"1969-12-31", -1},     {"2000-02-29", 11016},
        {"2000-03-01", 11017}, {"2026-10-31", 20757}, {"1900-03-01", -25508}, {"2100-03-01", 47541},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_int_eq(chart_day(cases[i].date), cases[i].day);
}
END_TEST

START_TEST(a_line_goes_through_its_points) {
    AUTO(buf) struct buf b = {0};
    const struct chart_point points[] = {{"2026-01-01", 0},
                                         {"2026-01-02", 50},
                                         {"2026-01-03", 100}};
    draw(&b, &(struct chart){.points = points, .count = 3, .least = 0, .most = 100});
    holds(&b, "role=\"img\" aria-labelledby=\"x-title x-told\"");
    holds(&b, "<title id=\"x-title\">A &amp; B</title>");
    holds(&b, "<desc id=\"x-told\">From &lt;a&gt; to b.</desc>");
    holds(&b, "d=\"M50.0 142.0L197.0 77.0L344.0 12.0\"");
    holds(&b, ">0</text>");
    holds(&b, ">50</text>");
    holds(&b, ">100</text>");
    holds(&b, ">first</text>");
    holds(&b, ">last</text>");
}
END_TEST

START_TEST(one_point_stands_in_the_middle) {
    AUTO(buf) struct buf b = {0};
    const struct chart_point points[] = {{"2026-01-01", 7}, {"2026-01-01", 7}};
    draw(&b, &(struct chart){.points = points, .count = 1, .least = 7, .most = 7});
    holds(&b, "d=\"M197.0 142.0\"");
    holds(&b, "text-anchor=\"middle\">first</text>");
    ck_assert_ptr_null(strstr(b.data, "last"));
    buf_clear(&b);
    draw(&b, &(struct chart){.points = points, .count = 2, .least = 7, .most = 7});
    holds(&b, "d=\"M197.0 142.0L197.0 142.0\"");
}
END_TEST

START_TEST(the_scale_holds_what_lies_beyond_it) {
    AUTO(buf) struct buf b = {0};
    const struct chart_point points[] = {{"2026-01-01", -10}, {"2026-02-01", 20}};
    const struct chart_level levels[] = {{"Target <1>", 30}, {"Least", -20}};
    draw(&b, &(struct chart){.points = points,
                             .count = 2,
                             .levels = levels,
                             .level_count = 2,
                             .least = 0,
                             .most = 0,
                             .title_lang = "en"});
    holds(&b, "<title id=\"x-title\" lang=\"en\">");
    holds(&b, ">-20</text>");
    holds(&b, ">5</text>");
    holds(&b, ">30</text>");
    holds(&b, "<path class=\"aim\" d=\"M44 12.0H350\"/>");
    holds(&b, "<path class=\"aim\" d=\"M44 142.0H350\"/>");
    holds(&b, ">Target &lt;1&gt;</text>");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        days_are_counted,
        a_line_goes_through_its_points,
        one_point_stands_in_the_middle,
        the_scale_holds_what_lies_beyond_it,
    };
    return suite_run("view/chart", tests, COUNT(tests));
}
