/* Many reports in one body: what an item may hold, and which items their bodies alone condemn. */
#ifndef MODEL_BATCH_H
#define MODEL_BATCH_H

#include "base/buf.h"
#include "model/operation.h"

enum { BATCH_MOST = 1000 }; /* items */

/* {"items":[…]}: each as POST /updates takes it, or with an external_id as PUT does. */
extern const struct operation updates_batch;

/* A list of Open311's service request updates; the same sent as XML. */
extern const struct operation open311_json;
extern const struct operation open311_xml;

/*
 * Checks a whole body of op. With spare, only what it is as a whole can fail the call, and refused
 * becomes an object of the faults of single items, by their index: {"17":[{"pointer","detail"}]};
 * without it any item's fault does, and refused stays "{}".
 */
MUST_CHECK bool batch_check(struct call *c, const struct operation *op, const char *bytes,
                            size_t len, bool spare, struct buf *refused);

#endif
