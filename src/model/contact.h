/* Names under which systems keep a resident's contact. */
#ifndef MODEL_CONTACT_INSIDE_H
#define MODEL_CONTACT_INSIDE_H

#include <stdbool.h>

/* True of "phone", "E-Mail", "callerName", "street_address": in any case and with any joints. */
bool is_contact(const char *name);

#endif
