#include "plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "support/suite.h"

#define HOST "Host: localhost\r\n"

/* In memory of exactly its length, so that an instrumented run sees a step beyond. */
static bool read_bytes(const char *text, size_t len, struct request *rq) {
    static char *bytes;
    free(bytes);
    bytes = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, text, len);
    return plain_read(bytes, len, rq);
}

static bool reads(const char *text) {
    static struct request rq;
    return read_bytes(text, strlen(text), &rq);
}

START_TEST(a_plain_head_is_taken_apart) {
    struct request rq = {0};
    static const char text[] = "GET /goals/7?lang=es&q=a?b HTTP/1.1\r\n" HOST
                               "X-One:two\r\nAccept: */*, text/html;q=\"0.5\"\r\n\r\n";
    ck_assert(read_bytes(text, strlen(text), &rq));
    ck_assert_int_eq(rq.verb, VERB_GET);
    ck_assert_str_eq(rq.method, "GET");
    ck_assert_str_eq(rq.path, "/goals/7");
    ck_assert_str_eq(rq.query, "lang=es&q=a?b");
    ck_assert_str_eq(rq.version, "1.1");
    ck_assert_uint_eq(rq.nheaders, 3);
    ck_assert_str_eq(rq.headers[0].name, "Host");
    ck_assert_str_eq(rq.headers[0].value, "localhost");
    ck_assert_str_eq(rq.headers[1].value, "two");
    ck_assert_str_eq(rq.headers[2].value, "*/*, text/html;q=\"0.5\"");

    ck_assert(read_bytes("HEAD / HTTP/1.1\r\n" HOST "\r\n", 36, &rq));
    ck_assert_int_eq(rq.verb, VERB_HEAD);
    ck_assert_str_eq(rq.path, "/");
    ck_assert_ptr_null(rq.query);
}
END_TEST

START_TEST(no_part_of_a_head_is_one_nor_is_one_with_more_behind_it) {
    struct request rq;
    static const char text[] = "GET /goals?q=1 HTTP/1.1\r\n" HOST "Accept: */*\r\n\r\nGET";
    size_t whole = strlen(text) - strlen("GET");
    for (size_t len = 0; len <= strlen(text); len++)
        ck_assert_msg(read_bytes(text, len, &rq) == (len == whole), "%zu bytes", len);
}
END_TEST

START_TEST(whatever_is_not_plain_is_left) {
    static const char *const others[] = {
        "POST / HTTP/1.1\r\n" HOST "\r\n",
        "get / HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.0\r\n" HOST "\r\n",
        "GET / HTTP/1.1 \r\n" HOST "\r\n",
        "GET / HTTP/1.12\r\n" HOST "\r\n",
        "GET /\r\n" HOST "\r\n",
        "GET  / HTTP/1.1\r\n" HOST "\r\n",
        "GET * HTTP/1.1\r\n" HOST "\r\n",
        "GET goals HTTP/1.1\r\n" HOST "\r\n",
        "GET http://localhost/ HTTP/1.1\r\n" HOST "\r\n",
        " GET / HTTP/1.1\r\n" HOST "\r\n",
        "\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
        "GET /\t HTTP/1.1\r\n" HOST "\r\n",
        "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.1\n" HOST "\r\n",
        "GET / HTTP/1.1\r" HOST "\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST " folded: a\r\n\r\n" HOST,
        "GET / HTTP/1.1\r\n" HOST "X-One: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One:\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One: \r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One:  a\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One: a \r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One:\ta\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One: a\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One: \xc3\xa4\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "X-One: a\x7f\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "transfer-encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "UPGRADE: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "Trailer: X-One\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_msg(!reads(others[i]), "%zu: %s", i, others[i]);
}
END_TEST

START_TEST(a_nul_anywhere_is_not_plain) {
    struct request rq;
    static const char text[] = "GET /goals?q=1 HTTP/1.1\r\n" HOST "Accept: */*\r\n\r\n";
    for (size_t at = 0; at < strlen(text); at++) {
        char bytes[sizeof(text)];
        memcpy(bytes, text, sizeof(text));
        bytes[at] = '\0';
        ck_assert_msg(!read_bytes(bytes, strlen(text), &rq), "NUL at %zu", at);
    }
}
END_TEST

START_TEST(no_more_headers_are_read_than_a_request_holds) {
    for (size_t count = REQUEST_HEADERS - 2; count <= REQUEST_HEADERS + 1; count++) {
        AUTO(buf) struct buf b = {0};
        struct request rq;
        buf_adds(&b, "GET / HTTP/1.1\r\n");
        for (size_t i = 0; i < count; i++)
            buf_adds(&b, HOST);
        buf_adds(&b, "\r\n");
        ck_assert(read_bytes(b.data, b.len, &rq) == (count < REQUEST_HEADERS));
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_plain_head_is_taken_apart,
        no_part_of_a_head_is_one_nor_is_one_with_more_behind_it,
        whatever_is_not_plain_is_left,
        a_nul_anywhere_is_not_plain,
        no_more_headers_are_read_than_a_request_holds,
    };
    return suite_run("http/plain", tests, COUNT(tests));
}
