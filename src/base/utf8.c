#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "base/macros.h"

/* The table of RFC 3629 4: what the first byte allows of the second; the rest are 80..BF. */
static const struct row {
    uint8_t first_from, first_to;
    uint8_t second_from, second_to;
    uint8_t len;
} rows[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct row *row_of(uint8_t first) {
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (first >= rows[i].first_from && first <= rows[i].first_to)
            return &rows[i];
    }
    return NULL;
}

size_t utf8_step(const char *text, size_t len) {
    if (len == 0)
        return 0;
    const uint8_t *bytes = (const uint8_t *)text;
    if (bytes[0] < 0x80)
        return 1;

    const struct row *row = row_of(bytes[0]);
    if (!row || row->len > len || bytes[1] < row->second_from || bytes[1] > row->second_to)
        return 0;
    for (size_t i = 2; i < row->len; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    }
    return row->len;
}

bool utf8_valid(const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t step = utf8_step(text + at, len - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

size_t utf8_length(const char *text) {
    size_t len = strlen(text);
    size_t points = 0;
    for (size_t at = 0; at < len; points++) {
        size_t step = utf8_step(text + at, len - at);
        at += step ? step : 1;
    }
    return points;
}
