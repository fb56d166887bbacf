#include "base/metric.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "support/suite.h"

static struct metric requests[] = {
    {.name = "requests_total",
     .labels = "status=\"2xx\"",
     .help = "Requests\nby \\ status.",
     .type = METRIC_COUNTER},
    {.name = "requests_total",
     .labels = "status=\"5xx\"",
     .help = "Requests\nby \\ status.",
     .type = METRIC_COUNTER},
};
static struct metric threads = {.name = "threads", .help = "Threads.", .type = METRIC_GAUGE};
static struct metric duration = {.name = "duration_seconds",
                                 .labels = "route=\"/goals\"",
                                 .help = "How long.",
                                 .type = METRIC_HISTOGRAM};

START_TEST(nothing_registered_writes_nothing) {
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(rows_of_one_name_share_their_head) {
    metric_register(requests, COUNT(requests));
    metric_register(&threads, 1);
    metric_add(&requests[0], 3);
    metric_add(&requests[1], 1);
    metric_set(&threads, 64);
    metric_add(&threads, -1);
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    ck_assert_str_eq(b.data, "# HELP requests_total Requests\\nby \\\\ status.\n"
                             "# TYPE requests_total counter\n"
                             "requests_total{status=\"2xx\"} 3\n"
                             "requests_total{status=\"5xx\"} 1\n"
                             "# HELP threads Threads.\n"
                             "# TYPE threads gauge\n"
                             "threads 63\n");
}
END_TEST

START_TEST(a_histogram_is_cumulative_and_sums_in_seconds) {
    metric_register(&duration, 1);
    metric_observe_us(&duration, 500);
    metric_observe_us(&duration, 501);
    metric_observe_us(&duration, 10000000);
    metric_observe_us(&duration, 10000001);
    metric_observe_us(&duration, 0);
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    ck_assert_str_eq(b.data, "# HELP duration_seconds How long.\n"
                             "# TYPE duration_seconds histogram\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.0005\"} 2\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.001\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.0025\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.005\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.01\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.025\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.05\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.1\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.25\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"0.5\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"1\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"2.5\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"5\"} 3\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"10\"} 4\n"
                             "duration_seconds_bucket{route=\"/goals\",le=\"+Inf\"} 5\n"
                             "duration_seconds_sum{route=\"/goals\"} 20.001002\n"
                             "duration_seconds_count{route=\"/goals\"} 5\n");
}
END_TEST

enum { THREADS = 8, ROUNDS = 20000 };

static void *count_along(void *arg) {
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        metric_add(&requests[0], 1);
        metric_observe_us(&duration, 700);
    }
    return NULL;
}

START_TEST(threads_lose_no_count_and_the_exposition_agrees_with_itself) {
    metric_register(requests, COUNT(requests));
    metric_register(&duration, 1);
    pthread_t ids[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&ids[i], NULL, count_along, NULL), 0);
    for (int i = 0; i < 50; i++) {
        AUTO(buf) struct buf b = {0};
        metric_write(&b);
        const char *inf = strstr(b.data, "+Inf\"} ");
        const char *count = strstr(b.data, "_count{route=\"/goals\"} ");
        ck_assert_int_eq(strtoll(inf + 7, NULL, 10), strtoll(count + 23, NULL, 10));
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    ck_assert_int_eq(requests[0].value, THREADS * ROUNDS);
    ck_assert_uint_eq(duration.bucket[1], THREADS * ROUNDS);
    ck_assert_int_eq(duration.value, (int64_t)THREADS * ROUNDS * 700);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        nothing_registered_writes_nothing,
        rows_of_one_name_share_their_head,
        a_histogram_is_cumulative_and_sums_in_seconds,
        threads_lose_no_count_and_the_exposition_agrees_with_itself,
    };
    return suite_run("base/metric", tests, COUNT(tests));
}
