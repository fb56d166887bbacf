#include "view/ical.h"

#include <string.h>

#include "support/suite.h"

static const struct ical_event DAY = {
    .uid = "1.1-due@plan.example.org",
    .day = "2026-06-30",
    .stamp = "20260101T000000Z",
    .summary = "1.1 is due",
    .category = "due",
    .url = "https://plan.example.org/objectives/1.1",
};

static void summary_is(const char *summary, const char *expected) {
    AUTO(buf) struct buf b = {0};
    struct ical_event e = DAY;
    e.summary = summary;
    ical_add(&b, &e);
    ck_assert_msg(strstr(b.data, expected) != NULL, "%s", b.data);
}

START_TEST(an_event_is_a_whole_day) {
    AUTO(buf) struct buf b = {0};
    ical_add(&b, &DAY);
    ck_assert_str_eq(b.data, "BEGIN:VEVENT\r\n"
                             "UID:1.1-due@plan.example.org\r\n"
                             "DTSTAMP:20260101T000000Z\r\n"
                             "DTSTART;VALUE=DATE:20260630\r\n"
                             "SUMMARY:1.1 is due\r\n"
                             "CATEGORIES:due\r\n"
                             "URL:https://plan.example.org/objectives/1.1\r\n"
                             "TRANSP:TRANSPARENT\r\n"
                             "END:VEVENT\r\n");
}
END_TEST

START_TEST(text_cannot_leave_its_line) {
    summary_is("a,b;c\\d", "SUMMARY:a\\,b\\;c\\\\d\r\n");
    summary_is("a\nEND:VEVENT", "SUMMARY:a\\nEND:VEVENT\r\n");
    summary_is("a\r\x01"
               "b",
               "SUMMARY:ab\r\n");
    summary_is("", "SUMMARY:\r\n");
}
END_TEST

START_TEST(lines_are_folded_at_75_octets_between_characters) {
    static const char tail[] =
        "한국어 텍스트가 아주 길어서 한 줄에 들어가지 않습니다 정말로 그렇습니다";
    char line[400] = "";
    for (size_t lead = 0; lead < 40; lead++) {
        AUTO(buf) struct buf b = {0}, whole = {0};
        struct ical_event e = DAY;
        memset(line, 'x', lead);
        memcpy(line + lead, tail, sizeof tail);
        e.summary = line;
        ical_add(&b, &e);
        size_t octets = 0;
        for (const char *at = b.data; *at; at++) {
            if (strncmp(at, "\r\n ", 3) == 0) {
                at += 2;
                octets = 1;
                ck_assert_msg(((unsigned char)at[1] & 0xC0) != 0x80, "cut within a character");
                continue;
            }
            buf_addc(&whole, *at);
            octets = *at == '\n' ? 0 : octets + 1;
            ck_assert_uint_le(octets, 76); /* with CR */
        }
        ck_assert_msg(strstr(whole.data, line) != NULL, "%s", whole.data);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_event_is_a_whole_day,
        text_cannot_leave_its_line,
        lines_are_folded_at_75_octets_between_characters,
    };
    return suite_run("view/ical", tests, COUNT(tests));
}
