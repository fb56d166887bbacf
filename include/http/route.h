/* Path patterns such as "/updates/{id}/publication": how a path meets one. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"

enum { ROUTE_ARGS = 4, ROUTE_CUT = 64 };

/* Not to be copied: one value may lie in it. */
struct route_args {
    struct pair arg[ROUTE_ARGS]; /* name without braces, decoded value */
    size_t count;
    char cut[ROUTE_CUT]; /* the value that is a part of its segment; a longer one is no match */
};

/*
 * True when the request's path meets the pattern. "{id}" and "{number}" take 1 to 18 digits,
 * "{source}" takes [a-z][a-z0-9._-]*, "{edition}" 16 digits of lower-case hex, any other name takes
 * anything but nothing. A name is a whole segment, or one name of the pattern a part of it:
 * "/badges/goal/{number}.svg". A trailing slash is no match. Static segments win by standing
 * earlier in the route table.
 */
bool route_match(const char *pattern, const struct request *rq, struct route_args *args);

/* The captured value, or NULL. */
const char *route_arg(const struct route_args *args, const char *name);

#endif
