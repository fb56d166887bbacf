/* Service request updates of Open311 GeoReport v2 in XML: what partners send, and what became of
 * it. */
#ifndef VIEW_OPEN311_H
#define VIEW_OPEN311_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"

/* The updates as the same list in JSON, every value as text; elements without text are left out.
 * Fails with ERR_MALFORMED. */
MUST_CHECK bool open311_read(struct call *c, const char *xml, size_t len, struct buf *json);

/* The answer's document, {"service_request_updates":[…]}, in XML. */
MUST_CHECK bool open311_write(struct call *c, const char *json, size_t len, struct buf *xml);

#endif
