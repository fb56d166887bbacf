/* A reporting period: a quarter of the plan's fiscal year, named like 2026-27-Q1. It closes once,
 * and its report stands from then on. */
#ifndef MODEL_PERIOD_H
#define MODEL_PERIOD_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity periods; /* newest first */
extern const struct entity reports; /* of one period */
extern const struct entity diffs;   /* what moved between two days: one document, by its filters */

extern const struct operation period_patch;
extern const struct operation period_close;

#endif
