#include "guard.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

enum { LIMIT = 1000 };

/* A head as the library hands it over: words and lines ended by NUL in place. */
struct head {
    struct request rq;
    const char *target;
    size_t target_len;
    char bytes[1024];
};

/* Takes the head apart as CivetWeb does, at the places where `|` stands for a NUL it wrote:
 * "GET|/ok|HTTP/1.1||Host| a||\r|". */
static void parse(struct head *h, const char *text) {
    *h = (struct head){0};
    size_t len = strlen(text);
    memcpy(h->bytes, text, len);
    for (size_t i = 0; i < len; i++) {
        if (h->bytes[i] == '|')
            h->bytes[i] = '\0';
    }
    h->rq.method = h->bytes;
    h->target = h->rq.path = h->rq.method + strlen(h->rq.method) + 1;
    h->target_len = strlen(h->target);
    h->rq.version = h->target + h->target_len + 1 + strlen("HTTP/");
}

static void add(struct request *rq, const char *name, const char *value) {
    rq->headers[rq->nheaders++] = (struct pair){name, value};
}

/* The value's place in the head, so many bytes after the name's. */
static void add_at(struct head *h, size_t name, size_t value) {
    add(&h->rq, h->bytes + name, h->bytes + value);
}

static struct request plain(enum verb verb) {
    struct request rq = {.verb = verb, .method = "", .path = "/ok", .version = "1.1"};
    add(&rq, "Host", "localhost");
    return rq;
}

static enum refusal ruling(const struct request *rq, struct guard_ruling *r) {
    bool fine = guard_check(rq, REFUSAL_NONE, LIMIT, r);
    ck_assert_int_eq(fine, r->refusal == REFUSAL_NONE);
    return r->refusal;
}

START_TEST(a_clean_layout_passes) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.1||Host| a||B|c||\r|");
    add_at(&h, 18, 24);
    add_at(&h, 27, 29);
    ck_assert_str_eq(h.rq.headers[1].value, "c");
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_NONE);
}
END_TEST

START_TEST(a_head_without_headers_has_a_layout_too) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.0||||");
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_NONE);
}
END_TEST

START_TEST(a_bare_line_feed_shows_as_a_missing_byte) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.1||Host|a|B|c||\r|");
    add_at(&h, 18, 23);
    add_at(&h, 25, 27);
    ck_assert_str_eq(h.rq.headers[1].name, "B");
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_LAYOUT);
    parse(&h, "GET|/ok|HTTP/1.1|Host|a||\r|");
    add_at(&h, 17, 22);
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_LAYOUT);
}
END_TEST

START_TEST(a_space_before_the_colon_shows_as_one_nul_too_many) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.1||Host|| a||\r|");
    add_at(&h, 18, 25);
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_LAYOUT);
}
END_TEST

START_TEST(what_follows_the_last_header_must_be_the_empty_line) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.1||Host|a|| folded");
    add_at(&h, 18, 23);
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_LAYOUT);
}
END_TEST

START_TEST(two_spaces_in_the_request_line_are_seen) {
    struct head h;
    parse(&h, "GET|/ok|HTTP/1.1||||");
    h.target++;
    ck_assert_int_eq(guard_layout(&h.rq, h.target, h.target_len), REFUSAL_LAYOUT);
}
END_TEST

START_TEST(a_plain_request_passes_with_its_framing) {
    struct guard_ruling r;
    struct request rq = plain(VERB_POST);
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    ck_assert(!r.framed && !r.has_body && r.body_length == 0);
    add(&rq, "content-length", "1000");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    ck_assert(r.framed && r.has_body && r.body_length == 1000);
    rq = plain(VERB_PUT);
    add(&rq, "Transfer-Encoding", "chunked");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    ck_assert(r.framed && r.has_body && r.body_length == -1);
    rq = plain(VERB_PATCH);
    add(&rq, "Content-Length", "0");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    ck_assert(r.framed && !r.has_body);
}
END_TEST

/* One header beside Host, on a POST, and what the guard says. */
static const struct {
    const char *name, *value;
    enum refusal refusal;
    enum err err;
} single[] = {
    {"Host", "b", REFUSAL_REPEATED, ERR_MALFORMED},
    {"Content-Length", "", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "-1", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "+1", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "1,1", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "1e3", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "1234567890", REFUSAL_LENGTH, ERR_MALFORMED},
    {"Content-Length", "1001", REFUSAL_TOO_LARGE, ERR_TOO_LARGE},
    {"Content-Length", "999999999", REFUSAL_TOO_LARGE, ERR_TOO_LARGE},
    {"Transfer-Encoding", "", REFUSAL_CODING, ERR_NOT_IMPLEMENTED},
    {"Transfer-Encoding", "Chunked", REFUSAL_CODING, ERR_NOT_IMPLEMENTED},
    {"Transfer-Encoding", "identity", REFUSAL_CODING, ERR_NOT_IMPLEMENTED},
    {"Transfer-Encoding", "gzip, chunked", REFUSAL_CODING, ERR_NOT_IMPLEMENTED},
    {"Transfer-Encoding", "chunked;q=1", REFUSAL_CODING, ERR_NOT_IMPLEMENTED},
    {"Na me", "x", REFUSAL_HEADER_NAME, ERR_MALFORMED},
    {"", "x", REFUSAL_HEADER_NAME, ERR_MALFORMED},
    {"X@Y", "x", REFUSAL_HEADER_NAME, ERR_MALFORMED},
};

START_TEST(each_bad_header_has_its_refusal) {
    for (size_t i = 0; i < COUNT(single); i++) {
        struct guard_ruling r;
        struct request rq = plain(VERB_POST);
        add(&rq, single[i].name, single[i].value);
        ck_assert_msg(ruling(&rq, &r) == single[i].refusal, "%s: %s is %d", single[i].name,
                      single[i].value, (int)r.refusal);
        ck_assert_int_eq(r.err, single[i].err);
        ck_assert_ptr_nonnull(r.detail);
    }
}
END_TEST

START_TEST(headers_that_stand_once_may_not_stand_twice) {
    static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Host",
                                        "Authorization", "Idempotency-Key"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct guard_ruling r;
        struct request rq = plain(VERB_POST);
        add(&rq, names[i], "1");
        add(&rq, names[i], "1");
        ck_assert_int_eq(ruling(&rq, &r), REFUSAL_REPEATED);
    }
    struct guard_ruling r;
    struct request rq = plain(VERB_GET);
    add(&rq, "Accept", "a/b");
    add(&rq, "Accept", "a/c");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
}
END_TEST

START_TEST(length_and_chunked_exclude_each_other) {
    struct guard_ruling r;
    struct request rq = plain(VERB_POST);
    add(&rq, "Transfer-Encoding", "chunked");
    add(&rq, "Content-Length", "5");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_LENGTH_AND_CODING);
    rq = plain(VERB_POST);
    rq.version = "1.0";
    add(&rq, "Transfer-Encoding", "chunked");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_OLD_CODING);
}
END_TEST

START_TEST(methods_without_a_body_take_none) {
    static const enum verb verbs[] = {VERB_GET, VERB_HEAD, VERB_DELETE, VERB_OPTIONS};
    for (size_t i = 0; i < COUNT(verbs); i++) {
        struct guard_ruling r;
        struct request rq = plain(verbs[i]);
        add(&rq, "Content-Length", "1");
        ck_assert_int_eq(ruling(&rq, &r), REFUSAL_BODY);
        rq = plain(verbs[i]);
        add(&rq, "Content-Length", "0");
        ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    }
}
END_TEST

START_TEST(http_1_1_needs_a_host_and_1_0_does_not) {
    static const struct {
        const char *version, *host;
        enum refusal refusal;
    } cases[] = {
        {"1.1", NULL, REFUSAL_HOST},
        {"1.0", NULL, REFUSAL_NONE},
        {"1.1", "", REFUSAL_HOST},
        {"1.1", "a b", REFUSAL_HOST},
        {"1.1", "a/b", REFUSAL_HOST},
        {"1.1", "a@b", REFUSAL_HOST},
        {"1.1", "[2001:db8::1]:80", REFUSAL_NONE},
        {"1.1", "progress.example:8080", REFUSAL_NONE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct guard_ruling r;
        struct request rq = {.verb = VERB_GET,
                             .method = "",
                             .path = "/",
                             .version = cases[i].version};
        if (cases[i].host)
            add(&rq, "Host", cases[i].host);
        ck_assert_int_eq(ruling(&rq, &r), cases[i].refusal);
    }
}
END_TEST

START_TEST(sixty_four_headers_are_too_many) {
    struct guard_ruling r;
    struct request rq = plain(VERB_GET);
    while (rq.nheaders < 63)
        add(&rq, "X", "y");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    add(&rq, "X", "y");
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_HEADERS);
    ck_assert_int_eq(r.err, ERR_HEADERS_TOO_LARGE);
}
END_TEST

START_TEST(long_paths_and_queries_are_refused) {
    char text[4096];
    struct guard_ruling r;
    memset(text, 'a', sizeof(text));
    text[0] = '/';
    text[1024] = '\0';
    struct request rq = plain(VERB_GET);
    rq.path = text;
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_NONE);
    text[1024] = 'a';
    text[1025] = '\0';
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_TOO_LONG);
    rq.path = "/";
    text[1025] = 'a';
    text[2049] = '\0';
    rq.query = text;
    ck_assert_int_eq(ruling(&rq, &r), REFUSAL_TOO_LONG);
    ck_assert_int_eq(r.err, ERR_URI_TOO_LONG);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_clean_layout_passes,
        a_head_without_headers_has_a_layout_too,
        a_bare_line_feed_shows_as_a_missing_byte,
        a_space_before_the_colon_shows_as_one_nul_too_many,
        what_follows_the_last_header_must_be_the_empty_line,
        two_spaces_in_the_request_line_are_seen,
        a_plain_request_passes_with_its_framing,
        each_bad_header_has_its_refusal,
        headers_that_stand_once_may_not_stand_twice,
        length_and_chunked_exclude_each_other,
        methods_without_a_body_take_none,
        http_1_1_needs_a_host_and_1_0_does_not,
        sixty_four_headers_are_too_many,
        long_paths_and_queries_are_refused,
    };
    return suite_run("http/guard", tests, COUNT(tests));
}
