#include "escape.h"

#include <string.h>

#include "base/utf8.h"

/* The short escapes of RFC 8259 7, by control character; 0 = \u00XX. */
static const char shorts[0x20] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
};

static size_t spell(char out[ESCAPE_MAX], const char *text, size_t len) {
    memcpy(out, text, len);
    return len;
}

size_t escape_json(const char *text, size_t len, char out[ESCAPE_MAX], size_t *spelled) {
    static const char digits[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)text[0];
    if (byte == '"' || byte == '\\') {
        *spelled = spell(out, (char[]){'\\', (char)byte}, 2);
        return 1;
    }
    if (byte < 0x20 && shorts[byte]) {
        *spelled = spell(out, (char[]){'\\', shorts[byte]}, 2);
        return 1;
    }
    if (byte < 0x20) {
        *spelled = spell(out, (char[]){'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]},
                         6);
        return 1;
    }

    size_t step = utf8_step(text, len);
    if (step == 0) {
        *spelled = spell(out, "\xef\xbf\xbd", 3);
        return 1;
    }
    *spelled = spell(out, text, step);
    return step;
}
