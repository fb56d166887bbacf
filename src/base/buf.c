#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/call.h"
#include "base/utf8.h"
#include "escape.h"

enum { CAP_FIRST = 256 };

void buf_init(struct buf *b) {
    *b = (struct buf){0};
}

void buf_drop(struct buf *b) {
    free(b->data);
    buf_init(b);
}

void buf_auto(struct buf *b) {
    buf_drop(b);
}

void buf_clear(struct buf *b) {
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

/* Room for len more bytes and the NUL. */
static bool reserve(struct buf *b, size_t len) {
    if (b->failed)
        return false;
    if (b->cap > b->len && len < b->cap - b->len)
        return true;
    if (len >= PTRDIFF_MAX - b->len) {
        b->failed = true;
        return false;
    }

    size_t need = b->len + len + 1;
    size_t cap = b->cap ? b->cap : CAP_FIRST;
    while (cap < need)
        cap = cap > PTRDIFF_MAX / 2 ? need : cap * 2;
    char *grown = realloc(b->data, cap);
    if (!grown) {
        b->failed = true;
        return false;
    }
    b->data = grown;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *bytes, size_t len) {
    if (!reserve(b, len))
        return;
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *text) {
    if (text)
        buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char byte) {
    buf_add(b, &byte, 1);
}

void buf_addvf(struct buf *b, const char *format, va_list args) {
    if (!reserve(b, 0))
        return;
    va_list again;
    va_copy(again, args);
    size_t room = b->cap - b->len;
    int len = vsnprintf(b->data + b->len, room, format, args);
    if (len < 0) {
        b->failed = true;
    } else if ((size_t)len < room) {
        b->len += (size_t)len;
    } else if (reserve(b, (size_t)len)) {
        (void)vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);

    /* What did not fit whole is not there at all. */
    b->data[b->len] = '\0';
}

void buf_addf(struct buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_addvf(b, format, args);
    va_end(args);
}

void buf_add_json_n(struct buf *b, const char *text, size_t len) {
    if (!text) {
        buf_adds(b, "null");
        return;
    }
    buf_addc(b, '"');
    size_t plain = 0; /* start of the run that needs no escape */
    for (size_t at = 0; at < len;) {
        char out[ESCAPE_MAX];
        size_t spelled = 0;
        size_t step = escape_json(text + at, len - at, out, &spelled);
        if (spelled != step || memcmp(out, text + at, step) != 0) {
            buf_add(b, text + plain, at - plain);
            buf_add(b, out, spelled);
            plain = at + step;
        }
        at += step;
    }
    buf_add(b, text + plain, len - plain);
    buf_addc(b, '"');
}

void buf_add_json(struct buf *b, const char *text) {
    buf_add_json_n(b, text, text ? strlen(text) : 0);
}

/* The entity of a byte, or NULL. XML 1.0 has no other control characters than tab and the line
 * ends. */
static const char *entity_of(char byte) {
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t':
    case '\n':
    case '\r': return NULL;
    default: return (unsigned char)byte < 0x20 ? "\xef\xbf\xbd" : NULL;
    }
}

void buf_add_html_n(struct buf *b, const char *text, size_t len) {
    size_t plain = 0;
    for (size_t at = 0; at < len;) {
        size_t step = utf8_step(text + at, len - at);
        const char *entity = step == 0 ? "\xef\xbf\xbd" : entity_of(text[at]);
        step = step ? step : 1;
        if (entity) {
            buf_add(b, text + plain, at - plain);
            buf_adds(b, entity);
            plain = at + step;
        }
        at += step;
    }
    buf_add(b, text ? text + plain : "", len - plain);
}

void buf_add_html(struct buf *b, const char *text) {
    buf_add_html_n(b, text, text ? strlen(text) : 0);
}

static bool is_unreserved(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void buf_add_uri(struct buf *b, const char *text) {
    static const char digits[] = "0123456789ABCDEF";
    buf_adds(b, "");
    for (const char *at = text ? text : ""; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (is_unreserved(*at))
            buf_addc(b, *at);
        else
            buf_add(b, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
    }
}

bool buf_ok(struct call *c, const struct buf *b) {
    return !b->failed || fail(c, ERR_NO_MEMORY, "out of memory");
}
