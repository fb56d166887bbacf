#include "base/metric.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

enum { ROWS_MAX = 256 };

/* Upper bounds: what is compared, and how it is written. */
static const struct bound {
    int64_t us;
    const char *seconds;
} bounds[METRIC_BUCKETS] = {
    {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"},
};

static const char *const type_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
};

/* Written before threads start, read by them. */
static struct metric *registered[ROWS_MAX];
static size_t registered_count;

void metric_register(struct metric *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert(registered_count < ROWS_MAX);
        registered[registered_count++] = &rows[i];
    }
}

void metric_add(struct metric *m, int64_t n) {
    atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

void metric_set(struct metric *m, int64_t n) {
    atomic_store_explicit(&m->value, n, memory_order_relaxed);
}

void metric_observe_us(struct metric *m, int64_t us) {
    size_t i = 0;
    while (i < METRIC_BUCKETS && us > bounds[i].us)
        i++;
    atomic_fetch_add_explicit(&m->bucket[i], 1, memory_order_relaxed);
    metric_add(m, us);
}

/* `name_suffix{labels,le="bound"} `; parts that are NULL are left out. */
static void write_series(struct buf *out, const struct metric *m, const char *suffix,
                         const char *bound) {
    bool labelled = m->labels && *m->labels;
    buf_adds(out, m->name);
    buf_adds(out, suffix);
    if (labelled || bound)
        buf_addc(out, '{');
    if (labelled)
        buf_adds(out, m->labels);
    if (bound)
        buf_addf(out, "%sle=\"%s\"", labelled ? "," : "", bound);
    if (labelled || bound)
        buf_addc(out, '}');
    buf_addc(out, ' ');
}

/* The count is the sum of the buckets read here, so that +Inf and _count agree whatever other
 * threads do meanwhile. */
static void write_histogram(struct buf *out, struct metric *m) {
    uint64_t total = 0;
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        total += atomic_load_explicit(&m->bucket[i], memory_order_relaxed);
        write_series(out, m, "_bucket", i < METRIC_BUCKETS ? bounds[i].seconds : "+Inf");
        buf_addf(out, "%" PRIu64 "\n", total);
    }
    int64_t us = atomic_load_explicit(&m->value, memory_order_relaxed);
    write_series(out, m, "_sum", NULL);
    buf_addf(out, "%" PRId64 ".%06" PRId64 "\n", us / 1000000, us % 1000000);
    write_series(out, m, "_count", NULL);
    buf_addf(out, "%" PRIu64 "\n", total);
}

static void write_head(struct buf *out, const struct metric *m) {
    buf_addf(out, "# HELP %s ", m->name);
    for (const char *at = m->help; *at; at++) {
        if (*at == '\n')
            buf_adds(out, "\\n");
        else if (*at == '\\')
            buf_adds(out, "\\\\");
        else
            buf_addc(out, *at);
    }
    buf_addf(out, "\n# TYPE %s %s\n", m->name, type_names[m->type]);
}

void metric_write(struct buf *out) {
    for (size_t i = 0; i < registered_count; i++) {
        struct metric *m = registered[i];
        if (i == 0 || strcmp(registered[i - 1]->name, m->name) != 0)
            write_head(out, m);
        if (m->type == METRIC_HISTOGRAM) {
            write_histogram(out, m);
            continue;
        }
        write_series(out, m, NULL, NULL);
        buf_addf(out, "%" PRId64 "\n", atomic_load_explicit(&m->value, memory_order_relaxed));
    }
}
