/* THE route table: what the service answers, a row each. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/api.h"
#include "http/route.h"
#include "model/entity.h"
#include "model/operation.h"

struct exchange;

enum route_flag {
    ROUTE_FREE = 1,    /* no rate limit: what probes and operators ask */
    ROUTE_DRAFTS = 2,  /* state=draft, with a key, reads drafts instead */
    ROUTE_HTML = 4,    /* can answer as a page too */
    ROUTE_AS_IS = 8,   /* has one form, given whatever Accept says */
    ROUTE_CACHED = 16, /* its answer is kept, and given to whoever asks the same */
    ROUTE_STREAM = 32, /* its answer to GET does not end by itself */
    ROUTE_CSV = 64,    /* can answer as a table too; or does, with ROUTE_AS_IS; likewise: */
    ROUTE_ATOM = 128,
    ROUTE_FEED = 256, /* JSON Feed */
    ROUTE_ICAL = 512,
    ROUTE_SVG = 1024,
};

struct route {
    const char *method;
    const char *pattern;
    bool (*handle)(struct call *c, struct exchange *x);
    const struct entity *entity;       /* of a read */
    const struct operation *operation; /* of a write */
    unsigned scope; /* any one of these bits of enum scope; SCOPE_PUBLIC: no key is asked for */
    unsigned flags;
    size_t body_limit; /* bytes; 0: no body is taken */
};

extern const struct route ROUTES[];
extern const size_t ROUTE_COUNT;

#endif
