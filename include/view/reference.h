/* The API's contract (openapi.yaml, as JSON) as pages to read: the list of its operations with a
 * search, and each operation with all that it takes and gives. */
#ifndef VIEW_REFERENCE_H
#define VIEW_REFERENCE_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"

/* The policy of these pages: their own styles and script by their hashes. In the call's arena. */
const char *reference_policy(struct call *c);

/* Every operation that speaks of all these words; NULL or "": all there are, and what holds for
 * them all. */
MUST_CHECK bool reference_list(struct call *c, struct buf *b, const struct doc *contract,
                               const char *words);

/* One operation by its operationId; fails with ERR_NOT_FOUND. */
MUST_CHECK bool reference_operation(struct call *c, struct buf *b, const struct doc *contract,
                                    const char *id);

#endif
