/* Subscriptions of other systems to what is published, and the log of what was sent to each. */
#ifndef MODEL_WEBHOOK_H
#define MODEL_WEBHOOK_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity webhooks;
extern const struct entity deliveries; /* of one, which the filter "webhook" names */

extern const struct operation webhook_post;
extern const struct operation webhook_patch;
extern const struct operation webhook_rotate; /* its secret */
extern const struct operation webhook_remove;
extern const struct operation webhook_test;
extern const struct operation delivery_replay;

#endif
