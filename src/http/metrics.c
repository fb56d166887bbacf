#include "metrics.h"

#include "base/metric.h"

enum { STATUS_CLASSES = 4 }; /* 2xx to 5xx */

/* Rows of one name differ in their labels only; the rest is put in at registration. */
static struct metric durations[] = {
    {.labels = "http_request_method_class=\"read\",http_response_status_class=\"2xx\""},
    {.labels = "http_request_method_class=\"read\",http_response_status_class=\"3xx\""},
    {.labels = "http_request_method_class=\"read\",http_response_status_class=\"4xx\""},
    {.labels = "http_request_method_class=\"read\",http_response_status_class=\"5xx\""},
    {.labels = "http_request_method_class=\"write\",http_response_status_class=\"2xx\""},
    {.labels = "http_request_method_class=\"write\",http_response_status_class=\"3xx\""},
    {.labels = "http_request_method_class=\"write\",http_response_status_class=\"4xx\""},
    {.labels = "http_request_method_class=\"write\",http_response_status_class=\"5xx\""},
    {.labels = "http_request_method_class=\"other\",http_response_status_class=\"2xx\""},
    {.labels = "http_request_method_class=\"other\",http_response_status_class=\"3xx\""},
    {.labels = "http_request_method_class=\"other\",http_response_status_class=\"4xx\""},
    {.labels = "http_request_method_class=\"other\",http_response_status_class=\"5xx\""},
};

/* In the order of enum refusal, without its first. */
static struct metric refusals[] = {
    {.labels = "reason=\"library\""},  {.labels = "reason=\"layout\""},
    {.labels = "reason=\"headers\""},  {.labels = "reason=\"header_name\""},
    {.labels = "reason=\"repeated\""}, {.labels = "reason=\"host\""},
    {.labels = "reason=\"length\""},   {.labels = "reason=\"length_and_coding\""},
    {.labels = "reason=\"coding\""},   {.labels = "reason=\"old_coding\""},
    {.labels = "reason=\"body\""},     {.labels = "reason=\"too_large\""},
    {.labels = "reason=\"too_long\""}, {.labels = "reason=\"target\""},
};
_Static_assert(COUNT(refusals) == REFUSAL_COUNT - 1, "one row for each refusal");

/* In the order of enum cut, without its first. */
static struct metric cuts[] = {
    {.labels = "kind=\"head\""},    {.labels = "kind=\"body\""},   {.labels = "kind=\"answer\""},
    {.labels = "kind=\"linger\""},  {.labels = "kind=\"stream\""}, {.labels = "kind=\"room\""},
    {.labels = "kind=\"address\""}, {.labels = "kind=\"drain\""},  {.labels = "kind=\"files\""},
};
_Static_assert(COUNT(cuts) == CUT_COUNT - 1, "one row for each kind of cut");

static struct metric active[1];
static struct metric connections[1];
static struct metric threads[1];
static struct metric lent[1];

static const struct family {
    struct metric *rows;
    size_t count;
    enum metric_type type;
    const char *name;
    const char *help;
} families[] = {
    {durations, COUNT(durations), METRIC_HISTOGRAM, "http_server_request_duration_seconds",
     "Duration of HTTP requests, from the end of the head to the end of the answer."},
    {active, 1, METRIC_GAUGE, "http_server_active_requests", "Requests that are being answered."},
    {connections, 1, METRIC_GAUGE, "http_server_open_connections",
     "Connections that a thread serves, idle ones too."},
    {threads, 1, METRIC_GAUGE, "http_server_threads",
     "Worker threads; each serves one connection at a time."},
    {lent, 1, METRIC_COUNTER, "http_server_lent_requests_total",
     "Requests out of the cache, one after the other on a connection, that waked no worker."},
    {refusals, COUNT(refusals), METRIC_COUNTER, "http_server_refusals_total",
     "Requests that the guard refused."},
    {cuts, COUNT(cuts), METRIC_COUNTER, "http_server_cuts_total",
     "Connections that the reaper cut."},
};

void metrics_register(void) {
    static bool done;
    if (done)
        return;
    done = true;
    for (size_t i = 0; i < COUNT(families); i++) {
        const struct family *f = &families[i];
        for (size_t row = 0; row < f->count; row++) {
            f->rows[row].name = f->name;
            f->rows[row].help = f->help;
            f->rows[row].type = f->type;
        }
        metric_register(f->rows, f->count);
    }
}

static size_t method_class(enum verb verb) {
    switch (verb) {
    case VERB_GET:
    case VERB_HEAD: return 0;
    case VERB_POST:
    case VERB_PUT:
    case VERB_PATCH:
    case VERB_DELETE: return 1;
    default: return 2;
    }
}

void metrics_request(enum verb verb, int status, int64_t us) {
    int hundreds = status / 100 - 2;
    if (hundreds < 0 || hundreds >= STATUS_CLASSES)
        hundreds = STATUS_CLASSES - 1;
    metric_observe_us(&durations[method_class(verb) * STATUS_CLASSES + (size_t)hundreds], us);
}

void metrics_active(int64_t change) {
    metric_add(active, change);
}

void metrics_connection(int64_t change) {
    metric_add(connections, change);
}

void metrics_threads(int64_t count) {
    metric_set(threads, count);
}

void metrics_lent(void) {
    metric_add(lent, 1);
}

void metrics_refusal(enum refusal refusal) {
    if (refusal != REFUSAL_NONE)
        metric_add(&refusals[refusal - 1], 1);
}

void metrics_cut(enum cut cut) {
    if (cut != CUT_NONE)
        metric_add(&cuts[cut - 1], 1);
}
