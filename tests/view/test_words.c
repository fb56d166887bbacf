#include "view/words.h"

#include <string.h>

#include "model/update.h"
#include "support/suite.h"

START_TEST(every_status_has_words_and_a_meaning) {
    for (size_t i = 0; OBJECTIVE_STATUSES[i]; i++) {
        const char *words = words_status(OBJECTIVE_STATUSES[i]);
        ck_assert_str_ne(words, OBJECTIVE_STATUSES[i]);
        ck_assert_ptr_null(strchr(words, '_'));
        bool says_itself = i == 0; /* "Not yet reported" needs no explanation */
        ck_assert_int_eq(words_status_meaning(OBJECTIVE_STATUSES[i]) == NULL, says_itself);
    }
    ck_assert_str_eq(words_status("no_information"), "Not yet reported");
    ck_assert_str_eq(words_status("to_come"), "to_come");
    ck_assert_ptr_null(words_status_meaning("to_come"));
}
END_TEST

START_TEST(dates_are_written_out) {
    static const char *const cases[][2] = {
        {"2026-10-31", "October 31, 2026"},
        {"2026-01-01", "January 1, 2026"},
        {"2024-02-29", "February 29, 2024"},
        {"2026-12-09", "December 9, 2026"},
        {"soon", "soon"},
        {"2026-13-01", "2026-13-01"},
        {"<b>", "&lt;b&gt;"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        words_add_date(&b, cases[i][0]);
        ck_assert_str_eq(b.data, cases[i][1]);
    }
    AUTO(buf) struct buf none = {0};
    words_add_date(&none, NULL);
    ck_assert_uint_eq(none.len, 0);
}
END_TEST

START_TEST(a_percent_says_whether_it_is_a_minimum) {
    static const char *const cases[][2] = {
        {"{\"percent\":30,\"percent_is_minimum\":true,\"reported\":1,\"total\":3}",
         "At least 30 % complete (1 of 3 objectives have reported a percent)"},
        {"{\"percent\":99.9,\"percent_is_minimum\":false,\"reported\":3,\"total\":3}",
         "99.9 % complete"},
        {"{\"percent\":0,\"percent_is_minimum\":false,\"reported\":3,\"total\":3}", "0 % complete"},
        {"{\"percent\":null,\"percent_is_minimum\":false,\"reported\":0,\"total\":3}",
         "No percent has been reported yet"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf b = {0};
        call_init(&c, 1000);
        AUTO(doc) struct doc *d = doc_parse(&c, cases[i][0], strlen(cases[i][0]));
        words_add_progress(&c, &b, d);
        ck_assert_str_eq(b.data, cases[i][1]);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_status_has_words_and_a_meaning,
        dates_are_written_out,
        a_percent_says_whether_it_is_a_minimum,
    };
    return suite_run("view/words", tests, COUNT(tests));
}
