/* Reads a request's body within its deadline, whatever the client does. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "desk.h"

/* A struct wire's read_body. */
bool body_read(struct wire *w, struct call *c, size_t limit, const char **bytes, size_t *len);

/* Reads and throws away what is left of a refused request, for a moment: closing over unread bytes
 * would reset the connection, and the client might never see the answer. */
void body_linger(struct line *line);

#endif
