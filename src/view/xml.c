#include "xml.h"

#include <string.h>

#include "base/utf8.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd";

/* XML 1.0 2.2 has no room for it, whatever one writes instead. */
static bool is_impossible(const char *text, size_t step) {
    bool control = (unsigned char)*text < 0x20 && !strchr("\t\n\r", *text);
    bool noncharacter = step == 3 && (memcmp(text, "\xef\xbf\xbe", 3) == 0 ||
                                      memcmp(text, "\xef\xbf\xbf", 3) == 0);
    return step == 0 || control || noncharacter;
}

static const char *escape(char byte) {
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    default: return NULL;
    }
}

static void add(struct buf *b, const char *text, bool escapes) {
    size_t len = text ? strlen(text) : 0, plain = 0;
    for (size_t at = 0; at < len;) {
        size_t step = utf8_step(text + at, len - at);
        const char *other = is_impossible(text + at, step) ? REPLACEMENT
                            : escapes                      ? escape(text[at])
                                                           : NULL;
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

void xml_add(struct buf *b, const char *text) {
    add(b, text, true);
}

void xml_add_bare(struct buf *b, const char *text) {
    add(b, text, false);
}

void xml_add_element(struct buf *b, const char *name, const char *text) {
    if (!text)
        return;
    buf_addf(b, "<%s>", name);
    xml_add(b, text);
    buf_addf(b, "</%s>\n", name);
}
