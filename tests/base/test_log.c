#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "log_text.h"
#include "support/suite.h"

static const struct log_field none[] = {{.type = LOG_END}};

/* A file without a name. */
static int scratch(void) {
    char path[] = "/tmp/test_log_XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    return fd;
}

static void read_all(int fd, struct buf *out) {
    char piece[4096];
    lseek(fd, 0, SEEK_SET);
    for (ssize_t n; (n = read(fd, piece, sizeof(piece))) > 0;)
        buf_add(out, piece, (size_t)n);
    buf_adds(out, "");
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

START_TEST(a_line_is_json_in_the_order_given) {
    clock_fix(1793639051120000);
    int fd = scratch();
    struct log *l = log_new(fd, LOG_INFO);
    const struct log_field fields[] = {
        {.name = "path", .type = LOG_TEXT, .text = "/goals\"\n\xff"},
        {.name = "status", .type = LOG_INT, .number = -200},
        {.name = "replayed", .type = LOG_BOOL, .number = 1},
        {.name = "closed", .type = LOG_BOOL},
        {.name = "key", .type = LOG_TEXT},
        {.type = LOG_END},
    };
    log_line(l, LOG_INFO, "request", fields);
    log_line(l, LOG_ERROR, "bare", none);
    log_line(l, LOG_WARN, "null", NULL);
    log_say(l, LOG_WARN, "said", "%d of %s", 7, "nine");
    log_free(l);
    AUTO(buf) struct buf b = {0};
    read_all(fd, &b);
    ck_assert_str_eq(
        b.data,
        "{\"time\":\"2026-11-02T17:04:11.120Z\",\"level\":\"info\",\"event\":\"request\","
        "\"path\":\"/goals\\\"\\n\xef\xbf\xbd\",\"status\":-200,\"replayed\":true,\"closed\":false,\"key\":null}\n"
        "{\"time\":\"2026-11-02T17:04:11.120Z\",\"level\":\"error\",\"event\":\"bare\"}\n"
        "{\"time\":\"2026-11-02T17:04:11.120Z\",\"level\":\"warn\",\"event\":\"null\"}\n"
        "{\"time\":\"2026-11-02T17:04:11.120Z\",\"level\":\"warn\",\"event\":\"said\",\"detail\":\"7 of nine\"}\n");
    close(fd);
}
END_TEST

/* Eight bytes are looked at together: whatever stands at whichever place among them. */
START_TEST(every_byte_is_spelled_as_elsewhere_wherever_it_stands) {
    for (int byte = 1; byte < 256; byte++) {
        for (size_t at = 0; at < 20; at++) {
            char text[] = "~~~~~~~~~~~~~~~~~~~~";
            text[at] = (char)byte;
            const struct log_field fields[] = {
                {.name = "path", .type = LOG_TEXT, .text = text},
                {.type = LOG_END},
            };
            struct log_text t;
            log_text_make(&t, 0, LOG_INFO, "event", fields);
            AUTO(buf) struct buf expected = {0};
            buf_adds(&expected, ",\"path\":");
            buf_add_json(&expected, text);
            buf_adds(&expected, "}\n");
            ck_assert_uint_gt(t.len, expected.len);
            ck_assert_mem_eq(t.bytes + t.len - expected.len, expected.data, expected.len);
        }
    }
}
END_TEST

START_TEST(a_level_below_the_least_is_not_written) {
    int fd = scratch();
    struct log *l = log_new(fd, LOG_WARN);
    log_line(l, LOG_INFO, "quiet", none);
    log_say(l, LOG_DEBUG, "quiet", "x");
    log_line(l, LOG_WARN, "loud", none);
    log_free(l);
    AUTO(buf) struct buf b = {0};
    read_all(fd, &b);
    ck_assert_uint_eq(count_of(b.data, "\n"), 1);
    ck_assert_ptr_nonnull(strstr(b.data, "loud"));
    close(fd);
}
END_TEST

START_TEST(no_log_is_fine) {
    log_line(NULL, LOG_ERROR, "x", none);
    log_say(NULL, LOG_ERROR, "x", "y");
    ck_assert_uint_eq(log_dropped(NULL), 0);
    log_free(NULL);
}
END_TEST

/* Whatever the length and content: one line, a closing brace, quotes in pairs, within the limit. */
START_TEST(a_long_line_is_cut_and_still_closed) {
    for (size_t len = 3900; len < 4200; len++) {
        char *text = malloc(len + 1);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(i % 3 == len % 3 ? '"' : i % 7 == 0 ? '\x01' : 'x');
        text[len] = '\0';
        const struct log_field fields[] = {
            {.name = "long", .type = LOG_TEXT, .text = text},
            {.name = "status", .type = LOG_INT, .number = INT64_MIN},
            {.type = LOG_END},
        };
        struct log_text t;
        log_text_make(&t, 0, LOG_INFO, "event", fields);
        ck_assert_uint_le(t.len, LOG_LINE_MAX);
        ck_assert(t.full);
        const char *end = "\",\"truncated\":true}\n";
        ck_assert_mem_eq(t.bytes + t.len - strlen(end), end, strlen(end));
        size_t bare = 0;
        for (size_t i = 0; i < t.len; i++) {
            if (t.bytes[i] == '\\')
                i++;
            else if (t.bytes[i] == '"')
                bare++;
        }
        ck_assert_uint_eq(bare % 2, 0);
        free(text);
    }
}
END_TEST

START_TEST(a_field_that_does_not_fit_is_left_out_whole) {
    for (size_t len = 3900; len < 4090; len++) {
        char *text = calloc(len + 1, 1);
        memset(text, 'x', len);
        const struct log_field fields[] = {
            {.name = "long", .type = LOG_TEXT, .text = text},
            {.name = "number", .type = LOG_INT, .number = 1234567890},
            {.name = "text", .type = LOG_TEXT, .text = "abc"},
            {.type = LOG_END},
        };
        struct log_text t;
        log_text_make(&t, 0, LOG_INFO, "event", fields);
        ck_assert_uint_le(t.len, LOG_LINE_MAX);
        t.bytes[t.len - 1] = '\0';
        const char *number = strstr(t.bytes, "\"number\"");
        if (number)
            ck_assert_mem_eq(number, "\"number\":1234567890", 19);
        ck_assert_int_eq(t.full, strstr(t.bytes, "\"truncated\":true") != NULL);
        ck_assert_ptr_null(strstr(t.bytes, ",,"));
        ck_assert_ptr_null(strstr(t.bytes, ":,"));
        free(text);
    }
}
END_TEST

START_TEST(a_long_event_is_cut_too) {
    char text[6000];
    memset(text, 'e', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct log_text t;
    log_text_make(&t, 0, LOG_INFO, text, none);
    ck_assert_uint_le(t.len, LOG_LINE_MAX);
    ck_assert_mem_eq(t.bytes + t.len - 20, "\",\"truncated\":true}\n", 20);
}
END_TEST

enum { THREADS = 8, LINES = 1000 };

static void *write_along(void *arg) {
    for (int i = 0; i < LINES; i++)
        log_say(arg, LOG_INFO, "along", "line %d", i);
    return NULL;
}

START_TEST(lines_of_many_threads_stay_whole_and_all_are_accounted_for) {
    int fd = scratch();
    struct log *l = log_new(fd, LOG_INFO);
    pthread_t ids[THREADS];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&ids[i], NULL, write_along, l), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    uint64_t dropped = log_dropped(l);
    log_free(l);
    AUTO(buf) struct buf b = {0};
    read_all(fd, &b);
    ck_assert_uint_eq(count_of(b.data, "\"event\":\"along\"") + dropped, THREADS * LINES);
    ck_assert_uint_eq(count_of(b.data, "\n"), count_of(b.data, "}\n{\"time\":") + 1);
    close(fd);
}
END_TEST

static void *drain(void *arg) {
    int *fds = arg;
    struct buf *out = calloc(1, sizeof(*out));
    char piece[4096];
    for (ssize_t n; (n = read(fds[0], piece, sizeof(piece))) > 0;)
        buf_add(out, piece, (size_t)n);
    buf_adds(out, "");
    return out;
}

START_TEST(a_full_ring_drops_and_counts_and_says_so) {
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    struct log *l = log_new(fds[1], LOG_INFO);
    enum { MANY = 20000 };
    for (int i = 0; i < MANY; i++)
        log_say(l, LOG_INFO, "flood", "line %d", i);
    uint64_t dropped = log_dropped(l);
    ck_assert_uint_gt(dropped, 0);
    ck_assert_uint_lt(dropped, MANY);

    pthread_t reader;
    ck_assert_int_eq(pthread_create(&reader, NULL, drain, fds), 0);
    log_free(l);
    close(fds[1]);
    void *arg = NULL;
    pthread_join(reader, &arg);
    struct buf *b = arg;
    ck_assert_uint_eq(count_of(b->data, "\"event\":\"flood\"") + dropped, MANY);

    /* The writer may have said so more than once, as the flood went on. */
    static const char report[] = "\"event\":\"log_dropped\",\"count\":";
    uint64_t said = 0;
    for (const char *at = strstr(b->data, report); at; at = strstr(at + 1, report))
        said += strtoull(at + strlen(report), NULL, 10);
    ck_assert_uint_eq(said, dropped);
    buf_drop(b);
    free(b);
    close(fds[0]);
}
END_TEST

START_TEST(a_reader_that_never_reads_does_not_hang_the_end) {
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    struct log *l = log_new(fds[1], LOG_INFO);
    for (int i = 0; i < 5000; i++)
        log_say(l, LOG_INFO, "flood", "line %d", i);
    int64_t before = clock_mono_us();
    log_free(l);
    ck_assert_int_lt(clock_mono_us() - before, 20000000);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(a_reader_that_left_kills_nobody) {
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    struct log *l = log_new(fds[1], LOG_INFO);
    close(fds[0]);
    for (int i = 0; i < 100; i++)
        log_say(l, LOG_INFO, "lost", "line %d", i);
    log_free(l);
    close(fds[1]);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_line_is_json_in_the_order_given,
        every_byte_is_spelled_as_elsewhere_wherever_it_stands,
        a_level_below_the_least_is_not_written,
        no_log_is_fine,
        a_long_line_is_cut_and_still_closed,
        a_field_that_does_not_fit_is_left_out_whole,
        a_long_event_is_cut_too,
        lines_of_many_threads_stay_whole_and_all_are_accounted_for,
        a_full_ring_drops_and_counts_and_says_so,
        a_reader_that_never_reads_does_not_hang_the_end,
        a_reader_that_left_kills_nobody,
    };
    return suite_run("base/log", tests, COUNT(tests));
}
