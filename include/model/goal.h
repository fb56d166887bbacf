/* A goal (StratML Goal): edit fields only; its progress is computed. */
#ifndef MODEL_GOAL_H
#define MODEL_GOAL_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity goals;
extern const struct operation goal_patch;

#endif
