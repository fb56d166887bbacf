/* Tells text from bytes that only look like it: strict UTF-8 (RFC 3629: no overlong form, no
 * surrogate, at most U+10FFFF). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed sequence at the start of text; 0 when there is none (or len is 0). A NUL
 * is a sequence of one. */
size_t utf8_step(const char *text, size_t len);

/* True when all len bytes are well-formed; the empty text is. */
bool utf8_valid(const char *text, size_t len);

/* Code points; a byte that belongs to no well-formed sequence counts as one. */
size_t utf8_length(const char *text);

#endif
