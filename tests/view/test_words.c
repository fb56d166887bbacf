#include "view/words.h"

#include <string.h>

#include "model/update.h"
#include "support/suite.h"

/* ---- languages ---- */

START_TEST(every_language_has_a_tag_and_a_name_of_its_own) {
    for (int i = 0; i < LANG_COUNT; i++) {
        enum lang lang = (enum lang)i;
        ck_assert_int_eq(lang_named(lang_tag(lang)), i);
        ck_assert_int_eq(lang_find(lang_tag(lang), strlen(lang_tag(lang))), i);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(lang_name(lang), lang_name((enum lang)j));
    }
    ck_assert_str_eq(lang_tag(LANG_ZH_HANS), "zh-Hans");
    ck_assert_str_eq(lang_name(LANG_KO), "한국어");
    ck_assert_int_eq(LANG_EN, 0);
}
END_TEST

START_TEST(a_parameter_names_a_language_exactly) {
    static const char *const none[] = {"", "EN", "ko-KR", "zh", "zh-hans", "de", "*", "en "};
    ck_assert_int_eq(lang_named("fil"), LANG_TL);
    for (size_t i = 0; i < COUNT(none); i++)
        ck_assert_msg(lang_named(none[i]) == -1, "%s", none[i]);
}
END_TEST

START_TEST(a_range_finds_the_nearest_language) {
    static const struct {
        const char *range;
        int lang;
    } cases[] = {
        {"en", LANG_EN},
        {"en-US", LANG_EN},
        {"EN-us", LANG_EN},
        {"ko-KR", LANG_KO},
        {"ko-Kore-KR", LANG_KO},
        {"es-419", LANG_ES},
        {"tl", LANG_TL},
        {"fil", LANG_TL},
        {"fil-PH", LANG_TL},
        {"zh", LANG_ZH_HANS},
        {"zh-CN", LANG_ZH_HANS},
        {"zh-SG", LANG_ZH_HANS},
        {"zh-Hans-TW", LANG_ZH_HANS},
        {"zh-TW", LANG_ZH_HANT},
        {"zh-HK", LANG_ZH_HANT},
        {"zh-MO", LANG_ZH_HANT},
        {"zh-hant-HK", LANG_ZH_HANT},
        {"zh-TW-u-nu-latn", LANG_ZH_HANT},
        {"en-a-bbb-x-a-ccc", LANG_EN},
        {"*", LANG_EN},
        {"de", -1},
        {"e", -1},
        {"eng", -1},
        {"", -1},
        {"-", -1},
        {"-en", -1},
        {"x-en", -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(lang_find(cases[i].range, strlen(cases[i].range)) == cases[i].lang, "%s",
                      cases[i].range);
    ck_assert_int_eq(lang_find("korean", 2), LANG_KO);
}
END_TEST

/* ---- texts ---- */

START_TEST(values_are_escaped_and_markup_is_not) {
    AUTO(buf) struct buf b = {0};
    words_add(&b, LANG_EN, WORD_LATEST_UPDATE,
              (const struct fill[]){{"date", NULL, "<b>today</b>"},
                                    {"objective", "7.1", NULL},
                                    {"summary", "\"a\" < {b}", NULL},
                                    {0}});
    ck_assert_str_eq(b.data, "Latest update, <b>today</b>, objective 7.1: &quot;a&quot; &lt; {b}");
    buf_clear(&b);
    words_add(&b, LANG_EN, WORD_WORDS_ARE_THE_CITYS, NULL);
    ck_assert_ptr_nonnull(strstr(b.data, "are the city&#39;s own"));
    buf_clear(&b);
    words_add_plain(&b, LANG_EN, WORD_GOAL_TITLED,
                    (const struct fill[]){{"number", "7", NULL},
                                          {"statement", "A & B", NULL},
                                          {0}});
    ck_assert_str_eq(b.data, "Goal 7: A & B");
}
END_TEST

START_TEST(the_count_chooses_the_plural_form) {
    static const struct {
        enum lang lang;
        const char *count, *text;
    } cases[] = {
        {LANG_EN, "1", "1 update of objective 7.1"},
        {LANG_EN, "0", "0 updates of objective 7.1"},
        {LANG_EN, "11", "11 updates of objective 7.1"},
        {LANG_ES, "1", "1 actualización del objetivo 7.1"},
        {LANG_ES, "2", "2 actualizaciones del objetivo 7.1"},
        {LANG_KO, "1", "세부 목표 7.1의 업데이트 1건"},
        {LANG_KO, "2", "세부 목표 7.1의 업데이트 2건"},
        {LANG_TL, "1", "1 update sa layunin 7.1"},
        {LANG_TL, "3", "3 update sa layunin 7.1"},
        {LANG_TL, "4", "4 na update sa layunin 7.1"},
        {LANG_TL, "19", "19 na update sa layunin 7.1"},
        {LANG_TL, "20", "20 update sa layunin 7.1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        words_add(&b, cases[i].lang, WORD_UPDATES_OF_OBJECTIVE,
                  (const struct fill[]){{"count", cases[i].count, NULL},
                                        {"objective", "7.1", NULL},
                                        {0}});
        ck_assert_str_eq(b.data, cases[i].text);
    }
}
END_TEST

/* ---- tokens and digits ---- */

START_TEST(every_status_has_words_and_a_meaning) {
    for (int lang = 0; lang < LANG_COUNT; lang++)
        for (size_t i = 0; OBJECTIVE_STATUSES[i]; i++) {
            const char *words = words_status((enum lang)lang, OBJECTIVE_STATUSES[i]);
            ck_assert_str_ne(words, OBJECTIVE_STATUSES[i]);
            ck_assert_ptr_null(strchr(words, '_'));
            bool says_itself = i == 0; /* "Not yet reported" needs no explanation */
            ck_assert_int_eq(words_status_meaning((enum lang)lang, OBJECTIVE_STATUSES[i]) == NULL,
                             says_itself);
        }
    ck_assert_str_eq(words_status(LANG_EN, "no_information"), "Not yet reported");
    ck_assert_str_eq(words_status(LANG_KO, "completed"), "완료");
    ck_assert_str_eq(words_status(LANG_KO, "to_come"), "to_come");
    ck_assert_ptr_null(words_status_meaning(LANG_EN, "to_come"));
}
END_TEST

START_TEST(dates_are_written_out) {
    static const struct {
        enum lang lang;
        const char *date, *text;
    } cases[] = {
        {LANG_EN, "2026-10-31", "October 31, 2026"},
        {LANG_EN, "2024-02-29", "February 29, 2024"},
        {LANG_EN, "2026-12-09", "December 9, 2026"},
        {LANG_ES, "2026-10-31", "31 de octubre de 2026"},
        {LANG_KO, "2026-10-31", "2026년 10월 31일"},
        {LANG_TL, "2026-10-31", "Oktubre 31, 2026"},
        {LANG_ZH_HANS, "2026-01-01", "2026年1月1日"},
        {LANG_ZH_HANT, "2026-10-31", "2026年10月31日"},
        {LANG_KO, "soon", "soon"},
        {LANG_EN, "2026-13-01", "2026-13-01"},
        {LANG_EN, "<b>", "&lt;b&gt;"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        words_add_date(&b, cases[i].lang, cases[i].date);
        ck_assert_str_eq(b.data, cases[i].text);
    }
    AUTO(buf) struct buf none = {0};
    words_add_date(&none, LANG_EN, NULL);
    ck_assert_uint_eq(none.len, 0);
}
END_TEST

START_TEST(numbers_are_grouped_as_the_language_does) {
    static const struct {
        enum lang lang;
        const char *number, *text;
    } cases[] = {
        {LANG_EN, "1234567.25", "1,234,567.25"},
        {LANG_EN, "-1000", "-1,000"},
        {LANG_EN, "", ""},
        {LANG_ES, "1234.5", "1234,5"},
        {LANG_ES, "12345", "12.345"},
        {LANG_KO, "999", "999"},
        {LANG_EN, "1e+20", "1e+20"},
        {LANG_EN, "<b>", "&lt;b&gt;"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        words_add_number(&b, cases[i].lang, cases[i].number);
        ck_assert_str_eq(b.data, cases[i].text);
    }
}
END_TEST

START_TEST(percents_have_one_digit_at_most) {
    static const struct {
        enum lang lang;
        const char *number, *text;
    } cases[] = {
        {LANG_EN, "0", "0%"},       {LANG_EN, "33.3", "33.3%"},       {LANG_EN, "33.33", "33.3%"},
        {LANG_EN, "99.96", "100%"}, {LANG_ES, "33.3", "33,3\u00a0%"}, {LANG_KO, "100", "100%"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        words_add_percent(&b, cases[i].lang, cases[i].number);
        ck_assert_str_eq(b.data, cases[i].text);
    }
}
END_TEST

START_TEST(a_percent_says_whether_it_is_a_minimum) {
    static const struct {
        enum lang lang;
        const char *progress, *text;
    } cases[] = {
        {LANG_EN, "{\"percent\":30,\"percent_is_minimum\":true,\"reported\":1,\"total\":3}",
         "At least 30% complete (1 of 3 objectives have reported a percent)"},
        {LANG_ES, "{\"percent\":33.3,\"percent_is_minimum\":true,\"reported\":1,\"total\":3}",
         "Al menos 33,3\u00a0% completado (1 de 3 objetivos han informado un porcentaje)"},
        {LANG_EN, "{\"percent\":99.9,\"percent_is_minimum\":false,\"reported\":3,\"total\":3}",
         "99.9% complete"},
        {LANG_KO, "{\"percent\":0,\"percent_is_minimum\":false,\"reported\":3,\"total\":3}",
         "0% 완료"},
        {LANG_EN, "{\"percent\":null,\"percent_is_minimum\":false,\"reported\":0,\"total\":3}",
         "No percent has been reported yet"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf b = {0};
        call_init(&c, 1000);
        AUTO(doc) struct doc *d = doc_parse(&c, cases[i].progress, strlen(cases[i].progress));
        words_add_progress(&c, &b, cases[i].lang, d);
        ck_assert_str_eq(b.data, cases[i].text);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_language_has_a_tag_and_a_name_of_its_own,
        a_parameter_names_a_language_exactly,
        a_range_finds_the_nearest_language,
        values_are_escaped_and_markup_is_not,
        the_count_chooses_the_plural_form,
        every_status_has_words_and_a_meaning,
        dates_are_written_out,
        numbers_are_grouped_as_the_language_does,
        percents_have_one_digit_at_most,
        a_percent_says_whether_it_is_a_minimum,
    };
    return suite_run("view/words", tests, COUNT(tests));
}
