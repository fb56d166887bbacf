/* Counters, gauges and histograms that a room declares as static rows; written out as Prometheus
 * text 0.0.4. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct buf;

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Upper bounds of a duration histogram, in seconds: 0.0005 … 10, then +Inf. */
enum { METRIC_BUCKETS = 14 };

/* One time series. Rooms keep `static struct metric x = {…}` rows and hand them to metric_register
 * once, at start. Each begins a cache line of its own, in which a histogram's sum and first buckets
 * lie too: what one core counts does not slow another's. */
struct metric {
    alignas(64) const char *name; /* "http_server_requests_total" */
    const char *labels;           /* "method=\"GET\",status=\"2xx\"" or NULL */
    const char *help;
    enum metric_type type;
    /* The count or level; of a histogram the sum in microseconds, and the observations per bucket,
     * not cumulative. */
    _Atomic int64_t value;
    _Atomic uint64_t bucket[METRIC_BUCKETS + 1];
};

/* Adds rows to the exposition; not thread-safe, before threads start. Rows of one name must be
 * adjacent. At most 256 rows. */
void metric_register(struct metric *rows, size_t count);

void metric_add(struct metric *m, int64_t n);
void metric_set(struct metric *m, int64_t n);
void metric_observe_us(struct metric *m, int64_t us);

/* All registered rows as Prometheus text. Any thread. */
void metric_write(struct buf *out);

#endif
