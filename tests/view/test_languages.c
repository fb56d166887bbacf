#include "view/languages.h"

#include <string.h>

#include "support/suite.h"
#include "view/accessibility.h"

static size_t count(const char *text, const char *piece) {
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, piece)); at += strlen(piece))
        n++;
    return n;
}

START_TEST(each_language_is_offered_by_its_own_name) {
    AUTO(buf) struct buf b = {0};
    languages_add_links(&b, LANG_KO, "/goals/7?as_of=2026-10-31&plan=a%26b");
    ck_assert_uint_eq(count(b.data, "<li>"), LANG_COUNT);
    ck_assert_ptr_nonnull(strstr(b.data, "<nav class=\"languages\" aria-label=\"언어\">"));
    ck_assert_ptr_nonnull(
        strstr(b.data, "<a href=\"/goals/7?as_of=2026-10-31&amp;plan=a%26b&amp;lang=zh-Hant\" "
                       "lang=\"zh-Hant\" hreflang=\"zh-Hant\">繁體中文</a>"));
    ck_assert_ptr_nonnull(
        strstr(b.data, "lang=\"ko\" hreflang=\"ko\" aria-current=\"true\">한국어</a>"));
    ck_assert_uint_eq(count(b.data, "aria-current"), 1);
}
END_TEST

START_TEST(a_head_names_the_page_in_each_language) {
    AUTO(buf) struct buf b = {0};
    languages_add_alternates(&b, "https://plan.example.org", "/objectives?goal=7");
    ck_assert_uint_eq(count(b.data, "<link rel=\"alternate\" hreflang="), LANG_COUNT + 1);
    ck_assert_ptr_nonnull(strstr(b.data, "hreflang=\"tl\" href=\"https://plan.example.org/"
                                         "objectives?goal=7&amp;lang=tl\">"));
    ck_assert_ptr_nonnull(strstr(b.data, "hreflang=\"x-default\" href=\"https://plan.example.org/"
                                         "objectives?goal=7\">"));
    buf_clear(&b);
    languages_add_alternates(&b, "https://plan.example.org", "/");
    ck_assert_ptr_nonnull(strstr(b.data, "href=\"https://plan.example.org/?lang=es\">"));
}
END_TEST

START_TEST(the_statement_names_a_contact_or_that_there_is_none) {
    static const char *const cases[][2] = {
        {"mailto:plan%2Bdata@example.org?subject=%22x%22",
         "<a href=\"mailto:plan%2Bdata@example.org?subject=%22x%22\">plan%2Bdata@example.org</a>"},
        {NULL, "has not named anybody to write to yet."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf b = {0};
        call_init(&c, 1000);
        ck_assert(page_accessibility(&c, &b, LANG_EN, "/accessibility", cases[i][0]));
        ck_assert_msg(strstr(b.data, cases[i][1]) != NULL, "%s", cases[i][1]);
    }
}
END_TEST

START_TEST(the_statement_is_whole_in_each_language) {
    for (int i = 0; i < LANG_COUNT; i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf b = {0};
        enum lang lang = (enum lang)i;
        call_init(&c, 1000);
        ck_assert(page_accessibility(&c, &b, lang, "/accessibility", NULL));
        ck_assert_ptr_nonnull(strstr(b.data, words_text(lang, WORD_A11Y_TITLE)));
        ck_assert_uint_eq(count(b.data, "<h2>"), 5);
        ck_assert_uint_eq(count(b.data, "<li>"), LANG_COUNT + 6 + 3 + 4);
        ck_assert_uint_eq(count(b.data, "WCAG"), 2);
        ck_assert_uint_eq(count(b.data, "axe-core"), 1);
        ck_assert_uint_eq(count(b.data, "2026"), 1);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        each_language_is_offered_by_its_own_name,
        a_head_names_the_page_in_each_language,
        the_statement_names_a_contact_or_that_there_is_none,
        the_statement_is_whole_in_each_language,
    };
    return suite_run("view/languages", tests, COUNT(tests));
}
