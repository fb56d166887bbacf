#include "view/widget.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "generated/web.h"

const struct embedded_file *widget_file(void) {
    for (size_t i = 0; i < WEB_COUNT; i++)
        if (strcmp(WEB[i].name, "widget.js") == 0)
            return &WEB[i];
    assert(!"the build embeds web/widget.js");
    return NULL;
}

void widget_edition(char out[WIDGET_EDITION]) {
    char hex[SHA256_HEX];
    sha256_hex(widget_file()->bytes, widget_file()->len, hex);
    memcpy(out, hex, WIDGET_EDITION - 1);
    out[WIDGET_EDITION - 1] = '\0';
}

void widget_integrity(char out[WIDGET_INTEGRITY]) {
    static const char NAME[] = "sha384-";
    uint8_t digest[SHA384_SIZE];
    sha384(widget_file()->bytes, widget_file()->len, digest);
    memcpy(out, NAME, sizeof(NAME) - 1);
    (void)base64_encode(digest, sizeof(digest), out + sizeof(NAME) - 1);
}
