#include "view/accessibility.h"

#include <string.h>

#include "view/languages.h"
#include "view/page.h"

/* When what it says was last looked at: whoever changes the texts, or what tests/browser does,
 * changes the day. */
static const char WRITTEN_ON[] = "2026-11-30";

enum { ITEMS = 6 };

/* A heading, what stands below it, and a list; WORD_COUNT: there is none, or it ends. */
static const struct part {
    enum word heading, text;
    enum word items[ITEMS + 1];
} PARTS[] = {
    {WORD_A11Y_CONFORMANCE, WORD_A11Y_GOAL, {WORD_COUNT}},
    {WORD_A11Y_DONE,
     WORD_COUNT,
     {WORD_A11Y_DONE_SCRIPT, WORD_A11Y_DONE_WORDS, WORD_A11Y_DONE_KEYBOARD, WORD_A11Y_DONE_SIZE,
      WORD_A11Y_DONE_COLOURS, WORD_A11Y_DONE_LANGUAGES, WORD_COUNT}},
    {WORD_A11Y_TESTED,
     WORD_COUNT,
     {WORD_A11Y_TESTED_AXE, WORD_A11Y_TESTED_WIDTH, WORD_A11Y_TESTED_KEYBOARD, WORD_COUNT}},
    {WORD_A11Y_LIMITS,
     WORD_COUNT,
     {WORD_A11Y_LIMITS_PEOPLE, WORD_A11Y_LIMITS_TRANSLATIONS, WORD_A11Y_LIMITS_UPDATES,
      WORD_A11Y_LIMITS_ELSEWHERE, WORD_COUNT}},
};

static void add(struct buf *b, enum lang lang, const char *tag, enum word word) {
    buf_addf(b, "<%s>", tag);
    words_add(b, lang, word, NULL);
    buf_addf(b, "</%s>\n", tag);
}

static void add_part(struct buf *b, enum lang lang, const struct part *p) {
    buf_adds(b, "<section>\n");
    add(b, lang, "h2", p->heading);
    if (p->text != WORD_COUNT)
        add(b, lang, "p", p->text);
    buf_adds(b, p->items[0] != WORD_COUNT ? "<ul>\n" : "");
    for (const enum word *item = p->items; *item != WORD_COUNT; item++)
        add(b, lang, "li", *item);
    buf_adds(b, p->items[0] != WORD_COUNT ? "</ul>\n" : "");
    buf_adds(b, "</section>\n");
}

/* "mailto:plan@example.org?subject=…" as a link that shows the address. */
static void add_address(struct buf *b, const char *uri) {
    const char *address = uri + strlen("mailto:");
    buf_adds(b, "<a href=\"");
    buf_add_html(b, uri);
    buf_adds(b, "\">");
    buf_add_html_n(b, address, strcspn(address, "?"));
    buf_adds(b, "</a>");
}

static void add_contact(struct buf *b, enum lang lang, const char *contact) {
    AUTO(buf) struct buf address = {0};
    buf_adds(b, "<section>\n");
    add(b, lang, "h2", WORD_A11Y_CONTACT);
    buf_adds(b, "<p>");
    if (contact) {
        add_address(&address, contact);
        words_add(b, lang, WORD_A11Y_CONTACT_AT,
                  (const struct fill[]){{"contact", NULL, address.data}, {0}});
    } else {
        words_add(b, lang, WORD_A11Y_CONTACT_NONE, NULL);
    }
    buf_adds(b, "</p>\n</section>\n");
}

bool page_accessibility(struct call *c, struct buf *b, enum lang lang, const char *self,
                        const char *contact) {
    AUTO(buf) struct buf date = {0};
    words_add_date(&date, lang, WRITTEN_ON);
    page_begin(b, lang, words_text(lang, WORD_A11Y_TITLE));
    languages_add_links(b, lang, self);
    buf_adds(b, "<main id=\"main\">\n");
    add(b, lang, "h1", WORD_A11Y_TITLE);
    add(b, lang, "p", WORD_A11Y_INTRO);
    for (size_t i = 0; i < COUNT(PARTS); i++)
        add_part(b, lang, &PARTS[i]);
    add_contact(b, lang, contact);
    buf_adds(b, "<p class=\"quiet\">");
    words_add(b, lang, WORD_A11Y_DATE, (const struct fill[]){{"date", NULL, date.data}, {0}});
    buf_adds(b, "</p>\n</main>\n");
    page_end(b);
    return buf_ok(c, b);
}
