#include "view/open311.h"

#include "model/doc.h"
#include "view/xml_in.h"
#include "xml.h"

/* The specification's draft and those who extend it do not agree on the plural. */
static const char *const ROOTS[] = {"service_request_updates", "service_requests_updates", NULL};
static const char *const RECORDS[] = {"request_update", "service_request_update", NULL};

bool open311_read(struct call *c, const char *xml, size_t len, struct buf *json) {
    static const struct xml_shape SHAPE = {ROOTS, RECORDS};
    return xml_in(c, &SHAPE, xml, len, json);
}

static void add_update(struct call *c, struct buf *b, const struct doc *update) {
    static const char *const TEXTS[] = {"update_id", "service_request_id"};
    static const char *const ENDS[] = {"outcome", "location", "detail"};
    buf_adds(b, "<request_update>\n");
    for (size_t i = 0; i < COUNT(TEXTS); i++)
        xml_add_element(b, TEXTS[i], doc_get_text(update, TEXTS[i]));
    xml_add_element(b, "status", doc_get_number(c, update, "status"));
    for (size_t i = 0; i < COUNT(ENDS); i++)
        xml_add_element(b, ENDS[i], doc_get_text(update, ENDS[i]));
    buf_adds(b, "</request_update>\n");
}

bool open311_write(struct call *c, const char *json, size_t len, struct buf *xml) {
    AUTO(doc) struct doc *answer = doc_parse(c, json, len);
    const struct doc *list = doc_get(answer, ROOTS[0]);
    if (!answer)
        return false;
    buf_addf(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>\n", ROOTS[0]);
    for (size_t i = 0; i < doc_count(list); i++)
        add_update(c, xml, doc_at(list, i));
    if (doc_bool(doc_get(answer, "dry_run")))
        xml_add_element(xml, "dry_run", "true");
    buf_addf(xml, "</%s>\n", ROOTS[0]);
    return buf_ok(c, xml);
}
