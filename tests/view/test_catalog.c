#include "view/catalog.h"

#include <string.h>

#include "support/suite.h"

#define HEAD(demo)                                                                            \
    "{\"plan\":\"p\",\"title\":\"</script><!-- & \\\"x\\\"\",\"organization\":\"City <of>\"," \
    "\"demo\":" demo ",\"modified\":\"2026-11-02T00:00:00.000Z\"}"
#define START "<script type=\"application/ld+json\">"
#define END   "</script>\n"

static struct call c;
static struct buf out;
static struct doc *head;

static struct catalog made(const char *text) {
    call_init(&c, 1000);
    head = doc_parse(&c, text, strlen(text));
    ck_assert_msg(head != NULL, "%s", c.detail);
    return (struct catalog){.head = head, .base = "https://plan.example.org", .suffix = "?plan=p"};
}

static void unmake(void) {
    doc_free(head);
    buf_drop(&out);
    call_drop(&c);
}

static const char *text_at(const struct doc *d, const char *first, const char *second) {
    return doc_get_text(doc_get(d, first), second);
}

START_TEST(a_catalogue_names_who_publishes_and_nobody_else) {
    struct catalog k = made(HEAD("false"));
    ck_assert(catalog_dcat(&c, &out, &k));
    AUTO(doc) struct doc *d = doc_parse(&c, out.data, out.len);
    ck_assert_msg(d != NULL, "%s in %s", c.detail, out.data);
    ck_assert_str_eq(doc_get_text(d, "conformsTo"),
                     "https://project-open-data.cio.gov/v1.1/schema");
    ck_assert_str_eq(doc_get_text(d, "@id"), "https://plan.example.org/data.json?plan=p");
    const struct doc *dataset = doc_at(doc_get(d, "dataset"), 0);
    ck_assert_str_eq(text_at(dataset, "publisher", "name"), "City <of>");
    ck_assert_str_eq(text_at(dataset, "contactPoint", "fn"), "City <of>");
    ck_assert_ptr_null(text_at(dataset, "contactPoint", "hasEmail"));
    ck_assert_ptr_null(doc_get(dataset, "license"));
    ck_assert_str_eq(doc_get_text(dataset, "modified"), "2026-11-02T00:00:00.000Z");
    ck_assert_str_eq(doc_get_text(dataset, "title"), "</script><!-- & \"x\": The plan");
    const struct doc *first = doc_at(doc_get(dataset, "distribution"), 0);
    ck_assert_str_eq(doc_get_text(first, "downloadURL"),
                     "https://plan.example.org/plan.stratml.xml?plan=p");
    ck_assert_str_eq(doc_get_text(first, "mediaType"), "application/xml");
    unmake();
}
END_TEST

START_TEST(contact_and_licence_stand_where_they_are_set) {
    struct catalog k = made(HEAD("true"));
    k.contact = "mailto:plan@example.org";
    k.license = "https://example.org/licence/";
    ck_assert(catalog_dcat(&c, &out, &k));
    AUTO(doc) struct doc *d = doc_parse(&c, out.data, out.len);
    const struct doc *all = doc_get(d, "dataset");
    ck_assert_uint_gt(doc_count(all), 0);
    for (size_t i = 0; i < doc_count(all); i++) {
        const struct doc *dataset = doc_at(all, i);
        ck_assert_str_eq(text_at(dataset, "contactPoint", "hasEmail"), "mailto:plan@example.org");
        ck_assert_str_eq(doc_get_text(dataset, "license"), "https://example.org/licence/");
        ck_assert_ptr_nonnull(strstr(doc_get_text(dataset, "title"), " (demonstration data)"));
    }
    unmake();
}
END_TEST

START_TEST(nothing_in_a_block_of_data_ends_it) {
    struct catalog k = made(HEAD("false"));
    ck_assert(catalog_json_ld(&c, &out, &k));
    ck_assert_msg(strncmp(out.data, START, strlen(START)) == 0, "%s", out.data);
    char *json = call_strdup(&c, out.data + strlen(START));
    char *end = strchr(json, '<');
    ck_assert_str_eq(end, END);
    *end = '\0';
    AUTO(doc) struct doc *d = doc_parse(&c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s in %s", c.detail, json);
    ck_assert_str_eq(doc_get_text(d, "@type"), "DataCatalog");
    ck_assert_str_eq(doc_get_text(d, "name"), "</script><!-- & \"x\"");
    ck_assert_str_eq(text_at(d, "publisher", "@type"), "GovernmentOrganization");
    ck_assert_str_eq(text_at(d, "publisher", "name"), "City <of>");
    const struct doc *dataset = doc_at(doc_get(d, "dataset"), 0);
    ck_assert_str_eq(doc_get_text(dataset, "@type"), "Dataset");
    ck_assert_uint_gt(doc_count(doc_get(dataset, "distribution")), 1);
    unmake();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_catalogue_names_who_publishes_and_nobody_else,
        contact_and_licence_stand_where_they_are_set,
        nothing_in_a_block_of_data_ends_it,
    };
    return suite_run("view/catalog", tests, COUNT(tests));
}
