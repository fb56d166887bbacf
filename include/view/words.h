/* What people read, in their own language: the texts of web/words/, dates and percents. */
#ifndef VIEW_WORDS_H
#define VIEW_WORDS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "generated/words.h" /* enum lang: a file each; enum word: a key each (tools/words.c) */
#include "model/doc.h"

/* ---- languages; LANG_EN is the source, and given where nothing else is asked for ---- */

const char *lang_tag(enum lang lang);  /* "zh-Hans" (BCP 47) */
const char *lang_name(enum lang lang); /* by those who speak it: "한국어" */

/* The language of exactly this tag, "fil" being tl; -1: none of ours. */
int lang_named(const char *tag);

/* The language that a range of Accept-Language gets (RFC 4647 3.4, lookup): "ko-KR" Korean, "zh-TW"
 * traditional Chinese, "*" English; -1: none of ours. */
int lang_find(const char *range, size_t len);

/* ---- texts ---- */

/* The value of one {placeholder}: its markup, or its text, which is escaped, where that is NULL. */
struct fill {
    const char *name, *text, *markup;
};

/*
 * Appends a text, escaped for HTML and XML, its placeholders filled. fills ends with a row of NULL,
 * and is NULL where there is nothing to fill; "count", a whole number, chooses among plural forms:
 *
 *   words_add(b, lang, WORD_REPORTED,
 *             (const struct fill[]){{"count", "12", NULL}, {"total", "42", NULL}, {0}});
 */
void words_add(struct buf *b, enum lang lang, enum word word, const struct fill *fills);

/* The same without escaping: for what is escaped later, or is no markup. */
void words_add_plain(struct buf *b, enum lang lang, enum word word, const struct fill *fills);

/* A text without placeholders as it is, for an attribute or a title: to be escaped. */
const char *words_text(enum lang lang, enum word word);

/* ---- what the contract says in tokens and digits ---- */

/* "At risk"; the token itself where it has no words. To be escaped. */
const char *words_status(enum lang lang, const char *status);

/* "behind; it may miss its date or budget", or NULL. To be escaped. */
const char *words_status_meaning(enum lang lang, const char *status);

/* "October 31, 2026" from "2026-10-31"; the text itself where it is no date. */
void words_add_date(struct buf *b, enum lang lang, const char *date);

/* "1,234.5" from "1234.5". */
void words_add_number(struct buf *b, enum lang lang, const char *number);

/* "33.3%" from "33.3", at most one digit after the point. */
void words_add_percent(struct buf *b, enum lang lang, const char *number);

/* "At least 30% complete (1 of 3 objectives have reported a percent)", from a progress object or a
 * goal of the summary. */
void words_add_progress(struct call *c, struct buf *b, enum lang lang, const struct doc *progress);

#endif
