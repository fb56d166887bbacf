/* What takes too long is ended, on the real server. Deadlines are the tests' own (client.h). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/metric.h"
#include "client.h"
#include "support/suite.h"

#define HOST "Host: localhost\r\n"

static struct fixture f;

static void start(void) {
    struct server_config config = fixture_config();
    fixture_start(&f, &config);
}

/* Sends a request on a new connection and reads its answer. */
static int ask(const char *request, bool bodyless, struct answer *a) {
    int fd = client_connect(f.port);
    ck_assert_int_ge(fd, 0);
    ck_assert(client_say(fd, request));
    client_read(fd, bodyless, a);
    return fd;
}

static int64_t metric_value(const char *row) {
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    const char *at = strstr(b.data, row);
    ck_assert_msg(at, "no %s", row);
    return atoll(at + strlen(row));
}

/* Sends a byte every 20 ms, as one who holds a connection on purpose does, until the server
 * answers. */
static int64_t drip(int fd, struct answer *a) {
    int64_t begin = now_ms();
    while (!client_has_bytes(fd, 20) && now_ms() - begin < 5000)
        (void)client_say(fd, "a");
    client_read(fd, false, a);
    return now_ms() - begin;
}

START_TEST(a_dripping_body_is_cut_with_408_at_its_deadline) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8000\r\n\r\n"));
    int64_t took = drip(fd, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert_ptr_nonnull(strstr(a.body.data, "\"code\":\"timeout\""));
    ck_assert(a.close);
    ck_assert_int_ge(took, 250);
    ck_assert_int_lt(took, 2000);
    ck_assert(client_at_end(fd));
    ck_assert_int_ge(metric_value("http_server_cuts_total{kind=\"body\"} "), 1);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(dripping_chunks_are_cut_with_408_too) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "POST /echo HTTP/1.1\r\n" HOST
                             "Transfer-Encoding: chunked\r\n\r\n1000\r\n"));
    int64_t took = drip(fd, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert_int_lt(took, 2000);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_dripping_head_is_cut_with_408_at_its_deadline) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /ok HTTP/1.1\r\n" HOST "X-Slow: "));
    int64_t took = drip(fd, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert_int_lt(took, 2000);
    ck_assert(client_at_end(fd));
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_dripping_second_head_is_cut_after_the_keep_alive_time) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 300;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int fd = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(client_say(fd, "GET /ok HTTP/1.1\r\n" HOST "X-Slow: "));
    int64_t took = drip(fd, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert_int_lt(took, 2000);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_silent_connection_is_closed_without_a_word) {
    start();
    int64_t begin = now_ms();
    int fd = client_connect(f.port);
    ck_assert(client_at_end(fd));
    ck_assert_int_lt(now_ms() - begin, 2000);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(an_idle_connection_lives_for_its_keep_alive_time) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 500;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int fd = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
    int64_t begin = now_ms();
    ck_assert(client_at_end(fd));
    ck_assert_int_ge(now_ms() - begin, 400);
    ck_assert_int_lt(now_ms() - begin, 2500);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(who_does_not_take_the_answer_is_cut) {
    struct server_config config = fixture_config();
    config.reader_rate = 100000000;
    fixture_start(&f, &config);
    static const char row[] = "http_server_cuts_total{kind=\"answer\"} ";
    int64_t begin = now_ms();
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /huge HTTP/1.1\r\n" HOST "\r\n"));
    while (metric_value(row) == 0 && now_ms() - begin < 5000)
        (void)client_has_bytes(-1, 10);
    ck_assert_int_eq(metric_value(row), 1);

    /* Its thread is free again; what little of the answer was under way is not whole. */
    AUTO(answer) struct answer a = {0};
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, -1);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(idle_connections_make_room_when_threads_grow_scarce) {
    struct server_config config = fixture_config();
    config.threads = 16;
    config.keep_alive_ms = 5000;
    fixture_start(&f, &config);
    int fd[16];
    AUTO(answer) struct answer a = {0};
    for (size_t i = 0; i < COUNT(fd); i++)
        fd[i] = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
    /* All 16 threads hold an idle connection; the 17th client waits for one until the oldest is
     * ended. */
    int64_t begin = now_ms();
    int late = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert_int_lt(now_ms() - begin, 3000);
    ck_assert(client_at_end(fd[0]));
    ck_assert_int_ge(metric_value("http_server_cuts_total{kind=\"room\"} "), 1);
    for (size_t i = 0; i < COUNT(fd); i++)
        (void)close(fd[i]);
    (void)close(late);
    fixture_stop(&f);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_dripping_body_is_cut_with_408_at_its_deadline,
        dripping_chunks_are_cut_with_408_too,
        a_dripping_head_is_cut_with_408_at_its_deadline,
        a_dripping_second_head_is_cut_after_the_keep_alive_time,
        a_silent_connection_is_closed_without_a_word,
        an_idle_connection_lives_for_its_keep_alive_time,
        who_does_not_take_the_answer_is_cut,
        idle_connections_make_room_when_threads_grow_scarce,
    };
    return suite_run("http/deadlines", tests, COUNT(tests));
}
