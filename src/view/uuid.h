/* Names that last: what is made of them is the same for ever, wherever the service is found. */
#ifndef VIEW_UUID_H
#define VIEW_UUID_H

#include <stdbool.h>

enum { UUID_SIZE = 37 };

/*
 * A UUID by name, of SHA-256 (RFC 9562 5.8 and its appendix B.2): of a plan, whether it is a
 * demonstration, and a name within it such as "/updates/17". plan may be NULL.
 */
void uuid_of(const char *plan, bool demo, const char *name, char out[UUID_SIZE]);

#endif
