/* Ends the server under load, again and again: a request that was fully sent on an accepted
 * connection gets its whole answer. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"
#include "support/suite.h"

#define HOST "Host: localhost\r\n"

enum {
    ROUNDS = 6, /* of the whole service tests/e2e does twenty */
    QUICK_ROUNDS = 2,
    CLIENTS = 12,
    WARM = 200,
    BUDGET_MS = 10000,
    KEEP_ALIVE_MS = 600,
    HANGS_MS = 3000
};

static struct {
    int port;
    _Atomic bool stop;
    _Atomic int answered;
    _Atomic int failed;
    _Atomic int status; /* of the last that failed: 0 no answer, -1 a part of one */
} load;

static const char *const requests[] = {
    "GET /ok HTTP/1.1\r\n" HOST "\r\n",
    "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello",
    "GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n",
    "GET /ok HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
    "GET /kept HTTP/1.1\r\n" HOST "\r\n",
};

/* An idle connection may end while a request is on its way (RFC 9112 9.5). A client that the
 * machine has kept waiting that long cannot tell, and does not count; one that was quicker, or
 * hangs, does. */
static bool may_be_idle_end(int64_t since_us) {
    int64_t gone_ms = (clock_mono_us() - since_us) / 1000;
    return gone_ms >= KEEP_ALIVE_MS && gone_ms < HANGS_MS;
}

/* Requests on one connection until the server ends it. A quarter of the clients think between two
 * of them. */
static void use_connection(int fd, size_t kind) {
    const char *request = requests[kind % COUNT(requests)];
    bool ended = false;
    int64_t since = clock_mono_us();
    while (!ended && !atomic_load(&load.stop)) {
        AUTO(answer) struct answer a = {0};
        int64_t asked = clock_mono_us();
        if (!client_say(fd, request))
            return;
        client_read(fd, false, &a);
        if (a.status == 0 && may_be_idle_end(since))
            return;
        since = asked; /* it is not idle before that */
        if (a.status != 200)
            atomic_store(&load.status, a.status);
        atomic_fetch_add(a.status == 200 ? &load.answered : &load.failed, 1);
        ended = a.close || a.status != 200;
        if (kind % 4 == 0 && !ended && client_has_bytes(fd, 30))
            return; /* closed while nothing was asked of it: a client may know, and connects anew */
    }
}

static void *client_main(void *arg) {
    size_t kind = *(const size_t *)arg;
    while (!atomic_load(&load.stop)) {
        int fd = client_connect(load.port);
        if (fd < 0)
            break;
        use_connection(fd, kind);
        (void)close(fd);
    }
    return NULL;
}

static void wait_for(_Atomic int *count, int least) {
    while (atomic_load(count) < least)
        (void)client_has_bytes(-1, 1);
}

static void one_round(int round) {
    struct fixture f;
    struct server_config config = fixture_config();
    config.keep_alive_ms = KEEP_ALIVE_MS;
    config.head_ms = config.body_ms = config.answer_ms = 5000;
    fixture_start(&f, &config);
    load.port = f.port;
    load.stop = false;
    load.answered = load.failed = 0;

    pthread_t thread[CLIENTS];
    size_t kind[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        kind[i] = i;
        ck_assert_int_eq(pthread_create(&thread[i], NULL, client_main, &kind[i]), 0);
    }
    wait_for(&load.answered, WARM);
    ck_assert_msg(server_drain(f.server, BUDGET_MS), "round %d: something was in flight", round);
    atomic_store(&load.stop, true);
    fixture_stop(&f);
    for (size_t i = 0; i < CLIENTS; i++)
        (void)pthread_join(thread[i], NULL);
    ck_assert_msg(load.failed == 0, "round %d: %d requests failed, the last with %d; %d did not",
                  round, load.failed, load.status, load.answered);
}

START_TEST(drains_under_load_lose_no_request) {
    int rounds = getenv("TEST_QUICK") ? QUICK_ROUNDS : ROUNDS;
    for (int round = 1; round <= rounds; round++)
        one_round(round);
}
END_TEST

static void *drain_main(void *arg) {
    return server_drain(arg, BUDGET_MS) ? arg : NULL;
}

START_TEST(a_drain_waits_for_a_request_that_takes_its_time) {
    struct fixture f;
    struct server_config config = fixture_config();
    config.keep_alive_ms = 100;
    fixture_start(&f, &config);
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /wait HTTP/1.1\r\n" HOST "\r\n"));
    while (fixture_waiting() == 0)
        (void)client_has_bytes(-1, 1);

    pthread_t drain;
    ck_assert_int_eq(pthread_create(&drain, NULL, drain_main, f.server), 0);
    while (!server_draining(f.server))
        (void)client_has_bytes(-1, 1);
    ck_assert(!client_has_bytes(fd, 500));
    fixture_release();
    AUTO(answer) struct answer a = {0};
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(a.close);
    void *fine = NULL;
    (void)pthread_join(drain, &fine);
    ck_assert_ptr_nonnull(fine);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_drain_gives_up_when_its_time_is_over) {
    struct fixture f;
    struct server_config config = fixture_config();
    fixture_start(&f, &config);
    int fd = client_connect(f.port);
    ck_assert(client_say(fd, "GET /wait HTTP/1.1\r\n" HOST "\r\n"));
    while (fixture_waiting() == 0)
        (void)client_has_bytes(-1, 1);
    int64_t begin = now_ms();
    ck_assert(!server_drain(f.server, 400));
    ck_assert_int_lt(now_ms() - begin, 2000);
    fixture_stop(&f);
    (void)close(fd);
}
END_TEST

START_TEST(answers_say_close_from_the_first_moment_of_a_drain) {
    struct fixture f;
    struct server_config config = fixture_config();
    config.keep_alive_ms = 1000;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int idle = client_connect(f.port);
    ck_assert(client_say(idle, "GET /ok HTTP/1.1\r\n" HOST "\r\n"));
    client_read(idle, false, &a);
    ck_assert(!a.close);

    pthread_t drain;
    ck_assert_int_eq(pthread_create(&drain, NULL, drain_main, f.server), 0);
    while (!server_draining(f.server))
        (void)client_has_bytes(-1, 1);
    int late = client_connect(f.port);
    ck_assert(client_say(late, "GET /ok HTTP/1.1\r\n" HOST "\r\n"));
    client_read(late, false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(a.close);
    ck_assert(client_say(idle, "GET /ok HTTP/1.1\r\n" HOST "\r\n"));
    client_read(idle, false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(a.close);
    (void)pthread_join(drain, NULL);
    (void)close(idle);
    (void)close(late);
    fixture_stop(&f);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        drains_under_load_lose_no_request,
        a_drain_waits_for_a_request_that_takes_its_time,
        a_drain_gives_up_when_its_time_is_over,
        answers_say_close_from_the_first_moment_of_a_drain,
    };
    return suite_run("http/drain", tests, COUNT(tests));
}
