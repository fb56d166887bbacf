/* A table of any kind: the reader of CSV, its columns, cells into values, what statements are
 * given.
 */
#include "fuzz.h"
#include "model/doc.h"
#include "view/table_in.h"

static const struct table_manner MANNERS[] = {
    {NULL, CSV_PLAIN, false},
    {NULL, CSV_EXCEL, false},
    {NULL, CSV_PLAIN, true},
    {"updates", CSV_RFC4180, false},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    const struct table_manner *manner = &MANNERS[input_byte(&in) % COUNT(MANNERS)];
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    call_init(&c, 1000);
    bool taken = table_read(&c, manner, in.at, in.len, &given);
    check_call(&c, taken);
    assert(taken || c.err == ERR_MALFORMED || c.err == ERR_INVALID);
    if (!taken)
        return 0;

    /* Whatever the table was, this is one document with a list of rows. */
    AUTO(doc) struct doc *d = doc_parse(&c, given.data, given.len);
    assert(d);
    assert(doc_type(doc_get(d, "data")) ==
           (manner->is_json ? doc_type(doc_get(d, "data")) : DOC_LIST));
    assert(doc_number(doc_get(d, "error_count")) >= (double)doc_count(doc_get(d, "errors")));
    return 0;
}
