/* Redaction: what should never have been said is blanked, and what was blanked is named. */
#ifndef MODEL_REDACTION_H
#define MODEL_REDACTION_H

#include "model/operation.h"

extern const struct operation update_redact; /* of a published update or a draft */

#endif
