/*
 * What the interface makes of days, percents and counts, in each of its languages, for a judge who
 * knows how these are written: lines of words parted by tabs, namely kind, language, value, text.
 * The kinds: date, number, percent, and plural, whose text is of so many, "#" standing for the
 * number.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/macros.h"
#include "view/words.h"

/* A line, whose text is used up. */
static void print(const char *kind, enum lang lang, const char *value, struct buf *text) {
    printf("%s\t%s\t%s\t%s\n", kind, lang_tag(lang), value, text->data);
    buf_clear(text);
}

/* Days of one digit and of two in each month, over leap years and ends of centuries. */
static void print_dates(enum lang lang, struct buf *text) {
    static const int years[] = {1900, 1999, 2000, 2024, 2025, 2026, 2027, 2100, 2999};
    static const int days[] = {1, 2, 3, 9, 10, 11, 20, 25, 26, 27, 28};
    char date[40];
    for (size_t y = 0; y < COUNT(years); y++)
        for (int month = 1; month <= 12; month++)
            for (size_t d = 0; d < COUNT(days); d++) {
                snprintf(date, sizeof(date), "%d-%02d-%02d", years[y], month, days[d]);
                words_add_date(text, lang, date);
                print("date", lang, date, text);
            }
}

static void print_numbers(enum lang lang, struct buf *text) {
    static const char *const numbers[] = {"0",         "7",          "999",        "1000",
                                          "1234.5",    "-1234",      "9999.9",     "10000",
                                          "12345.67",  "100000",     "-0.5",       "0.125",
                                          "1000000.5", "-123456789", "12345678901"};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        words_add_number(text, lang, numbers[i]);
        print("number", lang, numbers[i], text);
    }
}

/* Every one that has a digit after the point at most. */
static void print_percents(enum lang lang, struct buf *text) {
    char number[40];
    for (int tenths = 0; tenths <= 1000; tenths++) {
        snprintf(number, sizeof(number), tenths % 10 ? "%d.%d" : "%d", tenths / 10, tenths % 10);
        words_add_percent(text, lang, number);
        print("percent", lang, number, text);
    }
}

static void print_plurals(enum lang lang, struct buf *text) {
    char number[40];
    for (int n = 0; n <= 250; n++) {
        const struct fill fills[] = {{"count", number, "#"}, {"objective", "7.1", NULL}, {0}};
        snprintf(number, sizeof(number), "%d", n);
        words_add(text, lang, WORD_UPDATES_OF_OBJECTIVE, fills);
        print("plural", lang, number, text);
    }
}

int main(void) {
    AUTO(buf) struct buf text = {0};
    for (int i = 0; i < LANG_COUNT; i++) {
        enum lang lang = (enum lang)i;
        print_dates(lang, &text);
        print_numbers(lang, &text);
        print_percents(lang, &text);
        print_plurals(lang, &text);
    }
    return 0;
}
