/* A measure (StratML PerformanceIndicator): what is counted beside status and percent. Its values
 * come from updates alone. */
#ifndef MODEL_MEASURE_H
#define MODEL_MEASURE_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity measures;
extern const struct entity measure_values; /* of one measure, newest first */

extern const struct operation measure_post;
extern const struct operation measure_patch;

#endif
