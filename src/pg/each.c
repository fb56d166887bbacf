#include "pool_inside.h"

/* Once a row has been shown nothing may be repeated: who saw it would see it twice. */
bool pool_each(struct call *c, struct pool *p, const struct stmt *s, const char *const *params,
               size_t count, pool_visit *visit, void *context) {
    for (int tries = 0; tries < 3; tries++) {
        bool begun = false;
        struct conn *k = pool_lend(c, p);
        if (!k)
            return false;
        enum conn_end end = conn_each(c, k, s, pool_prepares(p), params, count,
                                      &(struct conn_tour){visit, context, &begun});
        pool_take_back(p, k, end);
        if (end == CONN_DONE || c->err)
            return end == CONN_DONE;
        if (begun || call_left_ms(c) == 0)
            break;
    }
    c->retry_after_s = 2;
    return fail(c, ERR_UNAVAILABLE, "the database did not answer in time");
}
