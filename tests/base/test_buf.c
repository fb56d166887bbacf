#include "base/buf.h"

#include <string.h>

#include "base/call.h"
#include "support/suite.h"

START_TEST(an_empty_buffer_has_no_bytes_and_is_fine) {
    struct buf b = {0};
    ck_assert_ptr_null(b.data);
    buf_adds(&b, NULL);
    ck_assert_ptr_null(b.data);
    buf_adds(&b, "");
    ck_assert_str_eq(b.data, "");
    buf_drop(&b);
    buf_drop(&b);
}
END_TEST

START_TEST(bytes_with_nul_are_kept) {
    AUTO(buf) struct buf b = {0};
    buf_add(&b, "a\0b", 3);
    buf_addc(&b, '\0');
    buf_addc(&b, 'c');
    ck_assert_uint_eq(b.len, 5);
    ck_assert_mem_eq(b.data, "a\0b\0c", 6);
}
END_TEST

START_TEST(growth_keeps_every_byte) {
    AUTO(buf) struct buf b = {0};
    for (int i = 0; i < 100000; i++)
        buf_addc(&b, (char)('a' + i % 26));
    ck_assert_uint_eq(b.len, 100000);
    ck_assert_uint_eq(strlen(b.data), 100000);
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(b.data[i], 'a' + i % 26);
}
END_TEST

START_TEST(formats_fit_at_every_length_round_the_capacity) {
    for (int len = 240; len < 270; len++) {
        AUTO(buf) struct buf b = {0};
        buf_adds(&b, "x");
        buf_addf(&b, "%*d|%s", len, 7, "end");
        ck_assert_uint_eq(b.len, (size_t)len + 5);
        ck_assert_str_eq(b.data + b.len - 5, "7|end");
    }
}
END_TEST

START_TEST(a_failure_is_sticky_and_fails_the_call) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "kept");
    ck_assert(buf_ok(&c, &b));
    volatile size_t huge = SIZE_MAX;
    buf_add(&b, "x", huge);
    buf_adds(&b, "later");
    buf_addf(&b, "%d", 7);
    buf_add_json(&b, "later");
    ck_assert(b.failed);
    ck_assert_str_eq(b.data, "kept");
    ck_assert(!buf_ok(&c, &b));
    ck_assert_int_eq(c.err, ERR_NO_MEMORY);
    ck_assert_str_eq(c.detail, "out of memory");
}
END_TEST

START_TEST(an_almost_endless_length_does_not_wrap) {
    struct buf b = {0};
    buf_adds(&b, "four");
    volatile size_t huge = PTRDIFF_MAX;
    buf_add(&b, "x", huge - 4);
    ck_assert(b.failed);
    ck_assert_uint_eq(b.len, 4);
    buf_drop(&b);
}
END_TEST

START_TEST(clearing_forgets_a_failure_and_keeps_the_memory) {
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "text");
    const char *before = b.data;
    b.failed = true;
    buf_clear(&b);
    ck_assert_str_eq(b.data, "");
    buf_adds(&b, "new");
    ck_assert_str_eq(b.data, "new");
    ck_assert_ptr_eq(b.data, before);
}
END_TEST

static void json_is(const char *text, size_t len, const char *expected) {
    AUTO(buf) struct buf b = {0};
    buf_add_json_n(&b, text, len);
    ck_assert_str_eq(b.data, expected);
}

START_TEST(json_strings_are_escaped) {
    json_is(NULL, 0, "null");
    json_is("", 0, "\"\"");
    json_is("plain", 5, "\"plain\"");
    json_is("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
    json_is("\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"");
    json_is("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\"");
    json_is("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xb3", 14,
            "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xb3\"");
}
END_TEST

START_TEST(json_strings_replace_what_is_not_utf8) {
    json_is("a\xff"
            "b",
            3,
            "\"a\xef\xbf\xbd"
            "b\"");
    json_is("\xc3", 1, "\"\xef\xbf\xbd\"");
    json_is("\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    json_is("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}
END_TEST

START_TEST(html_is_escaped) {
    AUTO(buf) struct buf b = {0};
    buf_add_html(&b, "<a href=\"x\">Tom & Jerry's</a>\n\x01\xff");
    ck_assert_str_eq(
        b.data,
        "&lt;a href=&quot;x&quot;&gt;Tom &amp; Jerry&#39;s&lt;/a&gt;\n\xef\xbf\xbd\xef\xbf\xbd");
    buf_clear(&b);
    buf_add_html(&b, NULL);
    ck_assert_str_eq(b.data, "");
}
END_TEST

START_TEST(uris_keep_only_the_unreserved) {
    AUTO(buf) struct buf b = {0};
    buf_add_uri(&b, "aZ09-._~/?#[]@ %\xc3\xa9");
    ck_assert_str_eq(b.data, "aZ09-._~%2F%3F%23%5B%5D%40%20%25%C3%A9");
    buf_clear(&b);
    buf_add_uri(&b, NULL);
    ck_assert_str_eq(b.data, "");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_empty_buffer_has_no_bytes_and_is_fine,
        bytes_with_nul_are_kept,
        growth_keeps_every_byte,
        formats_fit_at_every_length_round_the_capacity,
        a_failure_is_sticky_and_fails_the_call,
        an_almost_endless_length_does_not_wrap,
        clearing_forgets_a_failure_and_keeps_the_memory,
        json_strings_are_escaped,
        json_strings_replace_what_is_not_utf8,
        html_is_escaped,
        uris_keep_only_the_unreserved,
    };
    return suite_run("base/buf", tests, COUNT(tests));
}
