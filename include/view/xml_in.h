/* XML that strangers send, as JSON: lists of flat records, and nothing else of what XML can do. */
#ifndef VIEW_XML_IN_H
#define VIEW_XML_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"

/* <root><record><field>text</field>…</record>…</root>; each list of names ends with NULL. */
struct xml_shape {
    const char *const *roots;
    const char *const *records;
};

/*
 * [{"field":"text",…},…], fields without text left out; a field that is there twice stands there
 * twice, for the JSON's reader to refuse. Fails with ERR_MALFORMED: no UTF-8, not well-formed,
 * another shape, a document type (so that no entity is ever declared, loaded or expanded).
 * Attributes, comments and namespaces mean nothing. Any thread; nothing is read from anywhere but
 * the bytes.
 */
MUST_CHECK bool xml_in(struct call *c, const struct xml_shape *shape, const char *bytes, size_t len,
                       struct buf *json);

/* Once in a process, before it has other threads. */
void xml_in_start(void);

#endif
