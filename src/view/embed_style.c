#include "embed_style.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"
#include "generated/web.h"

static const struct embedded_file *style(void) {
    for (size_t i = 0; i < WEB_COUNT; i++)
        if (strcmp(WEB[i].name, "embed.css") == 0)
            return &WEB[i];
    assert(!"the build embeds web/embed.css");
    return NULL;
}

void embed_style_hash(char out[STYLE_HASH]) {
    uint8_t digest[SHA256_SIZE];
    sha256(style()->bytes, style()->len, digest);
    (void)base64_encode(digest, sizeof(digest), out);
}

void embed_begin(struct buf *b, enum lang lang, const char *title) {
    buf_addf(b,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
             lang_tag(lang));
    buf_add_html(b, title);
    buf_adds(b, "</title>\n<style>");
    buf_add(b, style()->bytes, style()->len);
    buf_adds(b, "</style>\n");
}
