#include "view/languages.h"

#include <string.h>

void languages_add_address(struct buf *b, enum lang lang, const char *self) {
    buf_addf(b, "%s%clang=%s", self, strchr(self, '?') ? '&' : '?', lang_tag(lang));
}

static void add_escaped_address(struct buf *b, enum lang lang, const char *self) {
    AUTO(buf) struct buf address = {0};
    languages_add_address(&address, lang, self);
    buf_add_html(b, address.data);
}

void languages_add_links(struct buf *b, enum lang lang, const char *self) {
    buf_adds(b, "<nav class=\"languages\" aria-label=\"");
    words_add(b, lang, WORD_NAV_LANGUAGES, NULL);
    buf_adds(b, "\">\n<ul>\n");
    for (int i = 0; i < LANG_COUNT; i++) {
        const char *tag = lang_tag((enum lang)i);
        buf_adds(b, "<li><a href=\"");
        add_escaped_address(b, (enum lang)i, self);
        buf_addf(b, "\" lang=\"%s\" hreflang=\"%s\"%s>", tag, tag,
                 (enum lang)i == lang ? " aria-current=\"true\"" : "");
        buf_add_html(b, lang_name((enum lang)i));
        buf_adds(b, "</a></li>\n");
    }
    buf_adds(b, "</ul>\n</nav>\n");
}

void languages_add_alternates(struct buf *b, const char *base, const char *self) {
    for (int i = 0; i < LANG_COUNT; i++) {
        buf_addf(b, "<link rel=\"alternate\" hreflang=\"%s\" href=\"%s", lang_tag((enum lang)i),
                 base);
        add_escaped_address(b, (enum lang)i, self);
        buf_adds(b, "\">\n");
    }
    buf_addf(b, "<link rel=\"alternate\" hreflang=\"x-default\" href=\"%s", base);
    buf_add_html(b, self);
    buf_adds(b, "\">\n");
}
