/* The small pieces that pages are put together from: texts, links, bars, tags. */
#ifndef VIEW_PARTS_H
#define VIEW_PARTS_H

#include "view/page.h"
#include "view/words.h"

/* Which of a visitor's choices a link carries on. */
enum keep {
    KEEP_PLAN = 1,
    KEEP_AS_OF = 2,
    KEEP_KNOWN = 4,
    KEEP_LANG = 8,
    KEEP_DATA = KEEP_PLAN | KEEP_AS_OF | KEEP_KNOWN,
    KEEP_ALL = KEEP_DATA | KEEP_LANG,
};

/* An interface text in the page's language, with nothing to fill in; or with one thing. */
void say(struct buf *b, const struct page *p, enum word w);
void say_of(struct buf *b, const struct page *p, enum word w, const char *name, const char *text);

/* With markup, or with a date that programs can read too. */
void say_markup(struct buf *b, const struct page *p, enum word w, const char *name,
                const char *markup);
void say_date(struct call *c, struct buf *b, const struct page *p, enum word w, const char *date);

/* A label in bold, before what it is about. */
void add_label(struct buf *b, const struct page *p, enum word w);

/* The same as a paragraph of this class (NULL: of none). */
void say_p(struct buf *b, const struct page *p, const char *class, enum word w);

/* "<h2 id=ID>text</h2>" after the tag that it names, so that the section has a name. */
void begin_section(struct buf *b, const struct page *p, const char *id, enum word title);

/* A date, a percent, and what say_of would say, as text in the call's arena: "" where that is full.
 */
const char *date_of(struct call *c, const struct page *p, const char *date);
const char *percent_of(struct call *c, const struct page *p, const char *number);
const char *said_of(struct call *c, const struct page *p, enum word w, const char *name,
                    const char *text);

/* " lang=…" on what is the city's own, where the page is in another language. */
void add_own_lang(struct buf *b, const struct page *p);

/* <tag class=…>text</tag>, the text the city's own; nothing for NULL. */
void add_own(struct buf *b, const struct page *p, const char *tag, const char *class,
             const char *text);

/* "Objective 7.1: Expand the use…" as text in the call's arena: of a text with {name} and
 * {statement}.
 */
const char *said_titled(struct call *c, const struct page *p, enum word w, const char *name,
                        const char *value, const struct doc *d);

/* A member of a document in the page's language where it is translated, else in the city's own
 * words: inline, with its lang. */
void add_translated(struct buf *b, const struct page *p, const struct doc *d, const char *member);

/* The same in the call's arena, to fill a text with. */
const char *translated_of(struct call *c, const struct page *p, const struct doc *d,
                          const char *member);

/* After a translated text: the city's own words, and what the translation is worth; nothing where
 * there is none. */
void add_original(struct buf *b, const struct page *p, const struct doc *d, const char *member);

/* "Goal 7: To improve…" between <tag> and </tag>. */
void add_goal_title(struct call *c, struct buf *b, const struct page *p, const char *tag,
                    const struct doc *goal);

/* " href=…" to a path and query of ours, with what is to be kept. */
void add_href(struct buf *b, const struct page *p, const char *path, unsigned keep);
void add_link(struct buf *b, const struct page *p, const char *path, const char *text);
void add_word_link(struct buf *b, const struct page *p, const char *path, enum word w);

/* Hidden fields of a form, for what is to be kept. */
void add_kept_fields(struct buf *b, const struct page *p, unsigned keep);

/* A status in words with its shape: nobody needs the colour. */
void add_status(struct buf *b, const struct page *p, const char *status);

/* How many objectives have which status, most severe first. */
void add_counts(struct call *c, struct buf *b, const struct page *p, const struct doc *counts);

/* "At least 30% complete (3 of 9 objectives have reported a percent)", and its bar. */
void add_progress(struct call *c, struct buf *b, const struct page *p, const struct doc *progress,
                  const char *label);

/* The public contact of the department of this slug, or only its name, or that none is named. */
void add_contact(struct buf *b, const struct page *p, const char *slug);

bool is_text(const struct doc *d, const char *member, const char *text);

#endif
