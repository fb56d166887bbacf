#include "view/xml_in.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/utf8.h"

enum { ROOT, RECORD, FIELD };

/* One parse. The library calls back for each piece; the first fault stops it. */
struct reading {
    struct call *c;
    const struct xml_shape *shape;
    struct buf *json;
    struct buf text; /* of the field that is open */
    xmlParserCtxtPtr parser;
    int depth;
    size_t records, fields; /* so far; of the record that is open */
};

static void stop(struct reading *r, const char *why, const char *name) {
    if (!r->c->err)
        fail(r->c, ERR_MALFORMED, "the XML, line %d: %s%.*s", r->parser->input->line, why, 64,
             name ? name : "");
    xmlStopParser(r->parser);
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Before its first declaration is read. */
static void on_document_type(void *context, const xmlChar *name, const xmlChar *external,
                             const xmlChar *system) {
    (void)name, (void)external, (void)system;
    stop(context, "a document type is not taken", NULL);
}

/* The library's own signature. NOLINTNEXTLINE(readability-function-size) */
static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nspaces, const xmlChar **spaces, int count, int defaulted,
                     const xmlChar **attributes) {
    (void)prefix, (void)uri, (void)nspaces, (void)spaces;
    (void)count, (void)defaulted, (void)attributes;
    struct reading *r = context;
    const char *element = (const char *)name;
    switch (r->depth++) {
    case ROOT:
        if (!is_one_of(element, r->shape->roots))
            stop(r, "the root is no list that is taken here: ", element);
        return;
    case RECORD:
        if (!is_one_of(element, r->shape->records))
            stop(r, "no such element in the list: ", element);
        buf_adds(r->json, r->records++ ? ",{" : "{");
        r->fields = 0;
        return;
    case FIELD: buf_clear(&r->text); return;
    default: stop(r, "nothing stands within a field: ", element);
    }
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)prefix, (void)uri;
    struct reading *r = context;
    r->depth--;
    if (r->depth == RECORD) {
        buf_addc(r->json, '}');
    } else if (r->depth == FIELD && r->text.len) {
        buf_adds(r->json, r->fields++ ? "," : "");
        buf_add_json(r->json, (const char *)name);
        buf_addc(r->json, ':');
        buf_add_json_n(r->json, r->text.data, r->text.len);
    }
}

static void on_text(void *context, const xmlChar *text, int len) {
    struct reading *r = context;
    if (r->depth > FIELD)
        buf_add(&r->text, text, (size_t)len);
    else if (strspn((const char *)text, " \t\r\n") < (size_t)len)
        stop(r, "text stands beside the elements", NULL);
}

/* What the library says is for nobody; where it stands is what helps. */
static void on_error(void *context, xmlErrorPtr why) {
    struct reading *r = context;
    if (why->level >= XML_ERR_ERROR && !r->c->err)
        fail(r->c, ERR_MALFORMED, "the XML is not well-formed: line %d", why->line);
}

/* The library would guess other encodings, and take what is none. */
static bool check_bytes(struct call *c, const char *bytes, size_t len) {
    for (size_t at = 0, step; at < len; at += step) {
        step = utf8_step(bytes + at, len - at);
        if (step == 0 || bytes[at] == '\0')
            return fail(c, ERR_MALFORMED, "the XML is no UTF-8 at byte %zu", at);
    }
    return len > 0 || fail(c, ERR_MALFORMED, "the body is empty; XML is expected");
}

static bool parse(struct reading *r, const char *bytes, size_t len) {
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_document_type,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    r->parser = xmlCreatePushParserCtxt(&handler, r, NULL, 0, NULL);
    if (!r->parser)
        return fail(r->c, ERR_NO_MEMORY, "out of memory");
    /* What ends up as a document type's is refused; the network is never asked all the same. */
    xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR |
                                     XML_PARSE_NOWARNING);
    int code = xmlParseChunk(r->parser, bytes, (int)len, 1);
    bool whole = r->parser->wellFormed && code == XML_ERR_OK;
    xmlDocPtr made = r->parser->myDoc; /* nothing makes one; if something does, it is ours */
    xmlFreeParserCtxt(r->parser);
    xmlFreeDoc(made);
    return !r->c->err && (whole || fail(r->c, ERR_MALFORMED, "the XML is not well-formed"));
}

bool xml_in(struct call *c, const struct xml_shape *shape, const char *bytes, size_t len,
            struct buf *json) {
    if (!check_bytes(c, bytes, len))
        return false;
    struct reading r = {.c = c, .shape = shape, .json = json};
    buf_addc(json, '[');
    bool done = parse(&r, bytes, len);
    buf_addc(json, ']');
    done = done && buf_ok(c, &r.text) && buf_ok(c, json);
    buf_drop(&r.text);
    return done;
}

void xml_in_start(void) {
    xmlInitParser();
}
