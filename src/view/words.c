#include "view/words.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

/* ---- languages ---- */

/* What tags mean beside those of the catalogues: the regions that write Chinese in its traditional
 * script, and the name of the standard that Tagalog is the base of. */
static const struct {
    const char *tag;
    enum lang lang;
} ALSO[] = {
    {"fil", LANG_TL},        {"zh", LANG_ZH_HANS},    {"zh-TW", LANG_ZH_HANT},
    {"zh-HK", LANG_ZH_HANT}, {"zh-MO", LANG_ZH_HANT}, {"*", LANG_EN},
};

const char *lang_tag(enum lang lang) {
    return LANGUAGES[lang].tag;
}

const char *lang_name(enum lang lang) {
    return words_text(lang, WORD_LANGUAGE);
}

int lang_named(const char *tag) {
    for (int i = 0; i < LANG_COUNT; i++)
        if (strcmp(LANGUAGES[i].tag, tag) == 0)
            return i;
    return strcmp(tag, "fil") == 0 ? LANG_TL : -1;
}

static bool is_same(const char *tag, const char *range, size_t len) {
    return strlen(tag) == len && strncasecmp(tag, range, len) == 0;
}

static int known(const char *range, size_t len) {
    for (int i = 0; i < LANG_COUNT; i++)
        if (is_same(LANGUAGES[i].tag, range, len))
            return i;
    for (size_t i = 0; i < COUNT(ALSO); i++)
        if (is_same(ALSO[i].tag, range, len))
            return (int)ALSO[i].lang;
    return -1;
}

/* Without its last subtag; and without a single letter before it, which only introduced it. */
static size_t shorten(const char *range, size_t len) {
    while (len > 0 && range[len - 1] != '-')
        len--;
    len -= len > 0;
    return len >= 2 && range[len - 2] == '-' ? len - 2 : len;
}

int lang_find(const char *range, size_t len) {
    int found = -1;
    while (len > 0 && (found = known(range, len)) < 0)
        len = shorten(range, len);
    return found;
}

/* ---- texts ---- */

static const struct fill *fill_named(const struct fill *fills, const char *name, size_t len) {
    const struct fill *f = fills;
    while (f && f->name && (strlen(f->name) != len || memcmp(f->name, name, len) != 0))
        f++;
    assert(f && f->name && "a placeholder without a value");
    return f;
}

/* CLDR's rules for whole numbers. In Filipino those that end in 4, 6 and 9 have another link to the
 * noun: "3 layunin", "4 na layunin". */
static bool is_one(enum plural rule, long n) {
    long last = n % 10;
    return rule == PLURAL_ONE        ? n == 1
           : rule == PLURAL_FILIPINO ? last != 4 && last != 6 && last != 9
                                     : false;
}

static const char *form_of(enum lang lang, enum word word, const struct fill *fills) {
    const struct wording *w = &LANGUAGES[lang].words[word];
    if (!w->one)
        return w->other;
    long count = strtol(fill_named(fills, "count", strlen("count"))->text, NULL, 10);
    return is_one(LANGUAGES[lang].plural, count) ? w->one : w->other;
}

/* Calls add with each piece of the text and of what fills it. */
static void add_pieces(struct buf *b, const char *at, const struct fill *fills,
                       void (*add)(struct buf *b, const char *text, size_t len)) {
    for (;;) {
        size_t plain = strcspn(at, "{");
        add(b, at, plain);
        if (!at[plain])
            return;
        const char *name = at + plain + 1;
        size_t len = strcspn(name, "}");
        const struct fill *f = fill_named(fills, name, len);
        if (f->markup)
            buf_adds(b, f->markup);
        else if (f->text)
            add(b, f->text, strlen(f->text));
        at = name + len + 1;
    }
}

static void add_bytes(struct buf *b, const char *text, size_t len) {
    buf_add(b, text, len);
}

void words_add(struct buf *b, enum lang lang, enum word word, const struct fill *fills) {
    add_pieces(b, form_of(lang, word, fills), fills, buf_add_html_n);
}

void words_add_plain(struct buf *b, enum lang lang, enum word word, const struct fill *fills) {
    add_pieces(b, form_of(lang, word, fills), fills, add_bytes);
}

const char *words_text(enum lang lang, enum word word) {
    return LANGUAGES[lang].words[word].other;
}

/* ---- tokens and digits ---- */

static const struct status {
    const char *token;
    enum word name;
    int meaning; /* -1: it says itself */
} STATUSES[] = {
    {"no_information", WORD_STATUS_NO_INFORMATION, -1},
    {"not_started", WORD_STATUS_NOT_STARTED, WORD_MEANING_NOT_STARTED},
    {"on_track", WORD_STATUS_ON_TRACK, WORD_MEANING_ON_TRACK},
    {"at_risk", WORD_STATUS_AT_RISK, WORD_MEANING_AT_RISK},
    {"off_track", WORD_STATUS_OFF_TRACK, WORD_MEANING_OFF_TRACK},
    {"on_hold", WORD_STATUS_ON_HOLD, WORD_MEANING_ON_HOLD},
    {"completed", WORD_STATUS_COMPLETED, WORD_MEANING_COMPLETED},
    {"ongoing", WORD_STATUS_ONGOING, WORD_MEANING_ONGOING},
    {"cancelled", WORD_STATUS_CANCELLED, WORD_MEANING_CANCELLED},
};

static const struct status *status_named(const char *token) {
    for (size_t i = 0; i < COUNT(STATUSES); i++)
        if (strcmp(token, STATUSES[i].token) == 0)
            return &STATUSES[i];
    return NULL;
}

const char *words_status(enum lang lang, const char *status) {
    const struct status *s = status_named(status);
    return s ? words_text(lang, s->name) : status;
}

const char *words_status_meaning(enum lang lang, const char *status) {
    const struct status *s = status_named(status);
    return s && s->meaning >= 0 ? words_text(lang, (enum word)s->meaning) : NULL;
}

_Static_assert(WORD_MONTH_12 - WORD_MONTH_1 == 11, "the months stand in their order");

void words_add_date(struct buf *b, enum lang lang, const char *date) {
    char year[5], day[3];
    if (!date || !clock_is_date(date)) {
        buf_add_html(b, date);
        return;
    }
    int month = (int)strtol(date + 5, NULL, 10);
    snprintf(year, sizeof(year), "%.4s", date);
    snprintf(day, sizeof(day), "%s", date + 8 + (date[8] == '0'));
    words_add(b, lang, WORD_DATE,
              (const struct fill[]){
                  {"year", year, NULL},
                  {"month", words_text(lang, (enum word)(WORD_MONTH_1 + month - 1)), NULL},
                  {"day", day, NULL},
                  {0},
              });
}

void words_add_number(struct buf *b, enum lang lang, const char *number) {
    const char *digits = number + (*number == '-');
    size_t whole = strspn(digits, "0123456789");
    bool grouped = (long)whole >= strtol(words_text(lang, WORD_GROUP_FROM), NULL, 10);
    buf_adds(b, *number == '-' ? "-" : "");
    for (size_t i = 0; i < whole; i++) {
        if (grouped && i > 0 && (whole - i) % 3 == 0)
            buf_adds(b, words_text(lang, WORD_GROUP));
        buf_addc(b, digits[i]);
    }
    if (digits[whole] == '.')
        buf_adds(b, words_text(lang, WORD_DECIMAL));
    buf_add_html(b, digits + whole + (digits[whole] == '.'));
}

void words_add_percent(struct buf *b, enum lang lang, const char *number) {
    char tenths[32];
    AUTO(buf) struct buf spelled = {0};
    int len = snprintf(tenths, sizeof(tenths), "%.1f", strtod(number, NULL));
    if (tenths[len - 1] == '0')
        tenths[len - 2] = '\0';
    words_add_number(&spelled, lang, tenths);
    words_add(b, lang, WORD_PERCENT, (const struct fill[]){{"number", spelled.data, NULL}, {0}});
}

void words_add_progress(struct call *c, struct buf *b, enum lang lang, const struct doc *progress) {
    const char *number = doc_get_number(c, progress, "percent");
    bool least = doc_bool(doc_get(progress, "percent_is_minimum"));
    AUTO(buf) struct buf percent = {0};
    if (!number) {
        words_add(b, lang, WORD_PROGRESS_NONE, NULL);
        return;
    }
    words_add_percent(&percent, lang, number);
    words_add(b, lang, least ? WORD_PROGRESS_LEAST : WORD_PROGRESS,
              (const struct fill[]){
                  {"percent", NULL, percent.data},
                  {"reported", doc_get_number(c, progress, "reported"), NULL},
                  {"total", doc_get_number(c, progress, "total"), NULL},
                  {0},
              });
}
