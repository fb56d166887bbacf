/* What CivetWeb 1.15 does to a request's head, word for word as lenient: its own parser is not to
 * be had without a connection. */
#ifndef FUZZ_LIBRARY_H
#define FUZZ_LIBRARY_H

#include <civetweb.h>
#include <stdbool.h>
#include <stddef.h>

/* Takes the head in buffer apart in place; a NUL must stand at buffer[len]. False where the library
 * refuses it by itself. info points into the buffer. */
bool library_parse(char *buffer, size_t len, struct mg_request_info *info);

#endif
