/* A department of the city: who leads and supports objectives. Its reporting contact can be
 * written and is in no document. */
#ifndef MODEL_DEPARTMENT_H
#define MODEL_DEPARTMENT_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity departments;

extern const struct operation department_post;
extern const struct operation department_patch;

#endif
