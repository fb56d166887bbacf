/* Path patterns such as "/updates/{id}/publication": how a path meets one. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"

enum { ROUTE_ARGS = 4 };

struct route_args {
    struct pair arg[ROUTE_ARGS]; /* name without braces, decoded value */
    size_t count;
};

/*
 * True when the request's path meets the pattern. "{id}" and "{number}" take 1 to 18 digits,
 * "{source}" takes [a-z][a-z0-9._-]*, any other name takes any non-empty segment. A trailing slash
 * is no match. Static segments win by standing earlier in the route table.
 */
bool route_match(const char *pattern, const struct request *rq, struct route_args *args);

/* The captured value, or NULL. */
const char *route_arg(const struct route_args *args, const char *name);

#endif
