#include "view/page.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "pages.h"
#include "support/suite.h"

#define COUNTED(percent) "'counted':[{'goal':1,'weight':1,'percent':" percent "}]"

#define PROGRESS(percent, minimum, reported)                                                    \
    "{'percent':" percent ",'percent_is_minimum':" minimum ",'reported':" reported              \
    ",'total':2," COUNTED(percent) ",'excluded':[{'goal':2,'reason':'no_counted_objectives'}]," \
                                   "'status_counts':{'on_track':1,'no_information':1}}"

#define SUMMARY(progress) \
    "{'plan':'p','title':'The <Plan> & more','organization':'City','progress':" progress "}"

#define GOALS(latest)                                                                          \
    "{'data':[{'number':1,'statement':'To \\u0022win\\u0022 & <go>','progress':{'percent':20," \
    "'percent_is_minimum':true,'reported':1,'total':2,'status_counts':{'on_track':1,"          \
    "'no_information':1}},'latest_update':" latest "},"                                        \
    "{'number':2,'statement':'To wait','progress':{'percent':null,'percent_is_minimum':false," \
    "'reported':0,'total':0,'status_counts':{}},'latest_update':null}]}"

#define OBJECTIVES                                                                           \
    "{'data':[{'code':'1.1','goal':1,'statement':'First <b>','status':'on_track',"           \
    "'status_as_of':'2026-10-31','percent_complete':40,'lead_department':'finance',"         \
    "'latest_update':{'next_steps':'Ask & answer'}},"                                        \
    "{'code':'1.2','goal':1,'statement':'Second','status':'no_information',"                 \
    "'status_as_of':null,'percent_complete':null,'lead_department':null,'is_overdue':true,"  \
    "'due_on':'2026-06-30','is_stale':true,'next_update_due':'2026-03-31','disagrees':true," \
    "'expected_percent':75.5,'archived_at':'2026-11-01T00:00:00.000Z','latest_update':null}]}"

#define DEPARTMENTS "{'data':[{'slug':'finance','name':'Money & all','public_contact':'a@b.org'}]}"

#define UPDATE(summary)                                                                      \
    "{'id':'9','objective':'1.1','goal':1,'kind':'progress','state':'published','as_of':"    \
    "'2026-10-31','status':'on_track','percent_complete':40,'summary':" summary ",'source':" \
    "'gogov','published_at':'2026-11-02T17:04:11.120Z','links':[],'measurements':[]}"

static void render_of(struct buf *b, const struct page *p, const char *summary,
                      const char *update) {
    AUTO(buf) struct buf goals = {0}, updates = {0};
    static const char ALL[] = GOALS("%s");
    buf_addf(&goals, ALL, update);
    buf_addf(&updates, "{'data':[%s]}", strcmp(update, "null") == 0 ? "" : update);
    pages_render(b, p,
                 (const struct part[]){{PART_SUMMARY, summary},
                                       {PART_GOALS, goals.data},
                                       {PART_OBJECTIVES, OBJECTIVES},
                                       {PART_UPDATES, updates.data},
                                       {PART_DEPARTMENTS, DEPARTMENTS},
                                       {0}},
                 page_plan);
}

static void render(struct buf *b) {
    render_of(b, &A_PAGE, SUMMARY(PROGRESS("10", "true", "1")), UPDATE("'It goes'"));
}

START_TEST(the_page_is_whole_without_a_script) {
    AUTO(buf) struct buf b = {0};
    render(&b);
    pages_hold(&b, "<!doctype html>\n<html lang=\"en\">");
    pages_hold(&b, "<title>The &lt;Plan&gt; &amp; more</title>");
    pages_hold(&b, "<main id=\"main\" tabindex=\"-1\">");
    pages_hold(&b, "<a class=\"skip\" href=\"#main\">");
    pages_hold(&b, "1 of 2 objectives has reported a status. Of those, 1 is on track.");
    pages_hold(&b, "At least 10% complete");
    pages_hold(&b, "<progress max=\"100\" value=\"20\" aria-label=\"Progress of goal 1\">20%");
    pages_hold(&b, "<li id=\"objective-1.1\">");
    pages_hold(&b, "</svg> On track</span> 40% complete, as of <time datetime=\"2026-10-31\">");
    pages_hold(&b, "<b>Next step</b> <span>Ask &amp; answer</span>");
    pages_hold(&b, "<span>Money &amp; all</span>, <a href=\"mailto:a@b.org\">a@b.org</a>");
    pages_hold(&b, "No department has been named yet");
    pages_hold(
        &b,
        "<a href=\"/somewhere?a=1&amp;b=2&amp;lang=ko\" lang=\"ko\" hreflang=\"ko\">한국어</a>");
    pages_hold(&b, "<form class=\"find\" method=\"get\" action=\"/objectives\">");
    pages_hold(&b, "<option value=\"finance\">Money &amp; all</option>");
    pages_lack(&b, "Demonstration data");
    pages_lack(&b, "style=");
    pages_lack(&b, " onclick");
    ck_assert_str_eq(b.data + b.len - strlen("</html>\n"), "</html>\n");
}
END_TEST

START_TEST(anybody_can_redo_the_sum) {
    AUTO(buf) struct buf b = {0};
    render(&b);
    pages_hold(&b, "<summary>How is this computed?</summary>");
    pages_hold(&b, "<a href=\"/goals/1\">1</a></th><td>1</td><td>10%</td>");
    pages_hold(&b, "<p>(1 × 10) ÷ 1 = 10%</p>");
    pages_hold(&b, "<a href=\"/goals/2\">2</a>: None of its objectives is counted");
}
END_TEST

START_TEST(what_is_late_is_said) {
    AUTO(buf) struct buf b = {0};
    render(&b);
    pages_hold(&b, "Past its date, <time datetime=\"2026-06-30\">June 30, 2026</time>");
    pages_hold(&b, "A report was due on <time datetime=\"2026-03-31\">March 31, 2026</time>");
    pages_hold(&b, "By its dates 75.5% would be expected by now.");
    pages_hold(&b, "This objective was archived and is not counted.");
}
END_TEST

START_TEST(nothing_is_made_up) {
    AUTO(buf) struct buf b = {0};
    render_of(&b, &A_PAGE, SUMMARY(PROGRESS("null", "false", "0")), "null");
    pages_hold(&b, "No update has been published for this plan yet.");
    pages_hold(&b, "No update has been published for this goal yet.");
    pages_hold(&b, "No percent has been reported yet");
    pages_hold(&b, "<td>not reported</td>");
    pages_lack(&b, "aria-label=\"Progress of the plan\"");
    pages_lack(&b, "÷");
}
END_TEST

START_TEST(a_plan_without_goals_says_so) {
    AUTO(buf) struct buf b = {0};
    pages_render(&b, &A_PAGE,
                 (const struct part[]){
                     {PART_SUMMARY, "{'title':'T','organization':'City','progress':{'percent':null,"
                                    "'total':0,'counted':[],'excluded':[],'status_counts':{}}}"},
                     {PART_GOALS, "{'data':[]}"},
                     {PART_OBJECTIVES, "{'data':[]}"},
                     {PART_UPDATES, "{'data':[]}"},
                     {PART_DEPARTMENTS, "{'data':[]}"},
                     {0}},
                 page_plan);
    pages_hold(&b, "<p class=\"lead\">This plan has no goals yet.</p>");
    pages_lack(&b, "class=\"cards\"");
    pages_lack(&b, "None of the 0");
}
END_TEST

START_TEST(nothing_from_the_data_is_markup) {
    AUTO(buf) struct buf b = {0};
    render_of(&b, &A_PAGE, SUMMARY(PROGRESS("10", "true", "1")),
              UPDATE("'<script>alert(1)</script>'"));
    pages_hold(&b, "To &quot;win&quot; &amp; &lt;go&gt;");
    pages_hold(&b, "First &lt;b&gt;");
    pages_hold(&b, "&lt;script&gt;alert(1)&lt;/script&gt;");
    pages_lack(&b, "<script>alert");
    const char *data = strstr(b.data, "<script type=\"application/ld+json\">{\"@context\"");
    const char *own = data ? strstr(data + 1, "<script") : NULL;
    ck_assert(own && strncmp(own, "<script>//", strlen("<script>//")) == 0);
    ck_assert_ptr_null(strstr(own + 1, "<script"));
}
END_TEST

START_TEST(a_visitors_choices_are_kept_in_links) {
    AUTO(buf) struct buf b = {0};
    struct page p = A_PAGE;
    p.path = "/";
    p.plan = "next";
    p.as_of = "2026-10-31";
    p.known_at = "2026-11-01T00:00:00Z";
    p.lang = LANG_KO;
    p.lang_asked = "ko";
    render_of(&b, &p, SUMMARY(PROGRESS("10", "true", "1")), UPDATE("'It goes'"));
    static const char ALL[] =
        "?plan=next&amp;as_of=2026-10-31&amp;known_at=2026-11-01T00%3A00%3A00Z&amp;lang=ko\"";
    static const char *const paths[] = {"/goals/1", "/objectives/1.1", "/updates/9", "/updates"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        char link[200];
        snprintf(link, sizeof(link), "href=\"%s%s", paths[i], ALL);
        pages_hold(&b, link);
    }
    pages_hold(&b, "href=\"/updates.atom?plan=next\"");
    pages_hold(&b, "href=\"/?plan=next&amp;lang=ko\">"); /* today's */
    pages_hold(&b, "<input type=\"hidden\" name=\"known_at\" value=\"2026-11-01T00:00:00Z\">");
    pages_hold(&b, "<link rel=\"canonical\" href=\"https://plan.example.org/?plan=next\">");
    pages_hold(&b, "<input id=\"as-of\" type=\"date\" name=\"as_of\" value=\"2026-10-31\">");
    pages_hold(&b, "<time datetime=\"2026-10-31\">2026년 10월 31일</time>");
}
END_TEST

START_TEST(the_page_speaks_the_language_asked_for) {
    AUTO(buf) struct buf b = {0};
    struct page p = A_PAGE;
    p.lang = LANG_KO;
    render_of(&b, &p, SUMMARY(PROGRESS("10", "true", "1")), UPDATE("'It goes'"));
    pages_hold(&b, "<html lang=\"ko\">");
    pages_hold(&b, "본문으로 건너뛰기");
    pages_hold(&b, "세부 목표 2개 가운데 1개의 상태가 보고되었습니다.");
    pages_hold(&b, "<span lang=\"en\">First &lt;b&gt;</span>");
    pages_hold(&b, "<p class=\"said\" lang=\"en\">It goes</p>");
    pages_hold(&b, "목표 2: <span lang=\"en\">To wait</span>");
    pages_lack(&b, "objective has");
    pages_lack(&b, "% complete");
}
END_TEST

START_TEST(demo_data_is_called_so) {
    AUTO(buf) struct buf b = {0};
    pages_render(&b, &A_PAGE,
                 (const struct part[]){{PART_HEAD,
                                        "{'title':'T','organization':'City','demo':true}"},
                                       {PART_OBJECTIVES, "{'data':[],'page':{},'links':{}}"},
                                       {0}},
                 page_objectives);
    pages_hold(&b, "Demonstration data: nothing on this page was reported by the city.");
}
END_TEST

/* Of the first element of this tag without attributes. */
static void hash_inline(const struct buf *b, const char *tag, char out[SHA256_SIZE * 2]) {
    char open[20], close[20];
    uint8_t digest[SHA256_SIZE];
    snprintf(open, sizeof(open), "<%s>", tag);
    snprintf(close, sizeof(close), "</%s>", tag);
    const char *begin = strstr(b->data, open);
    ck_assert_ptr_nonnull(begin);
    begin += strlen(open);
    const char *end = strstr(begin, close);
    ck_assert_ptr_nonnull(end);
    sha256(begin, (size_t)(end - begin), digest);
    base64url_encode(digest, sizeof(digest), out);
}

START_TEST(the_policy_allows_the_style_and_the_script_that_the_page_has) {
    static const char *const inlined[] = {"style", "script"};
    AUTO(call) struct call c;
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    render(&b);
    const char *policy = page_policy(&c);
    for (size_t i = 0; i < COUNT(inlined); i++) {
        char hash[SHA256_SIZE * 2], allowed[200];
        hash_inline(&b, inlined[i], hash);
        snprintf(allowed, sizeof(allowed), "%s-src 'sha256-%s=';", inlined[i], hash);
        ck_assert_ptr_nonnull(strstr(policy, allowed));
    }
    ck_assert_ptr_nonnull(strstr(policy, "default-src 'none'"));
    ck_assert_ptr_nonnull(strstr(policy, "connect-src 'self'"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_page_is_whole_without_a_script,
        anybody_can_redo_the_sum,
        what_is_late_is_said,
        nothing_is_made_up,
        a_plan_without_goals_says_so,
        nothing_from_the_data_is_markup,
        a_visitors_choices_are_kept_in_links,
        the_page_speaks_the_language_asked_for,
        demo_data_is_called_so,
        the_policy_allows_the_style_and_the_script_that_the_page_has,
    };
    return suite_run("view/page", tests, COUNT(tests));
}
