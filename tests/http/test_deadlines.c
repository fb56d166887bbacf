/* What takes too long is ended, on the real server. Deadlines are the tests' own (client.h). */
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metric.h"
#include "client.h"
#include "sockets.h"
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
    int64_t begin = now_ms();
    ck_assert(client_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8000\r\n\r\n"));
    int64_t took = drip(fd, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert_ptr_nonnull(strstr(a.body.data, "\"code\":\"timeout\""));
    ck_assert(a.close);
    ck_assert_int_ge(now_ms() - begin, 250);
    ck_assert_int_lt(took, 2000);
    ck_assert(client_at_end(fd));
    ck_assert_int_ge(fixture_metric("http_server_cuts_total{kind=\"body\"} "), 1);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_slow_body_takes_nothing_from_the_time_for_the_work) {
    struct server_config config = fixture_config();
    config.body_ms = 5000;
    config.budget_ms = 400;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "POST /work HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na"));
    (void)client_has_bytes(-1, 600);
    ck_assert(client_say(fd, "b"));
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, 200);
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
    int64_t begin = now_ms(); /* its time begins after this */
    int fd = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
    ck_assert(client_at_end(fd));
    ck_assert_int_ge(now_ms() - begin, 400);
    ck_assert_int_lt(now_ms() - begin, 2500);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(who_does_not_take_the_answer_is_cut) {
    start();
    static const char row[] = "http_server_cuts_total{kind=\"answer\"} ";
    int64_t begin = now_ms();
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /huge HTTP/1.1\r\n" HOST "\r\n"));
    while (fixture_metric(row) == 0 && now_ms() - begin < 5000)
        (void)client_has_bytes(-1, 10);
    ck_assert_int_eq(fixture_metric(row), 1);

    /* Its thread is free again; what little of the answer was under way is not whole. */
    AUTO(answer) struct answer a = {0};
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, -1);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

static void add_unsent(void *context, int fd, const struct address *peer, uint16_t port) {
    (void)peer;
    (void)port;
    int bytes = 0;
    ck_assert_int_eq(ioctl(fd, SIOCOUTQ, &bytes), 0);
    *(size_t *)context += (size_t)bytes;
}

/* What the system holds of the server's answers, since the clients have not taken it. */
static size_t unsent(void) {
    size_t bytes = 0;
    DIR *dir = sockets_open();
    ck_assert_ptr_nonnull(dir);
    sockets_each(dir, (uint16_t)f.port, add_unsent, &bytes);
    (void)closedir(dir);
    return bytes;
}

START_TEST(who_takes_the_answer_slowly_gets_it_whole) {
    struct server_config config = fixture_config();
    config.answer_ms = 1000;
    fixture_start(&f, &config);
    enum { STEPS = 30, STEP = 65536 };
    static char taken[STEP];
    int64_t begin = now_ms();
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /huge HTTP/1.1\r\n" HOST "\r\n"));
    size_t got = 0;
    for (int step = 0; step < STEPS; step++) {
        (void)client_has_bytes(-1, 100);
        ssize_t n = recv(fd, taken, STEP, 0);
        ck_assert_int_gt(n, 0);
        got += (size_t)n;
    }
    ck_assert_int_gt(now_ms() - begin, 2 * config.answer_ms);
    ck_assert_uint_lt(got, (size_t)HUGE_BYTES);
    for (ssize_t n; got < (size_t)HUGE_BYTES && (n = recv(fd, taken, STEP, 0)) > 0;)
        got += (size_t)n;
    ck_assert_uint_ge(got, (size_t)HUGE_BYTES);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(what_the_system_holds_for_one_who_does_not_read_is_little) {
    struct server_config config = fixture_config();
    config.answer_ms = 60000;
    fixture_start(&f, &config);
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /huge HTTP/1.1\r\n" HOST "\r\n"));
    /* What has come here is all that will, until some of it is read. */
    int here = -1, before = -2;
    while (here <= 0 || here != before || unsent() == 0) {
        before = here;
        (void)client_has_bytes(-1, 200);
        ck_assert_int_eq(ioctl(fd, FIONREAD, &here), 0);
    }
    size_t held = unsent();
    ck_assert_uint_gt(held, 0);
    ck_assert_uint_lt(held, 1 << 20);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_crowd_that_just_came_costs_nobody_his_connection) {
    struct server_config config = fixture_config();
    config.threads = 16;
    fixture_start(&f, &config);
    int fd[15];
    for (size_t i = 0; i < COUNT(fd); i++) {
        AUTO(answer) struct answer a = {0};
        /* The reaper has looked at those before, more than three quarters, and found none idle. */
        if (i + 1 == COUNT(fd))
            (void)client_has_bytes(-1, 100);
        fd[i] = ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a);
        ck_assert_int_eq(a.status, 200);
        ck_assert_msg(!a.close, "the connection of client %zu ends", i);
    }
    for (size_t i = 0; i < COUNT(fd); i++)
        (void)close(fd[i]);
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
    ck_assert_int_ge(fixture_metric("http_server_cuts_total{kind=\"room\"} "), 1);
    for (size_t i = 0; i < COUNT(fd); i++)
        (void)close(fd[i]);
    (void)close(late);
    fixture_stop(&f);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_dripping_body_is_cut_with_408_at_its_deadline,
        a_slow_body_takes_nothing_from_the_time_for_the_work,
        dripping_chunks_are_cut_with_408_too,
        a_dripping_head_is_cut_with_408_at_its_deadline,
        a_dripping_second_head_is_cut_after_the_keep_alive_time,
        a_silent_connection_is_closed_without_a_word,
        an_idle_connection_lives_for_its_keep_alive_time,
        who_does_not_take_the_answer_is_cut,
        who_takes_the_answer_slowly_gets_it_whole,
        what_the_system_holds_for_one_who_does_not_read_is_little,
        a_crowd_that_just_came_costs_nobody_his_connection,
        idle_connections_make_room_when_threads_grow_scarce,
    };
    return suite_run("http/deadlines", tests, COUNT(tests));
}
