/* openapi.yaml, as the binary serves it, to be asked. */
#ifndef TESTS_CONTRACT_OPENAPI_H
#define TESTS_CONTRACT_OPENAPI_H

#include "api/routes.h"
#include "support/service.h"
#include "support/suite.h"

extern struct doc *contract; /* after contract_read; the test frees it */

void contract_read(void);

/* What a reference leads to, or the value itself. */
const struct doc *contract_resolve(const struct doc *d);

/* The path item of a pattern, NULL where it has none; the operation of a route, which must have
 * one. */
const struct doc *contract_path(const char *pattern);
const struct doc *contract_operation(const struct route *r);

/* Calls visit for every operation; gives their number. */
size_t contract_each(void (*visit)(const char *path, const char *method,
                                   const struct doc *operation));

/* True when the operation, or its path, has the parameter. */
bool contract_takes(const struct doc *item, const struct doc *operation, const char *place,
                    const char *name);

#endif
