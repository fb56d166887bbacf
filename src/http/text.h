/* The few classes of bytes and steps through lists that HTTP's grammar shares (RFC 9110 5.6). */
#ifndef HTTP_TEXT_H
#define HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

/* A piece of somebody else's text. */
struct slice {
    const char *at;
    size_t len;
};

/* Bytes at the start of text that are ASCII letters, digits or among `more`. */
size_t text_span(const char *text, const char *more);

/* Bytes of the token (RFC 9110 5.6.2) at the start of text. */
size_t text_token(const char *text);

/* Without spaces and tabs at both ends. */
struct slice text_trim(struct slice s);

/* Steps through a list whose members end at `stop`, quoted strings kept whole; members come
 * trimmed, empty ones too. False at the end. *rest starts as the list. */
bool text_next(struct slice *rest, char stop, struct slice *member);

bool text_equal(struct slice s, const char *text); /* letter by letter */
bool text_equal_any_case(struct slice s, const char *text);

/* Two whole words in any case, as names of headers are compared: for every header of a request, so
 * the first letter tells most apart without a call. */
static inline bool text_same(const char *text, const char *word) {
    return ((text[0] ^ word[0]) & ~0x20) == 0 && strcasecmp(text, word) == 0;
}

/* True when a comma list such as Connection's names the word, in any case. NULL names nothing. */
bool text_lists(const char *list, const char *word);

#endif
