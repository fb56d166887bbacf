/* A plain letter as an Internet message (RFC 5322): headers that nobody can break out of, and a
 * text in UTF-8. */
#ifndef VIEW_LETTER_H
#define VIEW_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"

struct letter {
    const char *from, *to; /* addresses as letter_address gives them */
    const char *subject;
    const char *id; /* of the message, unique; the part before the @ */
    int64_t at_us;
    const char *text; /* lines end with LF */
};

/* The bare address within "Jane Doe <jane@example.org>" or "jane@example.org"; NULL where there is
 * none that could be used. Lives as long as the call. */
const char *letter_address(struct call *c, const char *contact);

void letter_write(struct buf *b, const struct letter *l);

#endif
