#include "view/reference.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "generated/docs_files.h"
#include "generated/web.h"
#include "prose.h"
#include "schema.h"

/* ---- what stands around ---- */

static const struct embedded_file *file_named(const struct embedded_file *files, const char *name) {
    while (strcmp(files->name, name) != 0)
        files++;
    return files;
}

static const struct embedded_file *page_style(void) {
    return file_named(WEB, "page.css");
}

static const struct embedded_file *style(void) {
    return file_named(DOCS, "docs.css");
}

static const struct embedded_file *script(void) {
    return file_named(DOCS, "docs.js");
}

/* CSP 3 takes this alphabet too, padded. */
static const char *source_of(struct call *c, const struct embedded_file *file) {
    uint8_t digest[SHA256_SIZE];
    char hash[SHA256_SIZE * 2];
    sha256(file->bytes, file->len, digest);
    base64url_encode(digest, sizeof digest, hash);
    return call_printf(c, "'sha256-%s='", hash);
}

const char *reference_policy(struct call *c) {
    return call_printf(c,
                       "default-src 'none'; style-src %s %s; script-src %s; img-src data:; "
                       "base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
                       source_of(c, page_style()), source_of(c, style()), source_of(c, script()));
}

static void add_embedded(struct buf *b, const char *tag, const struct embedded_file *file) {
    buf_addf(b, "<%s>", tag);
    buf_add(b, file->bytes, file->len);
    buf_addf(b, "</%s>\n", tag);
}

/* The icon is none, so that no browser asks for one. */
static void begin(struct buf *b, const char *title) {
    buf_adds(b,
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    buf_add_html(b, title);
    buf_adds(b, " – Cerritos in Progress</title>\n<link rel=\"icon\" href=\"data:,\">\n");
    add_embedded(b, "style", page_style());
    add_embedded(b, "style", style());
    buf_adds(b, "</head>\n<body class=\"docs\">\n"
                "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n"
                "<nav aria-label=\"Way\"><a href=\"/\">Cerritos in Progress</a>");
}

static void end(struct buf *b) {
    buf_adds(b, "</main>\n<footer class=\"quiet\">\n<p>The whole contract, for programs: "
                "<a href=\"/openapi.yaml\">openapi.yaml</a>, "
                "<a href=\"/openapi.json\">openapi.json</a>. What can go wrong: "
                "<a href=\"/problems\">problems</a>.</p>\n</footer>\n");
    add_embedded(b, "script", script());
    buf_adds(b, "</body>\n</html>\n");
}

/* ---- all operations, one after the other ---- */

struct operation {
    const char *path, *method;
    const struct doc *item, *self; /* of the path, of the operation */
    void *at_path, *at_method;
};

/* Start with {0}; false at the end. What else a path holds has no operationId. */
static bool next_operation(const struct doc *contract, struct operation *o) {
    const struct doc *paths = doc_get(contract, "paths");
    for (;;) {
        while (o->at_path && doc_next(o->item, &o->at_method, &o->method, &o->self))
            if (doc_get_text(o->self, "operationId"))
                return true;
        o->at_method = NULL;
        if (!doc_next(paths, &o->at_path, &o->path, &o->item))
            return false;
    }
}

static const char *id_of(const struct operation *o) {
    return doc_get_text(o->self, "operationId");
}

static const char *tag_of(const struct operation *o) {
    return doc_text(doc_at(doc_get(o->self, "tags"), 0));
}

/* "GET", as it goes over the wire. */
static void add_method(struct buf *b, const char *method) {
    buf_adds(b, "<b>");
    for (; *method; method++)
        buf_addc(b, (char)(*method - 'a' + 'A'));
    buf_adds(b, "</b>");
}

/* A path may break after each of its segments. */
static void add_path(struct buf *b, const char *path) {
    while (*path) {
        size_t len = strcspn(path + 1, "/") + 1;
        buf_add_html_n(b, path, len);
        path += len;
        buf_adds(b, *path ? "<wbr>" : "");
    }
}

static void add_call(struct buf *b, const struct operation *o) {
    buf_adds(b, "<code>");
    add_method(b, o->method);
    buf_addc(b, ' ');
    add_path(b, o->path);
    buf_adds(b, "</code>");
}

/* ---- the list ---- */

static bool names_parameter(const struct doc *contract, const struct doc *list, const char *word) {
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *parameter = schema_resolve(contract, doc_at(list, i));
        if (strcasestr(doc_get_text(parameter, "name"), word))
            return true;
    }
    return false;
}

static bool holds_word(const struct doc *contract, const struct operation *o, const char *word) {
    const char *texts[] = {o->method,
                           o->path,
                           id_of(o),
                           tag_of(o),
                           doc_get_text(o->self, "summary"),
                           doc_get_text(o->self, "description")};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i] && strcasestr(texts[i], word))
            return true;
    return names_parameter(contract, doc_get(o->item, "parameters"), word) ||
           names_parameter(contract, doc_get(o->self, "parameters"), word);
}

static bool holds_all(struct call *c, const struct doc *contract, const struct operation *o,
                      const char *words) {
    char *rest = words ? call_strdup(c, words) : NULL;
    for (char *word; (word = strsep(&rest, " "));)
        if (!holds_word(contract, o, word))
            return false;
    return !c->err;
}

static size_t count(struct call *c, const struct doc *contract, const char *words) {
    struct operation o = {0};
    size_t n = 0;
    while (next_operation(contract, &o))
        n += holds_all(c, contract, &o, words);
    return n;
}

static void add_search(struct call *c, struct buf *b, const struct doc *contract,
                       const char *words) {
    size_t found = count(c, contract, words), all = count(c, contract, NULL);
    buf_adds(b, "<form action=\"/docs\" role=\"search\">\n<label for=\"q\">Search in the paths and "
                "what is said of them</label>\n<input id=\"q\" name=\"q\" type=\"search\" "
                "maxlength=\"100\" autocomplete=\"off\" value=\"");
    buf_add_html(b, words);
    buf_adds(b, "\">\n<button>Search</button>\n</form>\n<p id=\"found\" role=\"status\">");
    if (!words || !*words) {
        buf_addf(b, "%zu operations.</p>\n", all);
        return;
    }
    buf_addf(b, "%zu of %zu operations speak of “", found, all);
    buf_add_html(b, words);
    buf_adds(b, "”. <a href=\"/docs\">Show all</a></p>\n");
}

static void add_operations(struct call *c, struct buf *b, const struct doc *contract,
                           const char *tag, const char *words) {
    struct operation o = {0};
    while (next_operation(contract, &o)) {
        if (strcmp(tag_of(&o), tag) != 0 || !holds_all(c, contract, &o, words))
            continue;
        buf_adds(b, "<li><a href=\"/docs/");
        buf_add_html(b, id_of(&o));
        buf_adds(b, "\">");
        prose_add_line(b, doc_get_text(o.self, "summary"));
        buf_adds(b, "</a> ");
        add_call(b, &o);
        buf_adds(b, "</li>\n");
    }
}

static void add_tag(struct call *c, struct buf *b, const struct doc *contract,
                    const struct doc *tag, const char *words) {
    const char *name = doc_get_text(tag, "name");
    AUTO(buf) struct buf list = {0};
    add_operations(c, &list, contract, name, words);
    b->failed |= list.failed;
    if (!list.len)
        return;
    buf_addf(b,
             "<section class=\"tag-list\" aria-labelledby=\"tag-%s\">\n<h2 id=\"tag-%s\">%s</h2>\n",
             name, name, name);
    prose_add(b, doc_get_text(tag, "description"), 3);
    buf_adds(b, "<ul>\n");
    buf_add(b, list.data, list.len);
    buf_adds(b, "</ul>\n</section>\n");
}

bool reference_list(struct call *c, struct buf *b, const struct doc *contract, const char *words) {
    const struct doc *tags = doc_get(contract, "tags");
    begin(b, "API reference");
    buf_adds(b, "</nav>\n<h1>API reference</h1>\n</header>\n<main id=\"main\">\n");
    add_search(c, b, contract, words);
    for (size_t i = 0; i < doc_count(tags); i++)
        add_tag(c, b, contract, doc_at(tags, i), words);
    if (!words || !*words) {
        buf_adds(b, "<section aria-labelledby=\"all\">\n<h2 id=\"all\">What holds for all of "
                    "them</h2>\n");
        prose_add(b, doc_get_text(doc_get(contract, "info"), "description"), 3);
        buf_adds(b, "</section>\n");
    }
    end(b);
    return buf_ok(c, b) && !c->err;
}

/* ---- one operation ---- */

static void add_example(struct buf *b, const struct doc *contract, const char *name,
                        const struct doc *example) {
    const struct doc *whole = schema_resolve(contract, example);
    const struct doc *value = doc_get(whole, "value");
    const char *summary = doc_get_text(whole, "summary");
    buf_adds(b, "<details>\n<summary>Example: ");
    buf_add_html(b, summary ? summary : name);
    buf_adds(b, "</summary>\n<pre><code>");
    if (doc_type(value) == DOC_TEXT)
        buf_add_html(b, doc_text(value));
    else
        schema_add_json(b, value);
    buf_adds(b, "</code></pre>\n</details>\n");
}

/* Of a body, by its types. */
static void add_content(struct buf *b, const struct doc *contract, const struct doc *content,
                        bool with_examples) {
    const struct doc *media, *example;
    const char *type, *name;
    void *at = NULL;
    while (doc_next(content, &at, &type, &media)) {
        void *at_example = NULL;
        buf_adds(b, "<p class=\"kind\"><code>");
        buf_add_html(b, type);
        buf_adds(b, "</code>: ");
        schema_add_kind(b, doc_get(media, "schema"));
        buf_adds(b, "</p>\n");
        while (with_examples && doc_next(doc_get(media, "examples"), &at_example, &name, &example))
            add_example(b, contract, name, example);
    }
}

static void add_parameter(struct buf *b, const struct doc *parameter) {
    const struct doc *example = doc_get(parameter, "example");
    buf_adds(b, "<dt><code>");
    buf_add_html(b, doc_get_text(parameter, "name"));
    buf_adds(b, "</code> in the ");
    buf_add_html(b, doc_get_text(parameter, "in"));
    buf_adds(b, doc_bool(doc_get(parameter, "required")) ? " <strong>required</strong>" : "");
    buf_adds(b, "</dt>\n<dd><p class=\"kind\">");
    schema_add_kind(b, doc_get(parameter, "schema"));
    buf_adds(b, "</p>\n");
    prose_add(b, doc_get_text(parameter, "description"), 4);
    if (example) {
        buf_adds(b, "<p>For example <code>");
        if (doc_type(example) == DOC_TEXT)
            buf_add_html(b, doc_text(example));
        else
            schema_add_json(b, example);
        buf_adds(b, "</code></p>\n");
    }
    buf_adds(b, "</dd>\n");
}

/* In the order in which a request is written. */
static void add_parameters(struct buf *b, const struct doc *contract, const struct operation *o) {
    static const char *const PLACES[] = {"path", "query", "header"};
    const struct doc *lists[] = {doc_get(o->self, "parameters"), doc_get(o->item, "parameters")};
    buf_adds(b, "<section aria-labelledby=\"parameters\">\n"
                "<h2 id=\"parameters\">Parameters</h2>\n<dl>\n");
    for (size_t place = 0; place < COUNT(PLACES); place++)
        for (size_t l = 0; l < COUNT(lists); l++)
            for (size_t i = 0; i < doc_count(lists[l]); i++) {
                const struct doc *p = schema_resolve(contract, doc_at(lists[l], i));
                if (strcmp(doc_get_text(p, "in"), PLACES[place]) == 0)
                    add_parameter(b, p);
            }
    buf_adds(b, "</dl>\n</section>\n");
}

static void add_body(struct buf *b, const struct doc *contract, const struct operation *o) {
    const struct doc *body = schema_resolve(contract, doc_get(o->self, "requestBody"));
    if (!body)
        return;
    buf_adds(b, "<section aria-labelledby=\"body\">\n<h2 id=\"body\">Body</h2>\n");
    prose_add(b, doc_get_text(body, "description"), 3);
    add_content(b, contract, doc_get(body, "content"), true);
    buf_adds(b, "</section>\n");
}

static void add_headers(struct buf *b, const struct doc *contract, const struct doc *headers) {
    const struct doc *header;
    const char *name;
    void *at = NULL;
    if (!headers)
        return;
    buf_adds(b, "<details>\n<summary>Headers</summary>\n<dl>\n");
    while (doc_next(headers, &at, &name, &header)) {
        buf_addf(b, "<dt><code>%s</code></dt>\n<dd>", name);
        prose_add(b, doc_get_text(schema_resolve(contract, header), "description"), 4);
        buf_adds(b, "</dd>\n");
    }
    buf_adds(b, "</dl>\n</details>\n");
}

/* What this operation alone answers is told in full; of what is the same everywhere, its kind. */
static void add_answer(struct buf *b, const struct doc *contract, const char *status,
                       const struct doc *node) {
    const struct doc *answer = schema_resolve(contract, node);
    bool is_own = answer == node;
    buf_addf(b, "<dt id=\"answer-%s\"><code>%s</code></dt>\n<dd>", status,
             strcmp(status, "default") == 0 ? "any other" : status);
    prose_add(b, doc_get_text(answer, "description"), 4);
    add_content(b, contract, doc_get(answer, "content"), is_own);
    add_headers(b, contract, is_own ? doc_get(answer, "headers") : NULL);
    buf_adds(b, "</dd>\n");
}

static void add_answers(struct buf *b, const struct doc *contract, const struct operation *o) {
    const struct doc *answer;
    const char *status;
    void *at = NULL;
    buf_adds(b, "<section aria-labelledby=\"answers\">\n<h2 id=\"answers\">Answers</h2>\n<dl>\n");
    while (doc_next(doc_get(o->self, "responses"), &at, &status, &answer))
        add_answer(b, contract, status, answer);
    buf_adds(b, "</dl>\n</section>\n");
}

static void add_schemas(struct buf *b, const struct doc *contract, const struct operation *o) {
    struct schema_names names = {.count = 0};
    schema_gather(contract, doc_get(o->item, "parameters"), &names);
    schema_gather(contract, o->self, &names);
    buf_adds(b, "<section aria-labelledby=\"schemas\">\n<h2 id=\"schemas\">Schemas</h2>\n");
    for (size_t i = 0; i < names.count; i++)
        schema_add(b, contract, names.name[i]);
    buf_adds(b, "</section>\n");
}

static bool find(const struct doc *contract, const char *id, struct operation *o) {
    while (next_operation(contract, o))
        if (strcmp(id_of(o), id) == 0)
            return true;
    return false;
}

bool reference_operation(struct call *c, struct buf *b, const struct doc *contract,
                         const char *id) {
    struct operation o = {0};
    if (!find(contract, id, &o))
        return fail(c, ERR_NOT_FOUND, "there is no such operation; /docs lists them");
    const char *summary = doc_get_text(o.self, "summary");
    begin(b, summary);
    buf_addf(b,
             " › <a href=\"/docs\">API reference</a> › <a href=\"/docs#tag-%s\">%s</a></nav>\n<h1>",
             tag_of(&o), tag_of(&o));
    prose_add_line(b, summary);
    buf_adds(b, "</h1>\n<p class=\"call\">");
    add_call(b, &o);
    buf_adds(b, "</p>\n</header>\n<main id=\"main\">\n");
    prose_add(b, doc_get_text(o.self, "description"), 2);
    buf_adds(b, doc_count(doc_get(o.self, "security")) ? "<p>It needs a key.</p>\n"
                                                       : "<p>It is open to everybody.</p>\n");
    add_parameters(b, contract, &o);
    add_body(b, contract, &o);
    add_answers(b, contract, &o);
    add_schemas(b, contract, &o);
    end(b);
    return buf_ok(c, b);
}
