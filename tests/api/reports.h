/* Bodies of reports, and posting them. */
#ifndef TESTS_API_REPORTS_H
#define TESTS_API_REPORTS_H

#include "support/service.h"
#include "support/suite.h"

#define PROGRESS(objective, as_of, rest)                                       \
    "{'objective':'" objective "','as_of':'" as_of "','kind':'progress'," rest \
    ",'summary':'what is known'}"
#define NOTE(objective, as_of) \
    "{'objective':'" objective "','as_of':'" as_of "','kind':'note','summary':'what is known'}"

/* A key that reports and publishes as the source "gogov". */
const char *reports_key(struct service *s);

/* Each with an idempotency key of its own. */
const struct answer *reports_post(struct service *s, const char *key, int status, const char *body);

/* Rows of published updates. */
int64_t reports_published(struct service *s);

#endif
