#include "view/staff.h"

#include <string.h>

#include "support/suite.h"
#include "view/page.h"

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing", text);
}

START_TEST(the_shell_is_whole_in_each_language) {
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf b = {0};
        call_init(&c, 1000);
        ck_assert_msg(staff_shell(&c, &b, (enum lang)lang), "%s", c.detail);
        holds(&b, lang_tag((enum lang)lang));
        holds(&b, "<noscript>");
        holds(&b, "curl &quot;$BASE/work-queue&quot;");
        holds(&b, words_status((enum lang)lang, "on_track"));
        ck_assert_ptr_null(strstr(b.data, "(null)"));
    }
}
END_TEST

START_TEST(the_language_that_is_read_is_marked) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    ck_assert(staff_shell(&c, &b, LANG_KO));
    holds(&b,
          "href=\"/staff?lang=ko\" lang=\"ko\" hreflang=\"ko\" aria-current=\"true\">한국어</a>");
    holds(&b, "href=\"/staff?lang=en\" lang=\"en\" hreflang=\"en\">English</a>");
}
END_TEST

START_TEST(files_have_the_types_that_browsers_insist_on) {
    static const char *const TYPES[][2] = {
        {"main.js", "text/javascript; charset=utf-8"},
        {"staff.css", "text/css; charset=utf-8"},
        {"zh-Hant.json", "application/json"},
    };
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        const char *type = NULL;
        const struct embedded_file *file = staff_find(TYPES[i][0], &type);
        ck_assert_msg(file && file->len > 0, "%s", TYPES[i][0]);
        ck_assert_str_eq(type, TYPES[i][1]);
    }
}
END_TEST

START_TEST(other_names_are_no_files) {
    static const char *const NAMES[] = {"", "main", "main.j", "main.js2", "../page.css", "Main.js"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        const char *type = "untouched";
        ck_assert_ptr_null(staff_find(NAMES[i], &type));
        ck_assert_str_eq(type, "untouched");
    }
}
END_TEST

START_TEST(the_policy_knows_the_style_of_pages) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *policy = staff_policy(&c);
    ck_assert_ptr_nonnull(strstr(policy, page_style_source(&c)));
    ck_assert_ptr_nonnull(strstr(policy, "require-trusted-types-for 'script'"));
    ck_assert_ptr_nonnull(strstr(policy, "frame-ancestors 'none'"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_shell_is_whole_in_each_language,          the_language_that_is_read_is_marked,
        files_have_the_types_that_browsers_insist_on, other_names_are_no_files,
        the_policy_knows_the_style_of_pages,
    };
    return suite_run("view/staff", tests, COUNT(tests));
}
