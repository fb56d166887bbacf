#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "support/suite.h"

static const int64_t MICRO = 1000000;

START_TEST(the_wall_clock_runs_and_can_be_fixed) {
    int64_t now = (int64_t)time(NULL);
    ck_assert_int_ge(clock_wall_us() / MICRO, now);
    ck_assert_int_le(clock_wall_us() / MICRO, now + 60);
    clock_fix(1793639051120000);
    ck_assert_int_eq(clock_wall_us(), 1793639051120000);
    clock_fix(0);
    ck_assert_int_ge(clock_wall_us() / MICRO, now);
}
END_TEST

START_TEST(the_monotonic_clock_ignores_the_fixed_one) {
    clock_fix(1);
    int64_t before = clock_mono_us();
    ck_assert_int_gt(before, 1);
    ck_assert_int_ge(clock_mono_us(), before);
}
END_TEST

START_TEST(times_are_written_in_both_forms) {
    static const struct {
        int64_t us;
        const char *rfc3339;
        const char *http;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
        {784111777000000, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {951782400000000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
        {1793639051120999, "2026-11-02T17:04:11.120Z", "Mon, 02 Nov 2026 17:04:11 GMT"},
        {4107542399999999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 GMT"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
        {INT64_MIN, "0001-01-01T00:00:00.000Z", "Mon, 01 Jan 0001 00:00:00 GMT"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char rfc3339[25];
        char http[30];
        clock_rfc3339(cases[i].us, rfc3339);
        clock_http_date(cases[i].us, http);
        ck_assert_str_eq(rfc3339, cases[i].rfc3339);
        ck_assert_str_eq(http, cases[i].http);
    }
}
END_TEST

START_TEST(every_day_agrees_with_the_c_library) {
    for (int64_t day = -62135596800; day < 253402300800; day += 86400 * 97) {
        struct tm tm;
        time_t at = (time_t)day;
        ck_assert_ptr_nonnull(gmtime_r(&at, &tm));
        char expected[80];
        snprintf(expected, sizeof(expected), "%04d-%02d-%02dT00:00:00.000Z", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday);
        char out[25];
        clock_rfc3339(day * MICRO, out);
        ck_assert_str_eq(out, expected);
        int64_t back = 0;
        ck_assert(clock_parse_rfc3339(out, &back));
        ck_assert_int_eq(back, day * MICRO);
    }
}
END_TEST

START_TEST(offsets_and_fractions_are_read) {
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01T00:00:00+00:00", 0},
        {"1970-01-01T00:00:00-00:00", 0},
        {"2026-11-02T17:04:11.120Z", 1793639051120000},
        {"2026-11-02T10:04:11.12-07:00", 1793639051120000},
        {"2026-11-03T01:34:11.120+08:30", 1793639051120000},
        {"2026-11-02T17:04:11.1209999999Z", 1793639051120999},
        {"2026-11-02T17:04:11.0000001Z", 1793639051000000},
        {"1969-12-31T23:59:59.5Z", -500000},
        {"2000-02-29T00:00:00Z", 951782400000000},
        {"2016-12-31T23:59:60Z", 1483228800000000},
        {"2016-12-31T15:59:60-08:00", 1483228800000000},
        {"0001-01-01T00:00:00Z", -62135596800000000},
        {"9999-12-31T23:59:59.999999Z", 253402300799999999},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = 7;
        ck_assert_msg(clock_parse_rfc3339(cases[i].text, &us), "%s", cases[i].text);
        ck_assert_msg(us == cases[i].us, "%s: %lld", cases[i].text, (long long)us);
    }
}
END_TEST

START_TEST(what_is_no_date_time_is_refused) {
    static const char *const cases[] = {
        "",
        "2026",
        "2026-11-02",
        "2026-11-02T17:04:11",
        "2026-11-02T17:04Z",
        "2026-11-02 17:04:11Z",
        "2026-11-02T17:04:11.Z",
        "2026-11-02T17:04:11,5Z",
        "2026-11-02T17:04:11Zx",
        "2026-11-02T17:04:11 Z",
        "2026-11-02T17:04:11+07",
        "2026-11-02T17:04:11+0700",
        "2026-11-02T17:04:11+24:00",
        "2026-11-02T17:04:11+07:60",
        "2026-11-02T24:00:00Z",
        "2026-11-02T17:60:00Z",
        "2026-11-02T17:04:61Z",
        "2026-11-02T17:04:60Z", /* no leap second inside a day */
        "2016-12-31T23:59:60-08:00",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-04-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "10000-01-01T00:00:00Z",
        "-026-11-02T17:04:11Z",
        "2026-1-02T17:04:11Z",
        " 2026-11-02T17:04:11Z",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = 7;
        ck_assert_msg(!clock_parse_rfc3339(cases[i], &us), "%s", cases[i]);
        ck_assert_int_eq(us, 7);
    }
}
END_TEST

START_TEST(a_moment_to_wait_for_is_as_far_away_as_was_said) {
    static const int64_t waits[] = {0, 1, 999, 1000, 3000, 123456};
    for (size_t i = 0; i < COUNT(waits); i++) {
        int64_t before = clock_mono_us();
        const struct timespec t = clock_in_ms(waits[i]);
        int64_t after = clock_mono_us(), us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
        ck_assert(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
        ck_assert(us >= before + waits[i] * 1000 && us <= after + waits[i] * 1000);
    }
}
END_TEST

START_TEST(dates_exist_between_1900_and_2999) {
    static const char *const good[] = {"1900-01-01", "2999-12-31", "2024-02-29", "2000-02-29",
                                       "2026-11-30"};
    static const char *const bad[] = {
        "",           "1899-12-31", "3000-01-01",  "2026-02-29",  "1900-02-29", "2026-11-31",
        "2026-00-10", "2026-10-00", "2026-1-1",    "2026-10-01Z", "2026/10/01", "20261001",
        "2026-10-1x", "+026-10-01", "2026-10-01 ", "2026-10",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        ck_assert_msg(clock_is_date(good[i]), "%s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!clock_is_date(bad[i]), "%s", bad[i]);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_wall_clock_runs_and_can_be_fixed, the_monotonic_clock_ignores_the_fixed_one,
        times_are_written_in_both_forms,      every_day_agrees_with_the_c_library,
        offsets_and_fractions_are_read,       what_is_no_date_time_is_refused,
        dates_exist_between_1900_and_2999,    a_moment_to_wait_for_is_as_far_away_as_was_said,
    };
    return suite_run("base/clock", tests, COUNT(tests));
}
