#include "schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "prose.h"

/* ---- where a $ref leads ---- */

static const char SCHEMAS[] = "#/components/schemas/";
static const char COMPONENTS[] = "#/components/";

static const char *ref_of(const struct doc *node) {
    return doc_get_text(node, "$ref");
}

static const char *schema_named(const struct doc *node) {
    const char *ref = ref_of(node);
    return ref && strncmp(ref, SCHEMAS, sizeof SCHEMAS - 1) == 0 ? ref + sizeof SCHEMAS - 1 : NULL;
}

const struct doc *schema_resolve(const struct doc *contract, const struct doc *node) {
    const char *ref = ref_of(node);
    char kind[32];
    if (!ref || strncmp(ref, COMPONENTS, sizeof COMPONENTS - 1) != 0)
        return node;
    ref += sizeof COMPONENTS - 1;
    size_t len = strcspn(ref, "/");
    assert(len < sizeof kind && ref[len]);
    snprintf(kind, sizeof kind, "%.*s", (int)len, ref);
    return doc_get(doc_get(doc_get(contract, "components"), kind), ref + len + 1);
}

/* ---- which schemas belong to an operation ---- */

static void add_name(struct schema_names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return;
    assert(names->count < COUNT(names->name));
    names->name[names->count++] = name;
}

/* As deep as the document; what a schema itself refers to comes in a turn of its own, so that the
 * depths do not add up. */
static void look(const struct doc *contract, const struct doc *node, struct schema_names *names) {
    const char *name = schema_named(node);
    const struct doc *value;
    void *at = NULL;
    if (name)
        add_name(names, name);
    else if (ref_of(node))
        look(contract, schema_resolve(contract, node), names);
    for (size_t i = 0; i < doc_count(node); i++)
        look(contract, doc_at(node, i), names);
    while (doc_next(node, &at, &name, &value))
        look(contract, value, names);
}

void schema_gather(const struct doc *contract, const struct doc *node, struct schema_names *names) {
    const struct doc *schemas = doc_get(doc_get(contract, "components"), "schemas");
    size_t next = names->count;
    look(contract, node, names);
    for (; next < names->count; next++)
        look(contract, doc_get(schemas, names->name[next]), names);
}

/* ---- values ---- */

static void add_number(struct buf *b, const struct doc *value) {
    buf_addf(b, "%.15g", doc_number(value));
}

static void add_space(struct buf *b, int depth) {
    buf_addf(b, "\n%*s", depth * 2, "");
}

static void add_json(struct buf *b, const struct doc *value, int depth);

static void add_list(struct buf *b, const struct doc *list, int depth) {
    buf_addc(b, '[');
    for (size_t i = 0; i < doc_count(list); i++) {
        buf_adds(b, i ? "," : "");
        add_space(b, depth + 1);
        add_json(b, doc_at(list, i), depth + 1);
    }
    if (doc_count(list))
        add_space(b, depth);
    buf_addc(b, ']');
}

static void add_object(struct buf *b, const struct doc *object, int depth) {
    const char *name, *mark = "";
    const struct doc *value;
    void *at = NULL;
    buf_addc(b, '{');
    while (doc_next(object, &at, &name, &value)) {
        buf_adds(b, mark);
        add_space(b, depth + 1);
        buf_add_json(b, name);
        buf_adds(b, ": ");
        add_json(b, value, depth + 1);
        mark = ",";
    }
    if (*mark)
        add_space(b, depth);
    buf_addc(b, '}');
}

static void add_json(struct buf *b, const struct doc *value, int depth) {
    switch (doc_type(value)) {
    case DOC_OBJECT: add_object(b, value, depth); break;
    case DOC_LIST: add_list(b, value, depth); break;
    case DOC_TEXT: buf_add_json(b, doc_text(value)); break;
    case DOC_NUMBER: add_number(b, value); break;
    case DOC_BOOL: buf_adds(b, doc_bool(value) ? "true" : "false"); break;
    default: buf_adds(b, "null");
    }
}

void schema_add_json(struct buf *b, const struct doc *value) {
    AUTO(buf) struct buf json = {0};
    add_json(&json, value, 0);
    buf_add_html(b, json.data);
    b->failed |= json.failed;
}

/* ---- types ---- */

static void add_code(struct buf *b, const struct doc *value) {
    buf_adds(b, "<code>");
    if (doc_type(value) == DOC_TEXT)
        buf_add_html(b, doc_text(value));
    else
        schema_add_json(b, value);
    buf_adds(b, "</code>");
}

static void add_type(struct buf *b, const struct doc *schema);

static void add_types(struct buf *b, const struct doc *schemas, const char *between) {
    for (size_t i = 0; i < doc_count(schemas); i++) {
        buf_adds(b, i ? between : "");
        add_type(b, doc_at(schemas, i));
    }
}

static void add_basic(struct buf *b, const struct doc *schema, const char *type) {
    if (type && strcmp(type, "array") == 0) {
        buf_adds(b, "list of ");
        add_type(b, doc_get(schema, "items"));
    } else {
        buf_add_html(b, type ? type : "anything");
    }
}

static void add_type(struct buf *b, const struct doc *schema) {
    const struct doc *type = doc_get(schema, "type");
    const char *name = schema_named(schema);
    if (name) {
        buf_adds(b, "<a href=\"#schema-");
        buf_add_html(b, name);
        buf_adds(b, "\">");
        buf_add_html(b, name);
        buf_adds(b, "</a>");
    } else if (doc_get(schema, "const")) {
        add_code(b, doc_get(schema, "const"));
    } else if (doc_get(schema, "oneOf")) {
        add_types(b, doc_get(schema, "oneOf"), " or ");
    } else if (doc_type(type) == DOC_LIST) {
        for (size_t i = 0; i < doc_count(type); i++) {
            buf_adds(b, i ? " or " : "");
            add_basic(b, schema, doc_text(doc_at(type, i)));
        }
    } else {
        add_basic(b, schema, doc_text(type));
    }
}

/* ---- limits ---- */

static const struct {
    const char *keyword, *before, *after;
} LIMITS[] = {
    {"format", "", ""},           {"pattern", "matches ", ""},    {"minimum", "≥ ", ""},
    {"maximum", "≤ ", ""},        {"minLength", "length ≥ ", ""}, {"maxLength", "length ≤ ", ""},
    {"minItems", "items ≥ ", ""}, {"maxItems", "items ≤ ", ""},   {"default", "", " unless given"},
};

static void add_enum(struct buf *b, const struct doc *values) {
    for (size_t i = 0; i < doc_count(values); i++) {
        buf_adds(b, i ? ", " : ": one of ");
        add_code(b, doc_at(values, i));
    }
}

void schema_add_kind(struct buf *b, const struct doc *schema) {
    add_type(b, schema);
    add_enum(b, doc_get(schema, "enum"));
    for (size_t i = 0; i < COUNT(LIMITS); i++) {
        const struct doc *value = doc_get(schema, LIMITS[i].keyword);
        if (!value)
            continue;
        buf_addf(b, ", %s", LIMITS[i].before);
        add_code(b, value);
        buf_adds(b, LIMITS[i].after);
    }
}

/* ---- members ---- */

static bool is_required(const struct doc *schema, const char *name) {
    const struct doc *required = doc_get(schema, "required");
    for (size_t i = 0; i < doc_count(required); i++)
        if (strcmp(doc_text(doc_at(required, i)), name) == 0)
            return true;
    return false;
}

static void add_members(struct buf *b, const struct doc *schema);

/* A member that is an object, or a list of such, and has no name of its own, is told here. */
static void add_inside(struct buf *b, const struct doc *schema) {
    const struct doc *items = doc_get(schema, "items");
    add_members(b, items ? items : schema);
}

static void add_members(struct buf *b, const struct doc *schema) {
    const struct doc *members = doc_get(schema, "properties"), *member;
    const char *name;
    void *at = NULL;
    if (doc_type(members) != DOC_OBJECT)
        return;
    buf_adds(b, "<dl>\n");
    while (doc_next(members, &at, &name, &member)) {
        buf_adds(b, "<dt><code>");
        buf_add_html(b, name);
        buf_addf(b, "</code>%s</dt>\n<dd><p class=\"kind\">",
                 is_required(schema, name) ? " <strong>required</strong>" : "");
        schema_add_kind(b, member);
        buf_adds(b, "</p>\n");
        prose_add(b, doc_get_text(member, "description"), 5);
        add_inside(b, member);
        buf_adds(b, "</dd>\n");
    }
    buf_adds(b, "</dl>\n");
}

/* What members say of each other, in the contract's own words. */
static void add_rules(struct buf *b, const struct doc *schema) {
    const struct doc *rules = doc_get(schema, "allOf");
    buf_adds(b, doc_count(rules) ? "<p>Its rules:</p>\n<ul>\n" : "");
    for (size_t i = 0; i < doc_count(rules); i++) {
        buf_adds(b, "<li>");
        prose_add_line(b, doc_get_text(doc_at(rules, i), "description"));
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, doc_count(rules) ? "</ul>\n" : "");
}

void schema_add(struct buf *b, const struct doc *contract, const char *name) {
    const struct doc *schema = doc_get(doc_get(doc_get(contract, "components"), "schemas"), name);
    buf_adds(b, "<section id=\"schema-");
    buf_add_html(b, name);
    buf_adds(b, "\">\n<h3>");
    buf_add_html(b, name);
    buf_adds(b, "</h3>\n<p class=\"kind\">");
    schema_add_kind(b, schema);
    buf_adds(b, "</p>\n");
    prose_add(b, doc_get_text(schema, "description"), 4);
    add_rules(b, schema);
    add_inside(b, schema);
    buf_adds(b, "</section>\n");
}
