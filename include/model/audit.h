/* Who did what: the audit, for administrators. */
#ifndef MODEL_AUDIT_H
#define MODEL_AUDIT_H

#include "model/entity.h"

extern const struct entity audit;

#endif
