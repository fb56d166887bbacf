/* An objective (StratML Objective): edit fields only; its status and percent come from updates. */
#ifndef MODEL_OBJECTIVE_H
#define MODEL_OBJECTIVE_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity objectives;
extern const struct operation objective_patch;
extern const struct operation
    objective_funding; /* the fields of one link of its funding; nothing runs it */

#endif
