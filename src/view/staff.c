#include "view/staff.h"

#include <string.h>

#include "generated/staff_files.h"
#include "model/doc.h"
#include "model/update.h"
#include "view/languages.h"
#include "view/page.h"

static const struct {
    const char *ending, *type;
} TYPES[] = {
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
};

const struct embedded_file *staff_find(const char *name, const char **type) {
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; i < STAFF_COUNT; i++) {
        if (strcmp(STAFF[i].name, name) != 0)
            continue;
        for (size_t j = 0; j < COUNT(TYPES); j++)
            if (strcmp(ending, TYPES[j].ending) == 0)
                *type = TYPES[j].type;
        return &STAFF[i];
    }
    return NULL;
}

const char *staff_policy(struct call *c) {
    return call_printf(c,
                       "default-src 'none'; script-src 'self'; style-src 'self' %s; "
                       "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
                       "frame-ancestors 'none'; require-trusted-types-for 'script'; "
                       "trusted-types 'none'",
                       page_style_source(c));
}

/* What can be done with curl instead, for who runs no script. */
static const struct {
    const char *word, *line;
} LINES[] = {
    {"line_queue", "curl \"$BASE/work-queue\" -H \"Authorization: Bearer $KEY\""},
    {"line_report",
     "curl \"$BASE/updates\" -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
     "-H 'Idempotency-Key: \"report-1\"' -d '{\"objective\":\"7.1\",\"as_of\":\"2026-10-31\","
     "\"kind\":\"note\",\"summary\":\"…\"}'"},
    {"line_publish",
     "curl -X POST \"$BASE/updates/18/publication\" -H \"Authorization: Bearer $KEY\""},
};

static void add_word(struct buf *b, const char *tag, const struct doc *words, const char *name) {
    buf_addf(b, "<%s>", tag);
    buf_add_html(b, doc_get_text(words, name));
    buf_addf(b, "</%s>\n", tag);
}

static void add_without(struct buf *b, const struct doc *words) {
    buf_adds(b, "<noscript>\n");
    add_word(b, "h2", words, "without_title");
    add_word(b, "p", words, "without_text");
    for (size_t i = 0; i < COUNT(LINES); i++) {
        add_word(b, "p", words, LINES[i].word);
        buf_adds(b, "<pre><code>");
        buf_add_html(b, LINES[i].line);
        buf_adds(b, "</code></pre>\n");
    }
    buf_adds(b, "<ul>\n<li><a href=\"/\">");
    buf_add_html(b, doc_get_text(words, "public_page"));
    buf_adds(b, "</a></li>\n<li><a href=\"/openapi.yaml\">");
    buf_add_html(b, doc_get_text(words, "contract"));
    buf_adds(b, "</a></li>\n</ul>\n</noscript>\n");
}

/* For the script: what the public pages say for a status, and what that means. */
static void add_statuses(struct buf *b, enum lang lang) {
    buf_adds(b, "<script type=\"application/json\" id=\"statuses\">{");
    for (const char *const *status = OBJECTIVE_STATUSES; *status; status++) {
        buf_addf(b, "%s\"%s\":[", status > OBJECTIVE_STATUSES ? "," : "", *status);
        buf_add_json(b, words_status(lang, *status));
        buf_addc(b, ',');
        buf_add_json(b, words_status_meaning(lang, *status));
        buf_addc(b, ']');
    }
    buf_adds(b, "}</script>\n");
}

bool staff_shell(struct call *c, struct buf *b, enum lang lang) {
    const char *type = NULL;
    const struct embedded_file *file = staff_find(call_printf(c, "%s.json", lang_tag(lang)), &type);
    AUTO(doc) struct doc *words = file ? doc_parse(c, file->bytes, file->len) : NULL;
    if (!words)
        return fail(c, ERR_INTERNAL, "the staff page has no words in %s", lang_tag(lang));
    page_begin(b, lang, doc_get_text(words, "title"));
    buf_adds(b, "<link rel=\"stylesheet\" href=\"/staff/staff.css\">\n"
                "<script type=\"module\" src=\"/staff/main.js\"></script>\n");
    add_statuses(b, lang);
    languages_add_links(b, lang, "/staff");
    buf_adds(b, "<main id=\"main\" class=\"starting\">\n");
    add_word(b, "h1", words, "title");
    add_word(b, "p", words, "starting");
    add_without(b, words);
    buf_adds(b, "</main>\n");
    page_end(b);
    return buf_ok(c, b);
}
