#include "base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* The years that RFC 3339 can write, in seconds since 1970. */
static const int64_t YEAR_1 = INT64_C(-62135596800);
static const int64_t YEAR_10000 = INT64_C(253402300800);
static const int64_t MICRO = 1000000;
static const int64_t DAY = 86400;

/* Read by every thread; set before they start. */
static _Atomic int64_t fixed_us;

struct civil {
    int64_t year;
    int month, day; /* from 1 */
    int hour, minute, second, milli;
    int weekday; /* 0 = Sunday */
};

static int64_t read_clock(clockid_t id) {
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * MICRO + t.tv_nsec / 1000;
}

int64_t clock_wall_us(void) {
    int64_t fixed = atomic_load_explicit(&fixed_us, memory_order_relaxed);
    return fixed ? fixed : read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void) {
    return read_clock(CLOCK_MONOTONIC);
}

struct timespec clock_in_ms(int64_t ms) {
    int64_t us = clock_mono_us() + ms * 1000;
    return (struct timespec){.tv_sec = us / MICRO, .tv_nsec = us % MICRO * 1000};
}

void clock_fix(int64_t wall_us) {
    atomic_store_explicit(&fixed_us, wall_us, memory_order_relaxed);
}

/* Days since 1970-01-01 of a proleptic Gregorian date. Years are counted from March, so that the
 * leap day ends one. */
static int64_t days_of(int64_t year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_of(int64_t wall_us) {
    int64_t least = YEAR_1 * MICRO;
    int64_t most = YEAR_10000 * MICRO - 1;
    int64_t us = wall_us < least ? least : wall_us > most ? most : wall_us;
    us -= least; /* counted from year 1 nothing is negative */

    int64_t second = us / MICRO;
    int64_t days = second / DAY + YEAR_1 / DAY;
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (int)((5 * day_of_year + 2) / 153);
    int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct civil){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = (int)(second % DAY / 3600),
        .minute = (int)(second % 3600 / 60),
        .second = (int)(second % 60),
        .milli = (int)(us % MICRO / 1000),
        .weekday = (int)((second / DAY + 1) % 7), /* 0001-01-01 was a Monday */
    };
}

/* Writes the last count digits of n. */
static char *put(char *at, int64_t n, int count) {
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + n % 10);
        n /= 10;
    }
    return at + count;
}

void clock_rfc3339(int64_t wall_us, char out[25]) {
    struct civil t = civil_of(wall_us);
    memcpy(out, "0000-00-00T00:00:00.000Z", 25);
    put(out, t.year, 4);
    put(out + 5, t.month, 2);
    put(out + 8, t.day, 2);
    put(out + 11, t.hour, 2);
    put(out + 14, t.minute, 2);
    put(out + 17, t.second, 2);
    put(out + 20, t.milli, 3);
}

void clock_http_date(int64_t wall_us, char out[30]) {
    static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    };
    struct civil t = civil_of(wall_us);
    memcpy(out, "Day, 00 Mon 0000 00:00:00 GMT", 30);
    memcpy(out, weekdays[t.weekday], 3);
    put(out + 5, t.day, 2);
    memcpy(out + 8, months[t.month - 1], 3);
    put(out + 12, t.year, 4);
    put(out + 17, t.hour, 2);
    put(out + 20, t.minute, 2);
    put(out + 23, t.second, 2);
}

/* Exactly count digits into *n; the text after them, or NULL. */
static const char *digits(const char *at, int count, int *n) {
    *n = 0;
    for (int i = 0; i < count; i++, at++) {
        if (*at < '0' || *at > '9')
            return NULL;
        *n = *n * 10 + (*at - '0');
    }
    return at;
}

static const char *sign(const char *at, char wanted) {
    return at && *at == wanted ? at + 1 : NULL;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* "YYYY-MM-DD" that exists; the text after it, or NULL. */
static const char *date(const char *at, int *year, int *month, int *day) {
    at = sign(digits(at, 4, year), '-');
    at = at ? sign(digits(at, 2, month), '-') : NULL;
    at = at ? digits(at, 2, day) : NULL;
    if (!at || *year < 1 || *month < 1 || *month > 12 || *day < 1 || *day > days_in(*year, *month))
        return NULL;
    return at;
}

/* "HH:MM"; minutes into *n, the text after it, or NULL. */
static const char *hour_minute(const char *at, int *n) {
    int hour = 0;
    int minute = 0;
    at = sign(digits(at, 2, &hour), ':');
    at = at ? digits(at, 2, &minute) : NULL;
    *n = hour * 60 + minute;
    return at && hour <= 23 && minute <= 59 ? at : NULL;
}

/* "" or ".digits", cut to microseconds. */
static const char *fraction(const char *at, int64_t *us) {
    *us = 0;
    if (*at != '.')
        return at;
    int64_t unit = MICRO / 10;
    const char *from = ++at;
    for (; *at >= '0' && *at <= '9'; at++, unit /= 10)
        *us += (*at - '0') * unit;
    return at > from ? at : NULL;
}

/* "Z" or "+07:00"; seconds east of UTC. */
static const char *offset(const char *at, int64_t *seconds) {
    *seconds = 0;
    if (*at == 'Z' || *at == 'z')
        return at + 1;
    if (*at != '+' && *at != '-')
        return NULL;
    int minutes = 0;
    const char *end = hour_minute(at + 1, &minutes);
    *seconds = (*at == '-' ? -60 : 60) * (int64_t)minutes;
    return end;
}

bool clock_parse_rfc3339(const char *text, int64_t *wall_us) {
    int year, month, day, minute, second;
    int64_t us, east;
    const char *at = date(text, &year, &month, &day);
    if (!at || (*at != 'T' && *at != 't'))
        return false;
    at = sign(hour_minute(at + 1, &minute), ':');
    at = at ? digits(at, 2, &second) : NULL;
    at = at ? fraction(at, &us) : NULL;
    at = at ? offset(at, &east) : NULL;
    if (!at || *at != '\0')
        return false;

    /* A leap second (RFC 3339 5.7) can only end a day of UTC; it becomes the first second of the
     * next. */
    int64_t whole = days_of(year, month, day) * DAY + (int64_t)minute * 60 + second - east;
    if (second > 60 || (second == 60 && (whole - YEAR_1) % DAY != 0))
        return false;
    if (whole < YEAR_1 || whole >= YEAR_10000)
        return false;
    *wall_us = whole * MICRO + us;
    return true;
}

bool clock_is_date(const char *text) {
    int year, month, day;
    const char *end = date(text, &year, &month, &day);
    return end && *end == '\0' && year >= 1900 && year <= 2999;
}
