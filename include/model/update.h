/* What was reported about an objective: published updates, whose content never changes, and drafts.
 */
#ifndef MODEL_UPDATE_H
#define MODEL_UPDATE_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity updates;
extern const struct entity updates_feed;    /* by when they came, were corrected or retracted */
extern const struct entity updates_natural; /* by source and external id */
extern const struct entity drafts;

extern const struct operation update_post;
extern const struct operation update_put; /* by natural key */
extern const struct operation draft_put;
extern const struct operation update_publish;
extern const struct operation update_retract;
extern const struct operation update_return;
extern const struct operation update_discard;

/* The rules across the fields of an update (domain.md, "Kinds and statuses"). Faults go under
 * pointer. */
void update_check(struct call *c, const struct doc *body, const char *pointer);

/* The statuses of an objective, "no_information" included, NULL-terminated: for filters. */
extern const char *const OBJECTIVE_STATUSES[];

#endif
