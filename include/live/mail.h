/* Hands a message to a mail server by SMTP, or to the machine's own sendmail. For commands: it
 * waits until the message is taken. */
#ifndef LIVE_MAIL_H
#define LIVE_MAIL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"

struct mailer {
    const char *smtp_url;        /* smtp:// or smtps://; NULL: sendmail instead */
    const char *user, *password; /* NULL: none; with a password nothing goes over a plain line */
    const char *sendmail;        /* path of the program */
    const char *from;            /* bare address */
};

/* ERR_UNAVAILABLE with the reason when it was not taken. message is whole, lines end with CRLF. */
MUST_CHECK bool mail_send(struct call *c, const struct mailer *m, const char *to,
                          const struct buf *message);

#endif
