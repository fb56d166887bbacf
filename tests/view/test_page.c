#include "view/page.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "support/suite.h"

#define PROGRESS(percent, minimum, reported)                                                     \
    "{'percent':" percent ",'percent_is_minimum':" minimum ",'reported':" reported ",'total':2," \
    "'counted':[{'goal':1,'weight':1,'percent':" percent                                         \
    "}],'excluded':[],'status_counts':{'on_track':1,'no_information':1}}"

#define SUMMARY(demo, progress, last)                                                                                          \
    "{'plan':'p','title':'The <Plan> & more','organization':'City','demo':" demo                                               \
    ",'as_of':null,'progress':" progress ","                                                                                   \
    "'goals':[{'number':1,'statement':'To \\u0022win\\u0022 & <go>','short_name':null,'percent':20,'percent_is_minimum':true," \
    "'reported':1,'total':2}],'last_update':" last "}"

#define OBJECTIVES                                                                                                      \
    "{'data':["                                                                                                         \
    "{'code':'1.1','goal':1,'statement':'First <b>','description':'Before & all','description_position':'before',"      \
    "'actions':[{'position':1,'text':'Act <1>','done':true},{'position':2,'text':'Act 2','done':false},"                \
    "{'position':3,'text':'Act 3','done':null}],'status':'on_track','status_as_of':'2026-10-31','percent_complete':40," \
    "'updates_count':2,'links':{'updates':'/objectives/1.1/updates?a=1&b=2'}},"                                         \
    "{'code':'1.2','goal':1,'statement':'Second','description':'After','description_position':'after','actions':[],"    \
    "'status':'no_information','status_as_of':null,'percent_complete':null,'updates_count':0,'links':{}},"              \
    "{'code':'2.1','goal':2,'statement':'Of another goal','description':null,'description_position':null,'actions':[]," \
    "'status':'no_information','status_as_of':null,'percent_complete':null,'updates_count':1,'links':{}}]}"

static struct doc *parse(struct call *c, const char *text) {
    char *json = call_strdup(c, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct doc *d = doc_parse(c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s", c->detail);
    return d;
}

static void render_in(enum lang lang, struct buf *b, const char *summary) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *whole = parse(&c, summary);
    AUTO(doc) struct doc *all = parse(&c, OBJECTIVES);
    const struct catalog data = {.head = whole, .base = "https://plan.example.org", .suffix = ""};
    ck_assert(page_plan(&c, b, lang, "/?plan=p", whole, all, &data));
}

static void render(struct buf *b, const char *summary) {
    render_in(LANG_EN, b, summary);
}

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing", text);
}

static void lacks(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) == NULL, "\"%s\" is there", text);
}

START_TEST(the_page_is_whole_without_a_script) {
    AUTO(buf) struct buf b = {0};
    render(&b, SUMMARY("false", PROGRESS("10", "true", "1"), "null"));
    holds(&b, "<!doctype html>\n<html lang=\"en\">");
    holds(&b, "<main id=\"main\">");
    holds(&b, "<a class=\"skip\" href=\"#main\">");
    holds(&b, "1 of 2 objectives has reported a status. Of those, 1 is on track.");
    holds(&b, "At least 10% complete");
    holds(&b, "<progress max=\"100\" value=\"20\"");
    holds(&b, "No update has been published for this plan yet.");
    holds(&b, "<li id=\"objective-1.1\">");
    holds(&b, "On track");
    holds(&b, "as of <time datetime=\"2026-10-31\">October 31, 2026</time>");
    holds(&b, "2 updates of objective 1.1");
    holds(&b, "No update has been published for this objective yet.");
    const char *data = strstr(b.data, "<script type=\"application/ld+json\">{\"@context\"");
    ck_assert_msg(data && !strstr(data + 1, "<script"), "a block of data is the one script");
    lacks(&b, "Of another goal");
    lacks(&b, "Demonstration data");
    ck_assert_str_eq(b.data + b.len - strlen("</html>\n"), "</html>\n");
}
END_TEST

START_TEST(the_page_speaks_the_language_asked_for) {
    AUTO(buf) struct buf b = {0};
    render_in(LANG_KO, &b, SUMMARY("false", PROGRESS("10", "true", "1"), "null"));
    holds(&b, "<html lang=\"ko\">");
    holds(&b, "본문으로 건너뛰기");
    holds(
        &b,
        "세부 목표 2개 가운데 1개의 상태가 보고되었습니다. 그중 1개가 계획대로 진행되고 있습니다.");
    holds(&b, "계획대로 진행 중");
    holds(&b, "<time datetime=\"2026-10-31\">2026년 10월 31일</time> 기준");
    holds(&b, "First &lt;b&gt;");
    holds(&b, "<a href=\"/?plan=p&amp;lang=es\" lang=\"es\" hreflang=\"es\">Español</a>");
    lacks(&b, "objective has");
    lacks(&b, "% complete");
}
END_TEST

START_TEST(nothing_from_the_data_is_markup) {
    AUTO(buf) struct buf b = {0};
    render(
        &b,
        SUMMARY(
            "false", PROGRESS("10", "true", "1"),
            "{'id':'1','objective':'1.1','as_of':'2026-10-31','summary':'<script>alert(1)</script>'}"));
    holds(&b, "The &lt;Plan&gt; &amp; more");
    holds(&b, "To &quot;win&quot; &amp; &lt;go&gt;");
    holds(&b, "First &lt;b&gt;");
    holds(&b, "Act &lt;1&gt; (done)");
    holds(&b, "Act 2 (not done)");
    holds(&b, "<li>Act 3</li>");
    holds(&b, "&lt;script&gt;alert(1)&lt;/script&gt;");
    holds(&b, "/objectives/1.1/updates?a=1&amp;b=2");
    lacks(&b, "<script>");
}
END_TEST

START_TEST(descriptions_stand_where_the_city_put_them) {
    AUTO(buf) struct buf b = {0};
    render(&b, SUMMARY("false", PROGRESS("null", "false", "0"), "null"));
    const char *before = strstr(b.data, "Before &amp; all");
    const char *actions = strstr(b.data, "Act &lt;1&gt;");
    ck_assert(before && actions && before < actions);
    holds(&b, "<p>After</p>");
    holds(&b, "No percent has been reported yet");
}
END_TEST

START_TEST(demo_data_is_called_so) {
    AUTO(buf) struct buf b = {0};
    render(&b, SUMMARY("true", PROGRESS("10", "true", "1"), "null"));
    holds(&b, "Demonstration data: nothing on this page was reported by the city.");
}
END_TEST

START_TEST(the_policy_allows_the_style_that_the_page_has) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    page_begin(&b, LANG_EN, "T");
    const char *begin = strstr(b.data, "<style>") + strlen("<style>");
    const char *end = strstr(begin, "</style>");
    uint8_t digest[SHA256_SIZE];
    char hash[SHA256_SIZE * 2];
    char allowed[200];
    sha256(begin, (size_t)(end - begin), digest);
    base64url_encode(digest, sizeof(digest), hash);
    snprintf(allowed, sizeof(allowed), "style-src 'sha256-%s='", hash);
    const char *policy = page_policy(&c);
    ck_assert_ptr_nonnull(strstr(policy, allowed));
    ck_assert_ptr_nonnull(strstr(policy, "default-src 'none'"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
    ck_assert_ptr_null(strstr(b.data, "style="));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_page_is_whole_without_a_script,
        the_page_speaks_the_language_asked_for,
        nothing_from_the_data_is_markup,
        descriptions_stand_where_the_city_put_them,
        demo_data_is_called_so,
        the_policy_allows_the_style_that_the_page_has,
    };
    return suite_run("view/page", tests, COUNT(tests));
}
