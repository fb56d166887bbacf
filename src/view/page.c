#include "view/page.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "generated/web.h"
#include "inline.h"

/* A bar, so that no browser asks elsewhere for a picture. */
static const char ICON[] =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%23155e75'/%3E"
    "%3Cpath d='M3 8h10' stroke='%23fff' stroke-opacity='.4' stroke-width='3'/%3E"
    "%3Cpath d='M3 8h6' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E";

static const struct embedded_file *file_named(const char *name) {
    for (size_t i = 0; i < WEB_COUNT; i++)
        if (strcmp(WEB[i].name, name) == 0)
            return &WEB[i];
    assert(!"a file that the build did not embed");
    return NULL;
}

/* A source of a policy: CSP 3 takes this alphabet too, padded. */
static const char *hash_of(struct call *c, const char *name) {
    const struct embedded_file *file = file_named(name);
    uint8_t digest[SHA256_SIZE];
    char hash[SHA256_SIZE * 2];
    sha256(file->bytes, file->len, digest);
    base64url_encode(digest, sizeof digest, hash);
    return call_printf(c, "'sha256-%s='", hash);
}

const char *page_style_source(struct call *c) {
    return hash_of(c, "page.css");
}

const char *page_policy(struct call *c) {
    return call_printf(c,
                       "default-src 'none'; style-src %s; script-src %s; connect-src 'self'; "
                       "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
                       hash_of(c, "page.css"), hash_of(c, "page.js"));
}

static void add_inline(struct buf *b, const char *tag, const char *name) {
    const struct embedded_file *file = file_named(name);
    buf_addf(b, "<%s>", tag);
    buf_add(b, file->bytes, file->len);
    buf_addf(b, "</%s>\n", tag);
}

void add_style(struct buf *b) {
    buf_addf(b, "<link rel=\"icon\" href=\"%s\">\n", ICON);
    add_inline(b, "style", "page.css");
}

void add_script(struct buf *b) {
    add_inline(b, "script", "page.js");
}

void page_begin(struct buf *b, enum lang lang, const char *title) {
    buf_addf(b,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
             lang_tag(lang));
    buf_add_html(b, title);
    buf_adds(b, "</title>\n");
    add_style(b);
    buf_adds(b, "</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    words_add(b, lang, WORD_SKIP, NULL);
    buf_adds(b, "</a>\n");
}

void page_end(struct buf *b) {
    buf_adds(b, "</body>\n</html>\n");
}
