/* The page for staff: a shell that holds no data and says what it needs, and the files beside it.
 */
#ifndef VIEW_STAFF_H
#define VIEW_STAFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/embedded.h"
#include "view/words.h"

/* Scripts and requests of its own origin alone, no form that leads away, no frame round it, and no
 * text that becomes markup (Trusted Types). In the call's arena. */
const char *staff_policy(struct call *c);

/* The shell: complete without a script. For one, the words of statuses that the public reads. */
MUST_CHECK bool staff_shell(struct call *c, struct buf *b, enum lang lang);

/* A file of web/staff by its name, and the type that it is served as; NULL where none bears it. */
const struct embedded_file *staff_find(const char *name, const char **type);

#endif
