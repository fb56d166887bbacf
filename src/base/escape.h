/* How one character of a JSON string is spelled: shared by buf and log. Private to base. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stddef.h>

enum { ESCAPE_MAX = 6 };

/* Spells the first character of text (len > 0) into out; returns the bytes eaten, *spelled gets
 * those written. A byte that is not UTF-8 is spelled U+FFFD. */
size_t escape_json(const char *text, size_t len, char out[ESCAPE_MAX], size_t *spelled);

#endif
