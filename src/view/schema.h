/* Parts of the contract (OpenAPI 3.1) that describe values, as HTML: schemas with their members,
 * types, limits, examples. */
#ifndef VIEW_SCHEMA_H
#define VIEW_SCHEMA_H

#include "base/buf.h"
#include "model/doc.h"

/* Names of schemas, each once, in the order in which they are met. */
struct schema_names {
    const char *name[256];
    size_t count;
};

/* What a $ref of the contract stands for; any other node is itself. */
const struct doc *schema_resolve(const struct doc *contract, const struct doc *node);

/* Adds every schema that is reached from a node. */
void schema_gather(const struct doc *contract, const struct doc *node, struct schema_names *names);

/* What a parameter or a member may be: "list of Goal, at most 500", with links to #schema-Goal. */
void schema_add_kind(struct buf *b, const struct doc *schema);

/* A section with all its members, which is #schema-NAME. */
void schema_add(struct buf *b, const struct doc *contract, const char *name);

/* A value as indented JSON, escaped. */
void schema_add_json(struct buf *b, const struct doc *value);

#endif
