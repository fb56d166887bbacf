/* What goes out with a delivery beside its body, by Standard Webhooks 1.0.0: signatures, and when a
 * failed one is tried again. */
#ifndef LIVE_MESSAGE_H
#define LIVE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"

enum { MESSAGE_ATTEMPTS = 10 };

/*
 * Appends "v1,<base64>" for each secret ("whsec_<base64>", a space between), a space between: the
 * HMAC-SHA256 of "<id>.<seconds>.<body>". Fails with ERR_INTERNAL on a secret that is none.
 */
MUST_CHECK bool message_sign(struct call *c, const char *secrets, const char *id, int64_t seconds,
                             const char *body, struct buf *out);

/*
 * Milliseconds from a failed attempt (numbered from 1) to the next; -1 when there is none. The
 * specification's own schedule of three days, each step a tenth shorter or longer by chance (of
 * which all 32 bits count), so that what failed together does not come back together.
 */
int64_t message_retry_ms(int attempt, uint32_t chance);

#endif
