/* What the plan says in the residents' languages: every text in each of them, whether or not
 * anybody has translated it; and translations by the sheet. Unofficial beside the city's own words.
 */
#ifndef MODEL_TRANSLATION_H
#define MODEL_TRANSLATION_H

#include "model/entity.h"
#include "model/operation.h"

extern const struct entity translations;

/* {"items":[…]}: all or none. Repeating it changes nothing, so it needs no key of its own. */
extern const struct operation translations_post;

#endif
