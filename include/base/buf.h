/* A growing byte buffer whose failure is sticky: append freely, check once at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct call;

/* Embedded by value; zero-initialise ({0}) or buf_init. One thread at a time. data is NULL before
 * the first append, then always NUL-terminated. */
struct buf {
    char *data;
    size_t len;
    size_t cap;
    bool failed; /* out of memory once; later appends do nothing */
};

void buf_init(struct buf *b);
void buf_drop(struct buf *b);
void buf_auto(struct buf *b);  /* for AUTO(buf) */
void buf_clear(struct buf *b); /* empties, keeps the memory, forgets a failure */

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_adds(struct buf *b, const char *text); /* NULL adds nothing */
void buf_addc(struct buf *b, char byte);
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_addvf(struct buf *b, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Appends a JSON string literal with its quotes (RFC 8259); NULL appends null. Bytes that are not
 * UTF-8 become U+FFFD. */
void buf_add_json(struct buf *b, const char *text);
void buf_add_json_n(struct buf *b, const char *text, size_t len);

/* Appends text with & < > " ' escaped for HTML and XML; what neither allows (stray controls, not
 * UTF-8) becomes U+FFFD. NULL adds nothing. */
void buf_add_html(struct buf *b, const char *text);
void buf_add_html_n(struct buf *b, const char *text, size_t len);

/* Appends text percent-encoded for one path segment or query value (RFC 3986 unreserved kept); NULL
 * adds nothing. */
void buf_add_uri(struct buf *b, const char *text);

/* True when nothing failed; otherwise fails the call with ERR_NO_MEMORY. */
MUST_CHECK bool buf_ok(struct call *c, const struct buf *b);

#endif
