/* The settings of the process: one table, read from the environment once, checked before anything
 * starts. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"

enum setting {
    SET_DATABASE_URL,
    SET_MIGRATE_URL,
    SET_LISTEN,
    SET_PORT,
    SET_DATA,
    SET_THREADS,
    SET_POOL,
    SET_CACHE,
    SET_PREPARE,
    SET_READ_LIMIT,
    SET_WRITE_LIMIT,
    SET_TRUSTED_PROXIES,
    SET_PUBLIC_HOST,
    SET_PUBLIC_URL,
    SET_SECURITY_CONTACT,
    SET_CONTACT,
    SET_LICENSE,
    SET_EMBED_HOSTS,
    SET_KEEP_ALIVE,
    SET_HEAD,
    SET_BODY,
    SET_ANSWER,
    SET_BUDGET,
    SET_DRAIN,
    SET_STREAMS,
    SET_HEARTBEAT,
    SET_WEBHOOKS,
    SET_WEBHOOK_HTTP,
    SET_WEBHOOK_ALLOW,
    SET_WEBHOOK_CA,
    SET_MAIL_FROM,
    SET_SMTP_URL,
    SET_SMTP_USER,
    SET_SMTP_PASSWORD,
    SET_SENDMAIL,
    SET_CHANGES_DAYS,
    SET_LOG_LEVEL,
    SET_NOW,
    SET_COUNT
};

/* Reads the environment. All faulty settings at once, one line each, in the call's sentence. */
MUST_CHECK bool config_read(struct call *c);

/* After config_read. Text is NULL when it is neither set nor has a default. */
const char *config_text(enum setting s);
int64_t config_int(enum setting s);

/* The table for a person: aligned text, or a Markdown table for the README. Values of secrets are
 * not shown. */
void config_print(struct buf *b, bool markdown);

#endif
