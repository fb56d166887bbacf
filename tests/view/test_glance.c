#include "view/glance.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "shape.h"
#include "support/suite.h"

#define BASE "https://plan.example.org"

#define PROGRESS(percent, minimum, counts, status)                                               \
    "'progress':{'percent':" percent ",'percent_is_minimum':" minimum ",'reported':1,'total':5," \
    "'status':" status ",'status_counts':{" counts "}}"

#define GOAL(progress, latest, more)                                               \
    "{'number':7,'statement':'To \\u0022win\\u0022 & <go>','demo':false," progress \
    ",'latest_update':" latest more ",'links':{'self':'/goals/7?plan=a&lang=b'}}"

#define OBJECTIVE(status, percent)                                             \
    "{'code':'5.5','statement':'Words','demo':true,'status':'" status          \
    "','percent_complete':" percent ",'latest_update':{'as_of':'2026-10-31'}," \
    "'links':{'self':'/objectives/5.5'}}"

#define SUMMARY                                                                      \
    "{'title':'The <Plan>','demo':false," PROGRESS("12.5", "false", "'completed':5", \
                                                   "'completed'") ",'last_update':null}"

static const char SOME[] = GOAL(PROGRESS("33.26", "true", "'at_risk':1,'no_information':4",
                                         "'at_risk'"),
                                "{'as_of':'2026-10-31'}", "");
static const char NONE[] = GOAL(PROGRESS("null", "false", "'no_information':5", "'no_information'"),
                                "null", "");

typedef bool writer(struct call *c, struct buf *b, const struct glance *g);

static void look(struct buf *b, writer *write, enum glance_kind kind, enum lang lang,
                 const char *text) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    char *json = call_strdup(&c, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    AUTO(doc) struct doc *d = doc_parse(&c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s", c.detail);
    const struct glance g = {.kind = kind, .doc = d, .base = BASE, .lang = lang};
    buf_clear(b);
    ck_assert(write(&c, b, &g));
}

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing in %s", text, b->data);
}

static void lacks(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) == NULL, "\"%s\" is there", text);
}

START_TEST(a_goal_is_told_with_its_counts) {
    AUTO(buf) struct buf b = {0};
    look(&b, glance_fragment, GLANCE_GOAL, LANG_EN, SOME);
    holds(&b, "<div class=\"cerritos-progress\" lang=\"en\">");
    holds(&b, "<a href=\"" BASE "/goals/7?plan=a&amp;lang=b\"><b>Goal 7</b> <span lang=\"en\">"
              "To &quot;win&quot; &amp; &lt;go&gt;</span></a>");
    holds(&b, "<progress class=\"cerritos-progress-bar\" max=\"100\" value=\"33.26\" "
              "aria-label=\"At least 33.3% (1 of 5 reported)\">33.3%</progress>");
    holds(&b, "At risk: 1</li>");
    holds(&b, "Not yet reported: 4</li>");
    holds(&b, "Latest update: October 31, 2026");
    ck_assert(strstr(b.data, "At risk") < strstr(b.data, "Not yet reported"));
    lacks(&b, "<go>");
    lacks(&b, "target=");
    lacks(&b, "Demonstration");
}
END_TEST

START_TEST(what_nobody_has_reported_is_said_and_not_0) {
    AUTO(buf) struct buf b = {0};
    look(&b, glance_fragment, GLANCE_GOAL, LANG_EN, NONE);
    holds(&b, "No percent has been reported yet");
    holds(&b, "No update has been published yet");
    lacks(&b, "<progress ");
    lacks(&b, "0%");
    look(&b, glance_badge, GLANCE_GOAL, LANG_EN, NONE);
    holds(&b, ">Not yet reported</text>");
    lacks(&b, "0%");
}
END_TEST

START_TEST(an_objective_has_one_status_and_demo_data_are_called_so) {
    AUTO(buf) struct buf b = {0};
    look(&b, glance_fragment, GLANCE_OBJECTIVE, LANG_EN, OBJECTIVE("on_hold", "40"));
    holds(&b, "<b>Objective 5.5</b>");
    holds(&b, "On hold</li>");
    holds(&b, "40% complete");
    holds(&b, "Demonstration data: nothing here was reported by the city.");
    look(&b, glance_badge, GLANCE_OBJECTIVE, LANG_EN, OBJECTIVE("on_hold", "40"));
    holds(&b, ". Demonstration data: nothing here was reported by the city.</title>");
    holds(&b, ">On hold · 40%</text>");
}
END_TEST

START_TEST(the_plan_is_called_by_its_title) {
    AUTO(buf) struct buf b = {0};
    look(&b, glance_page, GLANCE_PLAN, LANG_EN, SUMMARY);
    holds(&b, "<title>The &lt;Plan&gt;</title>");
    holds(&b,
          "<h1 class=\"cerritos-progress-head\"><a href=\"" BASE
          "/\" target=\"_blank\" rel=\"noopener\"><span lang=\"en\">The &lt;Plan&gt;</span></a>");
    holds(&b, "12.5% complete");
    lacks(&b, "<b>");
    look(&b, glance_badge, GLANCE_PLAN, LANG_EN, SUMMARY);
    holds(&b, ">The &lt;Plan&gt;</text>");
    holds(&b, ">Completed · 12.5%</text>");
}
END_TEST

START_TEST(each_language_says_it_and_the_words_stay_the_citys) {
    AUTO(buf) struct buf b = {0};
    for (int i = 0; i < LANG_COUNT; i++) {
        enum lang lang = (enum lang)i;
        char begins[100];
        look(&b, glance_page, GLANCE_GOAL, lang, SOME);
        snprintf(begins, sizeof(begins), "<html lang=\"%s\">", lang_tag(lang));
        holds(&b, begins);
        holds(&b, words_status(lang, "at_risk"));
        holds(&b, "<span lang=\"en\">To &quot;win&quot;");
        look(&b, glance_badge, GLANCE_GOAL, lang, SOME);
        holds(&b, words_status(lang, "at_risk"));
    }
}
END_TEST

START_TEST(a_translation_is_unofficial_and_stands_before_the_citys_words) {
    AUTO(buf) struct buf b = {0};
    static const char current[] =
        GOAL(PROGRESS("null", "false", "", "null"), "null",
             ",'translation':{'lang':'ko','statement':'번역','reviewed':false,'outdated':false}");
    static const char outdated[] =
        GOAL(PROGRESS("null", "false", "", "null"), "null",
             ",'translation':{'lang':'ko','statement':'번역','reviewed':true,'outdated':true}");
    static const char none[] = GOAL(PROGRESS("null", "false", "", "null"), "null",
                                    ",'translation':null");
    look(&b, glance_fragment, GLANCE_GOAL, LANG_KO, current);
    holds(&b, "<span lang=\"ko\">번역</span>");
    holds(&b, words_text(LANG_KO, WORD_GLANCE_UNOFFICIAL));
    holds(&b, "<span lang=\"en\">To &quot;win&quot;");
    for (int i = 0; i < 2; i++) {
        look(&b, glance_fragment, GLANCE_GOAL, LANG_KO, i ? none : outdated);
        lacks(&b, "번역</span>");
        lacks(&b, words_text(LANG_KO, WORD_GLANCE_UNOFFICIAL));
        holds(&b, "<span lang=\"en\">To &quot;win&quot;");
    }
    look(&b, glance_badge, GLANCE_GOAL, LANG_EN, none);
    holds(&b, ">No percent has been reported yet</text>");
    static const char title[] = "{'title':'The Plan','demo':false,'progress':{'percent':null,"
                                "'status':null,'status_counts':{}},'last_update':null,"
                                "'translation':{'lang':'ko','title':'계획','outdated':false}}";
    look(&b, glance_page, GLANCE_PLAN, LANG_KO, title);
    holds(&b, "<title>계획</title>");
}
END_TEST

START_TEST(a_badge_is_a_picture_with_a_title) {
    AUTO(buf) struct buf b = {0};
    look(&b, glance_badge, GLANCE_GOAL, LANG_EN, SOME);
    holds(&b, "role=\"img\" aria-labelledby=\"t\"");
    holds(&b, "<title id=\"t\">Goal 7: At risk. At least 33.3% (1 of 5 reported)</title>");
    holds(&b, ">At risk · at least 33.3%</text>");
    holds(&b, shape_of("at_risk")->path);
    lacks(&b, "style");
}
END_TEST

START_TEST(every_status_has_a_shape_of_its_own) {
    AUTO(buf) struct buf b = {0};
    ck_assert_uint_eq(SHAPE_COUNT, 9);
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        char text[400];
        ck_assert_ptr_eq(shape_of(SHAPES[i].status), &SHAPES[i]);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(SHAPES[i].path, SHAPES[j].path);
        snprintf(text, sizeof(text),
                 "{'code':'5.5','statement':'Words','status':'%s','percent_complete':null,"
                 "'links':{'self':'/objectives/5.5'}}",
                 SHAPES[i].status);
        look(&b, glance_badge, GLANCE_OBJECTIVE, LANG_EN, text);
        holds(&b, SHAPES[i].path);
    }
    ck_assert_ptr_eq(shape_of(NULL), &SHAPES[SHAPE_COUNT - 1]);
    ck_assert_ptr_eq(shape_of("unheard_of"), &SHAPES[SHAPE_COUNT - 1]);
}
END_TEST

START_TEST(the_policy_names_the_hosts_and_the_style) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf b = {0};
    uint8_t digest[SHA256_SIZE];
    char hash[SHA256_SIZE * 2], wanted[200];
    call_init(&c, 1000);
    look(&b, glance_page, GLANCE_GOAL, LANG_EN, SOME);
    const char *begin = strstr(b.data, "<style>") + strlen("<style>");
    sha256(begin, (size_t)(strstr(begin, "</style>") - begin), digest);
    base64_encode(digest, sizeof(digest), hash);
    snprintf(wanted, sizeof(wanted), "style-src 'sha256-%s';", hash);
    const char *policy = glance_policy(&c, "https://a.example,https://b.example https://c.example");
    ck_assert_ptr_nonnull(strstr(policy, wanted));
    ck_assert_ptr_nonnull(
        strstr(policy,
               "frame-ancestors 'self' https://a.example https://b.example https://c.example"));
    ck_assert_ptr_null(strstr(policy, ","));
    ck_assert_str_eq(strstr(glance_policy(&c, NULL), "frame-"), "frame-ancestors 'self'");
    ck_assert_str_eq(strstr(glance_policy(&c, ""), "frame-"), "frame-ancestors 'self'");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_goal_is_told_with_its_counts,
        what_nobody_has_reported_is_said_and_not_0,
        an_objective_has_one_status_and_demo_data_are_called_so,
        the_plan_is_called_by_its_title,
        each_language_says_it_and_the_words_stay_the_citys,
        a_translation_is_unofficial_and_stands_before_the_citys_words,
        a_badge_is_a_picture_with_a_title,
        every_status_has_a_shape_of_its_own,
        the_policy_names_the_hosts_and_the_style,
    };
    return suite_run("view/glance", tests, COUNT(tests));
}
