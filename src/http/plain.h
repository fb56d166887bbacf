/* Recognises the plainest of heads, the kind that nobody reads in two ways. */
#ifndef HTTP_PLAIN_H
#define HTTP_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"

/*
 * True when the bytes are one whole head and nothing else: GET or HEAD of a path, in HTTP/1.1, each
 * line `name: value` with CR LF behind it, the values visible ASCII, and none of them about a body
 * or another protocol. rq then has its words, ended by NUL in place. It is no judge: what it does
 * not recognise may be well-formed, and what it recognises is still the guard's to refuse (RFC 9112
 * 2 to 5).
 */
bool plain_read(char *bytes, size_t len, struct request *rq);

#endif
