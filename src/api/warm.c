#include <string.h>

#include "api/api.h"
#include "api/routes.h"
#include "view/words.h"

enum { WARM_BUDGET_MS = 2000 };

/* As anybody would ask; what comes of it goes nowhere but into the cache. */
static void ask(struct api *api, const char *path, const char *accept, const char *lang) {
    AUTO(call) struct call c;
    AUTO(reply) struct reply rp = {0};
    struct request rq = {.verb = VERB_GET, .method = "GET", .path = path, .version = "1.1"};
    call_init(&c, WARM_BUDGET_MS);
    rq.headers[rq.nheaders++] = (struct pair){"Accept", accept};
    rq.headers[rq.nheaders++] = (struct pair){"Accept-Language", lang};
    if (request_parse_target(&c, &rq))
        (void)api_run(api, &c, &rq, &rp);
}

/* Of one document; a table may be long. */
static bool is_asked_for(const struct route *r) {
    bool whole = (r->flags & ROUTE_AS_IS) && (r->flags & ROUTE_CSV);
    return (r->flags & ROUTE_CACHED) && !whole && !strchr(r->pattern, '{');
}

/* The documents before the pages that are made of them, each page in every language: if the
 * database goes away meanwhile, what most is made of is there. */
void api_warm(void *context) {
    struct api *api = context;
    for (const struct route *r = ROUTES; r < ROUTES + ROUTE_COUNT; r++)
        if (is_asked_for(r))
            ask(api, r->pattern, "application/json", lang_tag(LANG_EN));
    for (const struct route *r = ROUTES; r < ROUTES + ROUTE_COUNT; r++)
        for (int i = 0; is_asked_for(r) && (r->flags & ROUTE_HTML) && i < LANG_COUNT; i++)
            ask(api, r->pattern, "text/html", lang_tag((enum lang)i));
}
