/* A resource that can be listed and got, as a descriptor; and the two functions that do it for any
 * of them. */
#ifndef MODEL_ENTITY_H
#define MODEL_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"
#include "model/field.h"
#include "model/query.h"
#include "model/sheet.h"
#include "model/tag.h"
#include "pg/pool.h"

/* What every read takes and this one has no use for. */
enum entity_lack {
    ENTITY_LACKS_AS_OF = 1, /* it has days of its own */
    ENTITY_LACKS_PLAN = 2,  /* it is about any plan */
};

struct entity {
    const char *name;         /* "objectives" */
    const char *what;         /* "objective", for sentences */
    const struct stmt *list;  /* NULL: it cannot be listed */
    const struct stmt *count; /* NULL: count=exact is refused */
    const struct stmt *get;
    const struct field *filters; /* the parameters of a list (of what cannot be listed: of a get),
                                    ended by a row without a name; NULL: none */
    const char *const *includes; /* sorted allow-list, NULL-terminated; NULL: none */
    const struct sheet *sheet;   /* all of it as a table; NULL: it has none */
    bool is_translated;          /* its documents hold words of the plan, which have translations */
    bool is_apart;               /* of no plan and of no day, but as filters */
    unsigned lacks;              /* bits of enum entity_lack */
    unsigned reads;              /* bits of enum tag: what its documents depend on */
};

/* A document and the revision it is of (0: none). */
struct document {
    struct buf body;
    int64_t revision;
    const char *next; /* of a page: the link to the next one, or NULL */
};

void document_auto(struct document *d); /* for AUTO(document) */

/* {"data":[…],"page":{…},"links":{…}} */
MUST_CHECK bool entity_list(struct call *c, struct pool *p, const struct entity *e,
                            const struct query *q, struct document *out);

/* The document itself; ERR_NOT_FOUND when there is none. */
MUST_CHECK bool entity_get(struct call *c, struct pool *p, const struct entity *e,
                           const struct query *q, struct document *out);

#endif
