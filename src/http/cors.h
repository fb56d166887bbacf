/* What a browser asks before it asks (the Fetch standard, 4.8): public reads are open to every
 * page, writes to none. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include <stdbool.h>

#include "http/reply.h"
#include "http/request.h"

/* An OPTIONS with Origin and Access-Control-Request-Method. */
bool cors_is_preflight(const struct request *rq);

/* 204, good for two hours. */
void cors_preflight(struct reply *rp);

/* The header lines that an answer to this request carries, each ended by CR LF; "" where other
 * origins have no business. */
const char *cors_lines(const struct request *rq);

#endif
