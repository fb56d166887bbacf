#include "xml.h"

#include <string.h>

#include "base/utf8.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd";

/* What stands for the character at text instead of itself; NULL: nothing does. */
static const char *stand_in(const char *text, size_t step) {
    switch (*text) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t':
    case '\n': return NULL;
    default: break;
    }
    bool noncharacter = step == 3 && (memcmp(text, "\xef\xbf\xbe", 3) == 0 ||
                                      memcmp(text, "\xef\xbf\xbf", 3) == 0);
    return step == 0 || (unsigned char)*text < 0x20 || noncharacter ? REPLACEMENT : NULL;
}

void xml_add(struct buf *b, const char *text) {
    size_t len = text ? strlen(text) : 0, plain = 0;
    for (size_t at = 0; at < len;) {
        size_t step = utf8_step(text + at, len - at);
        const char *other = stand_in(text + at, step);
        size_t next = at + (step ? step : 1);
        if (other) {
            buf_add(b, text + plain, at - plain);
            buf_adds(b, other);
            plain = next;
        }
        at = next;
    }
    if (len > plain)
        buf_add(b, text + plain, len - plain);
}

void xml_add_element(struct buf *b, const char *name, const char *text) {
    if (!text)
        return;
    buf_addf(b, "<%s>", name);
    xml_add(b, text);
    buf_addf(b, "</%s>\n", name);
}
