#include "view/catalog.h"

#include <string.h>

#include "uuid.h"

struct form {
    const char *path, *type, *title;
    const char *standard; /* NULL: what openapi.yaml says */
    bool whole;           /* a file; else what is asked by pages */
};

enum { FORMS_MOST = 4 };

struct dataset {
    const char *name, *title, *description;
    const char *keywords; /* members of a JSON list */
    struct form forms[FORMS_MOST];
};

#define STRATML "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"

static const struct dataset DATASETS[] = {
    {"/plan",
     "The plan",
     "The strategic plan as a whole: its goals and objectives in the city's own words, how far "
     "each has come as reported, and how that was computed.",
     "\"strategic plan\",\"goals\",\"objectives\",\"performance\"",
     {{"/plan.stratml.xml", "application/xml", "StratML Part 2", STRATML, true},
      {"/plan", "application/json", "JSON", NULL, true},
      {"/summary", "application/json", "Summary as JSON", NULL, true}}},
    {"/goals",
     "Goals",
     "The goals of the strategic plan, each with its percent, what counts towards it, and how many "
     "of its objectives stand where.",
     "\"strategic plan\",\"goals\",\"performance\"",
     {{"/goals.csv", "text/csv", "CSV", NULL, true},
      {"/goals", "application/json", "JSON", NULL, false}}},
    {"/objectives",
     "Objectives",
     "The objectives of the strategic plan with departments, dates, milestones, and the status and "
     "percent last reported.",
     "\"strategic plan\",\"objectives\",\"performance\"",
     {{"/objectives.csv", "text/csv", "CSV", NULL, true},
      {"/objectives", "application/json", "JSON", NULL, false}}},
    {"/updates",
     "Updates",
     "Everything reported about the objectives, with its date; corrected and withdrawn updates stay "
     "in it and say so.",
     "\"strategic plan\",\"progress\",\"updates\"",
     {{"/updates.csv", "text/csv", "CSV", NULL, true},
      {"/updates", "application/json", "JSON", NULL, false},
      {"/updates.atom", "application/atom+xml", "Atom feed",
       "https://www.rfc-editor.org/rfc/rfc4287", false},
      {"/feed.json", "application/feed+json", "JSON Feed", "https://www.jsonfeed.org/version/1.1/",
       false}}},
    {"/measures",
     "Measures",
     "What is counted beside status and percent: each measure with its baseline, its target and "
     "its latest value.",
     "\"strategic plan\",\"performance measures\",\"indicators\"",
     {{"/measures", "application/json", "JSON", NULL, false}}},
};

/* ---- members ---- */

static void add_named(struct buf *b, const char *name, const char *text) {
    if (!text)
        return;
    buf_addf(b, ",\"%s\":", name);
    buf_add_json(b, text);
}

static const char *link_to(struct call *c, const struct catalog *k, const char *path) {
    return call_printf(c, "%s%s%s", k->base, path, k->suffix);
}

/* "Cerritos in Progress: Objectives"; who looks for data must not take a demonstration for it. */
static const char *full_title(struct call *c, const struct catalog *k, const struct dataset *d) {
    bool demo = doc_bool(doc_get(k->head, "demo"));
    return call_printf(c, "%s: %s%s", doc_get_text(k->head, "title"), d->title,
                       demo ? " (demonstration data)" : "");
}

static const char *identify(struct call *c, const struct catalog *k, const struct dataset *d) {
    char uuid[UUID_SIZE];
    uuid_of(doc_get_text(k->head, "plan"), doc_bool(doc_get(k->head, "demo")), d->name, uuid);
    return call_printf(c, "urn:uuid:%s", uuid);
}

static size_t count_forms(const struct dataset *d) {
    size_t count = 0;
    while (count < FORMS_MOST && d->forms[count].path)
        count++;
    return count;
}

/* ---- DCAT-US ---- */

static void add_distribution(struct call *c, struct buf *b, const struct catalog *k,
                             const struct form *f) {
    buf_adds(b, "{\"@type\":\"dcat:Distribution\"");
    add_named(b, "title", f->title);
    add_named(b, "format", f->title);
    add_named(b, f->whole ? "downloadURL" : "accessURL", link_to(c, k, f->path));
    add_named(b, "mediaType", f->type);
    add_named(b, "conformsTo", f->standard);
    if (!f->standard) {
        add_named(b, "describedBy", call_printf(c, "%s/openapi.json", k->base));
        add_named(b, "describedByType", "application/json");
    }
    buf_addc(b, '}');
}

static void add_contact(struct buf *b, const struct catalog *k) {
    buf_adds(b, ",\"contactPoint\":{\"@type\":\"vcard:Contact\"");
    add_named(b, "fn", doc_get_text(k->head, "organization"));
    add_named(b, "hasEmail", k->contact);
    buf_addc(b, '}');
}

static void add_dcat_dataset(struct call *c, struct buf *b, const struct catalog *k,
                             const struct dataset *d) {
    buf_adds(b, "{\"@type\":\"dcat:Dataset\"");
    add_named(b, "identifier", identify(c, k, d));
    add_named(b, "title", full_title(c, k, d));
    add_named(b, "description", d->description);
    buf_addf(b, ",\"keyword\":[%s],\"language\":[\"en-US\"],\"accessLevel\":\"public\"",
             d->keywords);
    add_named(b, "modified", doc_get_text(k->head, "modified"));
    buf_adds(b, ",\"publisher\":{\"@type\":\"org:Organization\"");
    add_named(b, "name", doc_get_text(k->head, "organization"));
    buf_addc(b, '}');
    add_contact(b, k);
    add_named(b, "license", k->license);
    add_named(b, "landingPage", link_to(c, k, "/"));
    buf_adds(b, ",\"distribution\":[");
    for (size_t i = 0; i < count_forms(d); i++) {
        buf_adds(b, i ? "," : "");
        add_distribution(c, b, k, &d->forms[i]);
    }
    buf_adds(b, "]}");
}

bool catalog_dcat(struct call *c, struct buf *b, const struct catalog *k) {
    static const char SCHEMA[] = "https://project-open-data.cio.gov/v1.1/schema";
    buf_addf(b, "{\"@context\":\"%s/catalog.jsonld\"", SCHEMA);
    add_named(b, "@id", link_to(c, k, "/data.json"));
    buf_addf(b,
             ",\"@type\":\"dcat:Catalog\",\"conformsTo\":\"%s\","
             "\"describedBy\":\"%s/catalog.json\",\"dataset\":[",
             SCHEMA, SCHEMA);
    for (size_t i = 0; i < COUNT(DATASETS); i++) {
        buf_adds(b, i ? "," : "");
        add_dcat_dataset(c, b, k, &DATASETS[i]);
    }
    buf_adds(b, "]}\n");
    return !c->err && buf_ok(c, b);
}

/* ---- schema.org ---- */

static void add_download(struct call *c, struct buf *b, const struct catalog *k,
                         const struct form *f) {
    buf_adds(b, "{\"@type\":\"DataDownload\"");
    add_named(b, "name", f->title);
    add_named(b, "contentUrl", link_to(c, k, f->path));
    add_named(b, "encodingFormat", f->type);
    buf_addc(b, '}');
}

static void add_publisher(struct call *c, struct buf *b, const struct catalog *k) {
    buf_adds(b, ",\"publisher\":{");
    buf_adds(b, "\"@type\":\"GovernmentOrganization\"");
    add_named(b, "@id", call_printf(c, "%s/#organization", k->base));
    add_named(b, "name", doc_get_text(k->head, "organization"));
    buf_addc(b, '}');
}

static void add_schema_dataset(struct call *c, struct buf *b, const struct catalog *k,
                               const struct dataset *d) {
    buf_adds(b, "{\"@type\":\"Dataset\"");
    add_named(b, "identifier", identify(c, k, d));
    add_named(b, "name", full_title(c, k, d));
    add_named(b, "description", d->description);
    add_named(b, "url", link_to(c, k, "/"));
    buf_addf(b, ",\"keywords\":[%s],\"inLanguage\":\"en-US\",\"isAccessibleForFree\":true",
             d->keywords);
    add_named(b, "license", k->license);
    add_publisher(c, b, k);
    buf_adds(b, ",\"distribution\":[");
    for (size_t i = 0; i < count_forms(d); i++) {
        buf_adds(b, i ? "," : "");
        add_download(c, b, k, &d->forms[i]);
    }
    buf_adds(b, "]}");
}

static void add_schema_org(struct call *c, struct buf *b, const struct catalog *k) {
    buf_adds(b, "{\"@context\":\"https://schema.org\",\"@type\":\"DataCatalog\"");
    add_named(b, "@id", call_printf(c, "%s/#catalog", k->base));
    add_named(b, "name", doc_get_text(k->head, "title"));
    add_named(b, "url", link_to(c, k, "/"));
    add_publisher(c, b, k);
    buf_adds(b, ",\"dataset\":[");
    for (size_t i = 0; i < COUNT(DATASETS); i++) {
        buf_adds(b, i ? "," : "");
        add_schema_dataset(c, b, k, &DATASETS[i]);
    }
    buf_adds(b, "]}");
}

/* "<" stands in texts alone, and there an escape of JSON is the same to who parses it, while no
 * "</script>" nor "<!--" is left for who parses the page. */
bool catalog_json_ld(struct call *c, struct buf *b, const struct catalog *k) {
    AUTO(buf) struct buf json = {0};
    add_schema_org(c, &json, k);
    if (c->err || !buf_ok(c, &json))
        return false;
    buf_adds(b, "<script type=\"application/ld+json\">");
    for (const char *at = json.data, *next; *at; at = next) {
        next = at + strcspn(at, "<");
        buf_add(b, at, (size_t)(next - at));
        if (*next == '<') {
            buf_adds(b, "\\u003c");
            next++;
        }
    }
    buf_adds(b, "</script>\n");
    return buf_ok(c, b);
}
