/* Lent connections (http/kept.h): nobody can tell one from another, except by the time. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "support/suite.h"

#define HOST  "Host: localhost\r\n"
#define PLAIN "GET /kept HTTP/1.1\r\n" HOST "\r\n"

#define LENT       "\nhttp_server_lent_requests_total "
#define OPEN       "\nhttp_server_open_connections "
#define CUT_ANSWER "\nhttp_server_cuts_total{kind=\"answer\"} "

enum { PATIENCE_MS = 10000, LONG_MS = 60000 };

static struct fixture f;

static void start(void) {
    struct server_config config = fixture_config();
    fixture_start(&f, &config);
}

static int connect_anew(void) {
    int fd = client_connect(f.port);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static int connect_lent(void) {
    int fd = connect_anew();
    fixture_lend(fd);
    return fd;
}

static void ask(int fd, const char *request, struct answer *a) {
    ck_assert(client_say(fd, request));
    client_read(fd, strncmp(request, "HEAD ", 5) == 0, a);
}

static void ask_for(int fd, const char *request, int status) {
    AUTO(answer) struct answer a = {0};
    ask(fd, request, &a);
    ck_assert_msg(a.status == status, "%d instead of %d to %s", a.status, status, request);
}

static bool comes_to(const char *row, int64_t value) {
    for (int64_t begin = now_ms(); now_ms() - begin < PATIENCE_MS;) {
        if (fixture_metric(row) == value)
            return true;
        (void)client_has_bytes(-1, 1);
    }
    return false;
}

/* Whether a watcher answers this. */
static bool is_lent_for(int fd, const char *request, struct answer *a) {
    int64_t before = fixture_metric(LENT);
    ask(fd, request, a);
    return fixture_metric(LENT) > before;
}

/* ---- the same answers ---- */

static void drop_date(struct answer *a) {
    char *date = strstr(a->head.data, "\r\nDate: ");
    ck_assert_ptr_nonnull(date);
    memset(date + 2, '-', strcspn(date + 2, "\r"));
}

/* The request's id is given, so that only the date may differ. */
static void compare(int lent, const char *method, const char *target, const char *more) {
    char request[1024];
    (void)snprintf(request, sizeof(request),
                   "%s %s HTTP/1.1\r\n" HOST "X-Request-Id: mine\r\n%s\r\n", method, target, more);
    AUTO(answer) struct answer expected = {0};
    AUTO(answer) struct answer given = {0};
    int fd = connect_anew();
    ask(fd, request, &expected);
    (void)close(fd);
    ck_assert_msg(is_lent_for(lent, request, &given), "no watcher answered %s", request);
    ck_assert_msg(given.status > 0, "%d to %s", given.status, request);
    drop_date(&expected);
    drop_date(&given);
    ck_assert_str_eq(given.head.data, expected.head.data);
    ck_assert_uint_eq(given.body.len, expected.body.len);
    ck_assert_mem_eq(given.body.data, expected.body.data, expected.body.len);
}

START_TEST(a_watchers_answer_is_the_workers_byte_for_byte) {
    start();
    int fd = connect_lent();
    AUTO(answer) struct answer a = {0};
    ask(fd, PLAIN, &a);
    char known[600];
    (void)snprintf(known, sizeof(known), "If-None-Match: %s\r\n", answer_header(&a, "ETag"));
    const char *const headers[] = {
        "",
        known,
        "If-None-Match: *\r\n",
        "If-None-Match: \"other\"\r\n",
        "Accept-Encoding: gzip\r\n",
        "Accept-Encoding: gzip;q=0.1, identity\r\n",
        "Range: bytes=0-1\r\n",
        "Origin: https://example.org\r\n",
        "Authorization: Bearer nobody\r\n",
        "Connection: keep-alive\r\n",
        "Connection: Keep-Alive, TE\r\n",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
    };
    static const char *const targets[] = {"/kept",   "/kept?7", "/kept?0",
                                          "/%6bept", "/ok",     "/kept_none"};
    for (size_t i = 0; i < COUNT(targets); i++) {
        for (size_t j = 0; j < COUNT(headers); j++) {
            compare(fd, "GET", targets[i], headers[j]);
            compare(fd, "HEAD", targets[i], headers[j]);
        }
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(ids_of_a_lent_connections_requests_differ) {
    start();
    int fd = connect_lent();
    AUTO(answer) struct answer one = {0};
    AUTO(answer) struct answer two = {0};
    ck_assert(is_lent_for(fd, PLAIN, &one));
    ck_assert(is_lent_for(fd, PLAIN, &two));
    ck_assert_uint_eq(strlen(answer_header(&one, "X-Request-Id")), 32);
    ck_assert_str_ne(answer_header(&one, "X-Request-Id"), answer_header(&two, "X-Request-Id"));
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

/* ---- what is not plain ---- */

START_TEST(a_head_in_two_pieces_is_the_librarys) {
    start();
    int fd = connect_anew();
    for (size_t i = 1; i < strlen(PLAIN); i++) {
        AUTO(answer) struct answer a = {0};
        fixture_lend(fd);
        int64_t before = fixture_metric(LENT);
        ck_assert(client_send(fd, PLAIN, i));
        ck_assert(!client_has_bytes(fd, 1));
        ck_assert(client_say(fd, PLAIN + i));
        client_read(fd, false, &a);
        ck_assert_msg(a.status == 200 && !a.close, "%d, cut after %zu bytes", a.status, i);
        ck_assert_int_le(fixture_metric(LENT), before + 1); /* both may come before anybody looks */
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(several_requests_at_once_have_their_answers_in_order) {
    start();
    int fd = connect_anew();
    static const int expected[] = {200, 404, 401, 200, 405};
    for (size_t count = 2; count <= COUNT(expected); count++) {
        AUTO(buf) struct buf b = {0};
        static const char *const each[] = {
            PLAIN,
            "GET /kept_none HTTP/1.1\r\n" HOST "\r\n",
            "GET /locked HTTP/1.1\r\n" HOST "\r\n",
            "POST /kept HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",
            "PUT /ok HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
        };
        for (size_t i = 0; i < count; i++)
            buf_adds(&b, each[i]);
        fixture_lend(fd);
        ck_assert(client_send(fd, b.data, b.len));
        for (size_t i = 0; i < count; i++) {
            AUTO(answer) struct answer a = {0};
            client_read(fd, false, &a);
            ck_assert_int_eq(a.status, expected[i]);
        }
        ck_assert(!client_has_bytes(fd, 1));
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

/* The library has read the beginning of the ninth with the end of the eighth: a watcher that asked
 * the socket alone would answer the tenth first. */
START_TEST(what_the_library_holds_already_is_not_passed_over) {
    start();
    for (size_t held = 1; held < strlen(PLAIN); held += 7) {
        AUTO(buf) struct buf b = {0};
        AUTO(answer) struct answer a = {0};
        int fd = connect_anew();
        for (int i = 0; i < 8; i++)
            buf_adds(&b, PLAIN);
        buf_add(&b, PLAIN, held);
        ck_assert(client_send(fd, b.data, b.len));
        for (int i = 0; i < 8; i++) {
            client_read(fd, false, &a);
            ck_assert_int_eq(a.status, 200);
        }
        buf_clear(&b);
        buf_adds(&b, PLAIN + held);
        buf_adds(&b, "GET /kept_none HTTP/1.1\r\n" HOST "\r\n");
        ck_assert(client_send(fd, b.data, b.len));
        client_read(fd, false, &a);
        ck_assert_int_eq(a.status, 200);
        client_read(fd, false, &a);
        ck_assert_int_eq(a.status, 404);
        (void)close(fd);
    }
    fixture_stop(&f);
}
END_TEST

START_TEST(what_a_watcher_leaves_the_worker_answers_and_the_connection_goes_on) {
    start();
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"POST /kept HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 200},
        {"GET /big HTTP/1.1\r\n" HOST "\r\n", 200},
        {"GET /locked HTTP/1.1\r\n" HOST "\r\n", 401},
        {"GET /none HTTP/1.1\r\n" HOST "\r\n", 404},
        {"OPTIONS /kept HTTP/1.1\r\n" HOST
         "Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n\r\n",
         204},
        {"GET /kept HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200},
        {"GET /kept HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n\r\n", 200},
        {"GET /kept HTTP/1.1\r\nHost:  localhost \r\n\r\n", 200},
        {"GET /kept HTTP/1.1\r\n" HOST "X-Empty:\r\n\r\n", 200},
        {"\r\nGET /kept HTTP/1.1\r\n" HOST "\r\n", 200},
    };
    int fd = connect_anew();
    for (size_t i = 0; i < COUNT(cases) - 1; i++) { /* after the last of them nothing is lent */
        fixture_lend(fd);
        int64_t before = fixture_metric(LENT);
        ask_for(fd, cases[i].request, cases[i].status);
        ck_assert_msg(fixture_metric(LENT) == before, "a watcher answered %s", cases[i].request);
    }
    fixture_lend(fd);
    ask_for(fd, cases[COUNT(cases) - 1].request, 200);
    ask_for(fd, PLAIN, 200);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_lent_connection_ends_when_the_client_says_so) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = connect_lent();
    ask(fd, "GET /kept HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(a.close && client_at_end(fd));
    (void)close(fd);

    fd = connect_lent();
    ck_assert(client_say(fd, PLAIN));
    (void)shutdown(fd, SHUT_WR);
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(client_at_end(fd));
    (void)close(fd);

    fd = connect_lent();
    ck_assert_int_eq(fixture_metric(OPEN), 1);
    (void)close(fd);
    ck_assert(comes_to(OPEN, 0));
    fixture_stop(&f);
}
END_TEST

/* ---- time ---- */

START_TEST(silence_ends_a_lent_connection_after_the_keep_alive_time) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 300;
    config.head_ms = LONG_MS;
    fixture_start(&f, &config);
    int64_t begin = now_ms(); /* its time begins after this */
    int fd = connect_lent();
    ck_assert(client_at_end(fd));
    ck_assert_int_ge(now_ms() - begin, 250);
    ck_assert_int_lt(now_ms() - begin, PATIENCE_MS);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(each_request_begins_the_keep_alive_time_anew) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 1000;
    fixture_start(&f, &config);
    int fd = connect_lent();
    for (int i = 0; i < 6; i++) {
        AUTO(answer) struct answer a = {0};
        (void)client_has_bytes(-1, 300);
        ck_assert(is_lent_for(fd, PLAIN, &a));
        ck_assert_int_eq(a.status, 200);
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_slow_head_on_a_lent_connection_is_told_so) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 400;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int64_t begin = now_ms();
    int fd = connect_lent();
    ck_assert(client_say(fd, "GET /kept HTTP/1.1\r\nX-Slow: "));
    while (!client_has_bytes(fd, 20) && now_ms() - begin < PATIENCE_MS)
        (void)client_say(fd, "a");
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, 408);
    ck_assert(a.close);
    ck_assert_int_ge(now_ms() - begin, 300);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(an_answer_for_which_there_is_no_room_is_sent_to_its_end) {
    struct server_config config = fixture_config();
    config.answer_ms = PATIENCE_MS;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int fd = connect_lent();
    for (int i = 0; i < 3; i++) {
        int64_t before = fixture_metric(LENT);
        ck_assert(client_say(fd, "GET /kept_huge HTTP/1.1\r\n" HOST "\r\n"));
        (void)client_has_bytes(-1, 20);
        client_read(fd, false, &a);
        ck_assert_int_eq(a.status, 200);
        ck_assert_uint_eq(a.body.len, HUGE_BYTES);
        ck_assert_uint_eq(strspn(a.body.data, "x"), HUGE_BYTES);
        ck_assert_int_gt(fixture_metric(LENT), before);
        fixture_lend(fd);
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(who_does_not_take_the_rest_is_cut) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = connect_lent();
    int64_t before = fixture_metric(LENT);
    ck_assert_int_eq(fixture_metric(CUT_ANSWER), 0);
    ck_assert(client_say(fd, "GET /kept_huge HTTP/1.1\r\n" HOST "\r\n"));
    ck_assert(comes_to(CUT_ANSWER, 1));
    ck_assert_int_eq(fixture_metric(LENT), before + 1);
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, -1);
    ck_assert(comes_to(OPEN, 0));
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

/* ---- the end ---- */

static void *drain_main(void *server) {
    return server_drain(server, PATIENCE_MS) ? server : NULL;
}

START_TEST(a_drain_says_close_on_lent_connections_and_ends_the_idle) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = 1000;
    fixture_start(&f, &config);
    AUTO(answer) struct answer a = {0};
    int busy = connect_lent();
    int idle = connect_lent();
    pthread_t drain;
    void *ended;
    ck_assert_int_eq(pthread_create(&drain, NULL, drain_main, f.server), 0);
    while (!server_draining(f.server))
        (void)client_has_bytes(-1, 1);
    ask(busy, PLAIN, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(a.close && client_at_end(busy));
    ck_assert(client_at_end(idle));
    (void)pthread_join(drain, &ended);
    ck_assert_msg(ended, "something was still going on");
    (void)close(busy);
    (void)close(idle);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_stop_waits_for_no_lent_connection) {
    struct server_config config = fixture_config();
    config.keep_alive_ms = LONG_MS;
    fixture_start(&f, &config);
    int fds[8];
    for (size_t i = 0; i < COUNT(fds); i++)
        fds[i] = connect_lent();
    int64_t begin = now_ms();
    fixture_stop(&f);
    ck_assert_int_lt(now_ms() - begin, LONG_MS / 2);
    for (size_t i = 0; i < COUNT(fds); i++)
        (void)close(fds[i]);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_watchers_answer_is_the_workers_byte_for_byte,
        ids_of_a_lent_connections_requests_differ,
        a_head_in_two_pieces_is_the_librarys,
        several_requests_at_once_have_their_answers_in_order,
        what_the_library_holds_already_is_not_passed_over,
        what_a_watcher_leaves_the_worker_answers_and_the_connection_goes_on,
        a_lent_connection_ends_when_the_client_says_so,
        silence_ends_a_lent_connection_after_the_keep_alive_time,
        each_request_begins_the_keep_alive_time_anew,
        a_slow_head_on_a_lent_connection_is_told_so,
        an_answer_for_which_there_is_no_room_is_sent_to_its_end,
        who_does_not_take_the_rest_is_cut,
        a_drain_says_close_on_lent_connections_and_ends_the_idle,
        a_stop_waits_for_no_lent_connection,
    };
    return suite_run("http/kept", tests, COUNT(tests));
}
