/* Drives the real server over real connections. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

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

START_TEST(an_answer_carries_what_every_answer_carries) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(ask("GET /ok HTTP/1.1\r\n" HOST "\r\n", false, &a));
    ck_assert_int_eq(a.status, 200);
    ck_assert_str_eq(a.body.data, "{\"ok\":true}");
    ck_assert_str_eq(answer_header(&a, "Content-Type"), "application/json");
    ck_assert_str_eq(answer_header(&a, "Cache-Control"), "no-store");
    ck_assert_str_eq(answer_header(&a, "X-Content-Type-Options"), "nosniff");
    ck_assert_str_eq(answer_header(&a, "Referrer-Policy"), "no-referrer");
    ck_assert_str_eq(answer_header(&a, "Content-Security-Policy"), "default-src 'none'");
    ck_assert_str_eq(answer_header(&a, "Access-Control-Allow-Origin"), "*");
    ck_assert_uint_eq(strlen(answer_header(&a, "Date")), 29);
    ck_assert_uint_eq(strlen(answer_header(&a, "X-Request-Id")), 32);
    ck_assert_ptr_null(answer_header(&a, "Connection"));
    fixture_stop(&f);
}
END_TEST

START_TEST(ids_of_others_are_taken_over_when_they_are_valid) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(ask("GET /none HTTP/1.1\r\n" HOST "X-Request-Id: abc-1\r\n\r\n", false, &a));
    ck_assert_str_eq(answer_header(&a, "X-Request-Id"), "abc-1");
    ck_assert_ptr_nonnull(strstr(a.body.data, "\"request_id\":\"abc-1\""));

    static const char trace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    (void)close(ask("GET /ok HTTP/1.1\r\n" HOST
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
                    false, &a));
    ck_assert_str_eq(answer_header(&a, "X-Request-Id"), "0af7651916cd43dd8448eb211c80319c");
    ck_assert_str_eq(answer_header(&a, "traceparent"), trace);

    (void)close(ask("GET /ok HTTP/1.1\r\n" HOST "X-Request-Id: <script>\r\n\r\n", false, &a));
    ck_assert_uint_eq(strlen(answer_header(&a, "X-Request-Id")), 32);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_failing_handler_becomes_a_problem_document) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(ask("PUT /ok?key=secret HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", false, &a));
    ck_assert_int_eq(a.status, 405);
    ck_assert_str_eq(answer_header(&a, "Allow"), "GET, HEAD");
    ck_assert_str_eq(answer_header(&a, "Content-Type"), "application/problem+json");
    ck_assert_ptr_nonnull(strstr(a.body.data, "\"instance\":\"/ok\""));
    ck_assert_ptr_null(strstr(a.body.data, "secret"));
    ck_assert_ptr_null(answer_header(&a, "Access-Control-Allow-Origin"));
    fixture_stop(&f);
}
END_TEST

START_TEST(head_gives_the_headers_of_get) {
    start();
    AUTO(answer) struct answer get = {0};
    AUTO(answer) struct answer head = {0};
    (void)close(ask("GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\nX-Request-Id: a\r\n\r\n",
                    false, &get));
    int fd = ask("HEAD /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\nX-Request-Id: a\r\n\r\n",
                 true, &head);
    static const char *const names[] = {"Content-Length", "ETag", "Content-Encoding", "Vary",
                                        "Content-Type"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char value[128];
        (void)snprintf(value, sizeof(value), "%s", answer_header(&get, names[i]));
        ck_assert_str_eq(answer_header(&head, names[i]), value);
    }

    /* Nothing but the head was sent: the next answer follows at once. */
    ck_assert(client_say(fd, "GET /ok HTTP/1.1\r\n" HOST "\r\n"));
    client_read(fd, false, &head);
    ck_assert_int_eq(head.status, 200);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(gzip_comes_to_those_who_prefer_it) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(ask("GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n", false, &a));
    ck_assert_str_eq(answer_header(&a, "Content-Encoding"), "gzip");
    ck_assert_str_eq(answer_header(&a, "Vary"), "Accept-Encoding");
    ck_assert_ptr_nonnull(strstr(answer_header(&a, "ETag"), "-gz\""));

    unsigned char plain[8192];
    z_stream z = {.next_in = (unsigned char *)a.body.data,
                  .avail_in = (unsigned)a.body.len,
                  .next_out = plain,
                  .avail_out = sizeof(plain)};
    ck_assert_int_eq(inflateInit2(&z, 31), Z_OK);
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    ck_assert_mem_eq(plain, "{\"line\":0}", 10);

    (void)close(ask("GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0.1, identity\r\n\r\n",
                    false, &a));
    ck_assert_ptr_null(answer_header(&a, "Content-Encoding"));
    ck_assert_str_eq(answer_header(&a, "Vary"), "Accept-Encoding");
    (void)close(ask("GET /ok HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n", false, &a));
    ck_assert_ptr_null(answer_header(&a, "Content-Encoding"));
    fixture_stop(&f);
}
END_TEST

START_TEST(an_etag_in_either_coding_gives_304_with_its_headers) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(ask("GET /big HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n", false, &a));
    char request[512];
    (void)snprintf(request, sizeof(request),
                   "GET /big HTTP/1.1\r\n" HOST "If-None-Match: \"x\", %s\r\n\r\n",
                   answer_header(&a, "ETag"));
    (void)close(ask(request, false, &a));
    ck_assert_int_eq(a.status, 304);
    ck_assert_ptr_null(answer_header(&a, "Content-Length"));
    ck_assert_ptr_null(answer_header(&a, "Content-Type"));
    ck_assert_ptr_null(strstr(answer_header(&a, "ETag"), "-gz"));
    ck_assert_str_eq(answer_header(&a, "Cache-Control"), "public, max-age=30");
    ck_assert_str_eq(answer_header(&a, "Vary"), "Accept-Encoding");
    ck_assert_str_eq(answer_header(&a, "Access-Control-Allow-Origin"), "*");
    ck_assert_ptr_nonnull(answer_header(&a, "Date"));
    fixture_stop(&f);
}
END_TEST

START_TEST(a_preflight_is_answered_without_the_handler) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = ask("OPTIONS /none HTTP/1.1\r\n" HOST
                 "Origin: https://example.org\r\nAccess-Control-Request-Method: GET\r\n\r\n",
                 true, &a);
    ck_assert_int_eq(a.status, 204);
    ck_assert_str_eq(answer_header(&a, "Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
    ck_assert_str_eq(answer_header(&a, "Access-Control-Max-Age"), "7200");
    ck_assert_ptr_null(answer_header(&a, "Content-Length"));
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_hundred_pipelined_requests_get_a_hundred_answers) {
    start();
    AUTO(buf) struct buf b = {0};
    for (int i = 0; i < 50; i++)
        buf_addf(&b,
                 "GET /ok HTTP/1.1\r\n" HOST "X-Request-Id: n%d\r\n\r\nPOST /echo HTTP/1.1\r\n" HOST
                 "Content-Length: 3\r\n\r\n%03d",
                 i, i);
    int fd = client_connect(f.port);
    ck_assert(client_send(fd, b.data, b.len));
    for (int i = 0; i < 50; i++) {
        AUTO(answer) struct answer a = {0};
        char expected[16];
        client_read(fd, false, &a);
        (void)snprintf(expected, sizeof(expected), "n%d", i);
        ck_assert_str_eq(answer_header(&a, "X-Request-Id"), expected);
        client_read(fd, false, &a);
        (void)snprintf(expected, sizeof(expected), "%03d", i);
        ck_assert_str_eq(a.body.data, expected);
    }
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(continue_is_said_when_the_body_is_asked_for) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = ask("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
                 true, &a);
    ck_assert_int_eq(a.status, 100);
    ck_assert(client_say(fd, "hello"));
    client_read(fd, false, &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert_str_eq(a.body.data, "hello");
    ck_assert(!a.close);
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(who_may_not_write_is_not_asked_to_go_on) {
    start();
    AUTO(answer) struct answer a = {0};
    int fd = ask("POST /locked HTTP/1.1\r\n" HOST
                 "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
                 false, &a);
    ck_assert_int_eq(a.status, 401);
    ck_assert_ptr_nonnull(strstr(answer_header(&a, "WWW-Authenticate"), "Bearer"));
    ck_assert(a.close);
    ck_assert(client_at_end(fd));
    (void)close(fd);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_body_of_nearly_the_limit_is_read_and_one_more_byte_is_not) {
    start();
    AUTO(answer) struct answer a = {0};
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8192\r\n\r\n");
    for (int i = 0; i < 8192; i++)
        buf_addc(&b, 'a');
    (void)close(ask(b.data, false, &a));
    ck_assert_int_eq(a.status, 200);
    ck_assert_uint_eq(a.body.len, 8192);

    (void)close(ask("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8193\r\n\r\n", false, &a));
    ck_assert_int_eq(a.status, 413);
    ck_assert(a.close);
    fixture_stop(&f);
}
END_TEST

/* Sends all of a long body before it reads a word, as most clients do. */
static int send_long(const char *path, size_t len, struct answer *a) {
    AUTO(buf) struct buf b = {0};
    buf_addf(&b, "POST %s HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", path, len);
    for (size_t i = 0; i < len; i++)
        buf_addc(&b, 'a');
    return ask(b.data, false, a);
}

START_TEST(whoever_sends_a_refused_body_still_sees_the_answer) {
    start();
    AUTO(answer) struct answer a = {0};
    (void)close(send_long("/locked", 100000, &a));
    ck_assert_int_eq(a.status, 401);
    (void)close(send_long("/echo", HUGE_BYTES, &a));
    ck_assert_int_eq(a.status, 413);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_taken_port_is_named) {
    start();
    struct server_config config = fixture_config();
    config.port = f.port;
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const struct server_handler handler = {0};
    ck_assert_ptr_null(server_new(&c, &config, &handler));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    char expected[96];
    (void)snprintf(expected, sizeof(expected),
                   "cannot listen on 127.0.0.1 port %d: Address already in use", f.port);
    ck_assert_str_eq(c.detail, expected);
    fixture_stop(&f);
}
END_TEST

START_TEST(a_proxy_that_is_no_address_is_named) {
    struct server_config config = fixture_config();
    config.trusted_proxies = "10.0.0.0/8, nginx";
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const struct server_handler handler = {0};
    ck_assert_ptr_null(server_new(&c, &config, &handler));
    ck_assert_ptr_nonnull(strstr(c.detail, "\"nginx\""));
}
END_TEST

START_TEST(the_number_of_threads_has_its_reason) {
    start();
    const char *why = NULL;
    ck_assert_int_eq(server_threads(f.server, &why), 64);
    ck_assert_str_eq(why, "64 threads, as the settings say");
    fixture_stop(&f);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_answer_carries_what_every_answer_carries,
        ids_of_others_are_taken_over_when_they_are_valid,
        a_failing_handler_becomes_a_problem_document,
        head_gives_the_headers_of_get,
        gzip_comes_to_those_who_prefer_it,
        an_etag_in_either_coding_gives_304_with_its_headers,
        a_preflight_is_answered_without_the_handler,
        a_hundred_pipelined_requests_get_a_hundred_answers,
        continue_is_said_when_the_body_is_asked_for,
        who_may_not_write_is_not_asked_to_go_on,
        a_body_of_nearly_the_limit_is_read_and_one_more_byte_is_not,
        whoever_sends_a_refused_body_still_sees_the_answer,
        a_taken_port_is_named,
        a_proxy_that_is_no_address_is_named,
        the_number_of_threads_has_its_reason,
    };
    return suite_run("http/server", tests, COUNT(tests));
}
