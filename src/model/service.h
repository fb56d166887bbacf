/* What a service_status says of a service: the table of its fields, and the rules across them. */
#ifndef MODEL_SERVICE_INSIDE_H
#define MODEL_SERVICE_INSIDE_H

#include "model/doc.h"
#include "model/field.h"

extern const struct field SERVICE_FIELDS[];

/* Of an update's body under pointer, whose kind is known. Faults are added to the call. */
void service_check(struct call *c, const struct doc *update, const char *pointer, const char *kind);

#endif
