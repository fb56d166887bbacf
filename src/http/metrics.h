/* The figures of the HTTP server, under OpenTelemetry's names where it has one. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include <stdint.h>

#include "guard.h"
#include "http/request.h"
#include "slots.h"

/* Hands the rows to base/metric once, whoever calls how often. Before threads start. */
void metrics_register(void);

void metrics_request(enum verb verb, int status, int64_t us);
void metrics_active(int64_t change);
void metrics_connection(int64_t change);
void metrics_threads(int64_t count);
void metrics_refusal(enum refusal refusal);
void metrics_lent(void);
void metrics_cut(enum cut cut);

#endif
