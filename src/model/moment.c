#include "model/moment.h"

#include <stdlib.h>
#include <string.h>

static const char DIGITS[] = "0123456789";
static const char HEX_DIGITS[] = "0123456789abcdef";

enum { DIGITS_MOST = 18 };

/* A number at *at, which moves behind it; 0 where there is none. */
static uint64_t take_number(const char **at) {
    size_t digits = strspn(*at, DIGITS);
    if (digits == 0 || digits > DIGITS_MOST)
        return 0;
    uint64_t n = strtoull(*at, NULL, 10);
    *at += digits;
    return n;
}

/* Rising numbers between the two bounds, to the end of the text. */
static bool is_busy_list(const char *at, uint64_t least, uint64_t end) {
    for (uint64_t last = least - 1; *at;) {
        uint64_t n = take_number(&at);
        if (n <= last || n >= end || (*at && (*at != ',' || !at[1])))
            return false;
        last = n;
        at += *at == ',';
    }
    return true;
}

bool moment_read(const char *text, struct moment *m) {
    if (!text || strnlen(text, MOMENT_MOST + 1) > MOMENT_MOST)
        return false;
    if (strspn(text, HEX_DIGITS) != MOMENT_DATABASE || text[MOMENT_DATABASE] != '-')
        return false;
    const char *at = m->snapshot = text + MOMENT_DATABASE + 1;
    uint64_t least = take_number(&at);
    if (least == 0 || *at++ != ':')
        return false;
    m->end = take_number(&at);
    if (m->end < least || *at++ != ':')
        return false;
    m->busy = at;
    return is_busy_list(at, least, m->end);
}

bool moment_covers(const struct moment *m, uint64_t xid) {
    if (xid >= m->end)
        return false;
    for (const char *at = m->busy; *at; at += *at == ',')
        if (take_number(&at) == xid)
            return false;
    return true;
}

bool moment_same_database(const char *a, const char *b) {
    return strncmp(a, b, MOMENT_DATABASE) == 0;
}
