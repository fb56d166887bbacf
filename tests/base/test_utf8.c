#include "base/utf8.h"

#include <string.h>

#include "base/macros.h"
#include "support/suite.h"

START_TEST(well_formed_text_is_valid) {
    static const char *const texts[] = {
        "",
        "plain",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(utf8_valid(texts[i], strlen(texts[i])), "case %zu", i);
    ck_assert(utf8_valid("a\0b", 3));
}
END_TEST

START_TEST(ill_formed_text_is_not) {
    static const char *const texts[] = {
        "\x80",             /* a continuation alone */
        "\xc0\x80",         /* NUL, overlong */
        "\xc1\xbf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* surrogate */
        "\xed\xbf\xbf",     /* surrogate */
        "\xf4\x90\x80\x80", /* past U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3",         /* cut */
        "\xe2\x82",     /* cut */
        "\xf0\x9f\x8c", /* cut */
        "\xc3"
        "a",
        "\xe2\x82"
        "a",
        "\xf0\x9f\x8c"
        "a",
        "ok\xfe",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(!utf8_valid(texts[i], strlen(texts[i])), "case %zu", i);
}
END_TEST

START_TEST(a_sequence_is_not_read_past_the_length) {
    ck_assert_uint_eq(utf8_step("\xc3\xa9", 1), 0);
    ck_assert_uint_eq(utf8_step("\xf0\x9f\x8c\xb3", 3), 0);
    ck_assert_uint_eq(utf8_step("\xf0\x9f\x8c\xb3", 4), 4);
    ck_assert_uint_eq(utf8_step("", 0), 0);
    ck_assert_uint_eq(utf8_step("", 1), 1);
}
END_TEST

START_TEST(length_counts_code_points) {
    ck_assert_uint_eq(utf8_length(""), 0);
    ck_assert_uint_eq(utf8_length("caf\xc3\xa9"), 4);
    ck_assert_uint_eq(utf8_length("\xf0\x9f\x8c\xb3\xe2\x82\xac"), 2);
    ck_assert_uint_eq(utf8_length("a\xff\xfe"), 3);
}
END_TEST

/* Every code point, spelled by the rule of the RFC rather than by its table. */
START_TEST(every_code_point_but_surrogates_is_valid) {
    for (unsigned point = 0; point <= 0x110000; point++) {
        char text[4] = {(char)point};
        size_t len = 1;
        if (point >= 0x10000) {
            text[0] = (char)(0xf0 | point >> 18);
            text[1] = (char)(0x80 | (point >> 12 & 63));
            text[2] = (char)(0x80 | (point >> 6 & 63));
            text[3] = (char)(0x80 | (point & 63));
            len = 4;
        } else if (point >= 0x800) {
            text[0] = (char)(0xe0 | point >> 12);
            text[1] = (char)(0x80 | (point >> 6 & 63));
            text[2] = (char)(0x80 | (point & 63));
            len = 3;
        } else if (point >= 0x80) {
            text[0] = (char)(0xc0 | point >> 6);
            text[1] = (char)(0x80 | (point & 63));
            len = 2;
        }
        bool good = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        if ((utf8_step(text, len) == len) != good)
            ck_abort_msg("U+%04X", point);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        well_formed_text_is_valid,
        ill_formed_text_is_not,
        a_sequence_is_not_read_past_the_length,
        length_counts_code_points,
        every_code_point_but_surrogates_is_valid,
    };
    return suite_run("base/utf8", tests, COUNT(tests));
}
