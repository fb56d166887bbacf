#include "http/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/problem.h"
#include "support/suite.h"

/* A wire into memory. */
struct sink {
    struct wire wire;
    struct buf bytes;
    int writes;
    bool gone;
};

static struct call c;
static struct sink sink;
static struct request rq;
static struct reply rp;

static bool sink_write(struct wire *w, const void *bytes, size_t len) {
    struct sink *s = (struct sink *)w;
    s->writes++;
    buf_add(&s->bytes, bytes, len);
    return !s->gone;
}

static void setup(enum verb verb) {
    call_init(&c, 1000);
    strcpy(c.request_id, "id1");
    sink = (struct sink){.wire = {.write = sink_write}};
    rq = (struct request){
        .verb = verb, .method = "", .path = "/x", .version = "1.1", .wire = &sink.wire};
    rp = (struct reply){.status = 200, .type = "application/json", .body = "{}", .len = 2};
}

static void teardown(void) {
    reply_drop(&rp);
    buf_drop(&sink.bytes);
    call_drop(&c);
}

static void header(const char *name, const char *value) {
    rq.headers[rq.nheaders++] = (struct pair){name, value};
}

/* Sends, and expects or forbids a text in the answer. */
static void expect(const char *text) {
    ck_assert_msg(strstr(sink.bytes.data, text), "no \"%s\" in\n%s", text, sink.bytes.data);
}

static void forbid(const char *text) {
    ck_assert_msg(!strstr(sink.bytes.data, text), "\"%s\" in\n%s", text, sink.bytes.data);
}

START_TEST(header_and_body_leave_in_one_write) {
    setup(VERB_GET);
    ck_assert_int_eq(reply_send(&c, &rq, &rp, false), (int64_t)sink.bytes.len);
    ck_assert_int_eq(sink.writes, 1);
    expect("HTTP/1.1 200 OK\r\nCache-Control: ");
    expect("\r\nContent-Length: 2\r\n");
    expect("\r\nX-Request-Id: id1\r\n\r\n{}");
    forbid("Connection:");
    forbid("Vary:");
    teardown();
}
END_TEST

START_TEST(a_client_that_is_gone_gives_minus_one) {
    setup(VERB_GET);
    sink.gone = true;
    ck_assert_int_eq(reply_send(&c, &rq, &rp, false), -1);
    teardown();
}
END_TEST

START_TEST(a_status_without_a_name_is_sent_too) {
    setup(VERB_GET);
    rp.status = 418;
    (void)reply_send(&c, &rq, &rp, false);
    expect("HTTP/1.1 418 \r\n");
    teardown();
}
END_TEST

START_TEST(http_1_0_is_told_that_it_may_stay) {
    setup(VERB_GET);
    rq.version = "1.0";
    (void)reply_send(&c, &rq, &rp, false);
    expect("\r\nConnection: keep-alive\r\n");
    buf_clear(&sink.bytes);
    (void)reply_send(&c, &rq, &rp, true);
    expect("\r\nConnection: close\r\n");
    teardown();
}
END_TEST

START_TEST(html_sets_its_own_policy) {
    setup(VERB_GET);
    rp.type = "text/html; charset=utf-8";
    reply_header(&rp, "Content-Security-Policy", "default-src 'self'");
    (void)reply_send(&c, &rq, &rp, false);
    expect("default-src 'self'");
    forbid("default-src 'none'");
    teardown();
}
END_TEST

START_TEST(headers_with_line_ends_are_left_out) {
    setup(VERB_GET);
    reply_header(&rp, "Location", "/a\r\nSet-Cookie: b");
    reply_header(&rp, "Link", NULL);
    reply_header(&rp, "Allow", "GET");
    (void)reply_send(&c, &rq, &rp, false);
    forbid("Location: ");
    forbid("Link:");
    expect("\r\nAllow: GET\r\n");
    teardown();
}
END_TEST

START_TEST(vary_names_the_coding_once) {
    static const struct {
        const char *vary, *expected;
        bool compress;
    } cases[] = {
        {NULL, "\r\nVary: Accept-Encoding\r\n", true},
        {"Accept", "\r\nVary: Accept, Accept-Encoding\r\n", true},
        {"Accept-Encoding, Accept", "\r\nVary: Accept-Encoding, Accept\r\n", true},
        {"Accept", "\r\nVary: Accept\r\n", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        setup(VERB_GET);
        rp.vary = cases[i].vary;
        rp.compress = cases[i].compress;
        (void)reply_send(&c, &rq, &rp, false);
        expect(cases[i].expected);
        teardown();
    }
}
END_TEST

static const struct asked {
    const char *coding, *known;
    const char *first; /* of the answer */
} ASKED[] = {
    {NULL, NULL, "HTTP/1.1 200 OK\r\n"},
    {"gzip", NULL, "HTTP/1.1 200 OK\r\n"},
    {"gzip;q=0.1, identity", NULL, "HTTP/1.1 200 OK\r\n"},
    {NULL, "\"r1-a\"", "HTTP/1.1 304 Not Modified\r\n"},
    {"gzip", "\"r1-a-gz\"", "HTTP/1.1 304 Not Modified\r\n"},
    {"gzip", "\"r2-b\"", "HTTP/1.1 200 OK\r\n"},
};

/* The answer to row i, of the reply itself or of what was frozen of it. */
static char *sent(size_t i, size_t len, bool frozen) {
    static char body[2000];
    setup(VERB_GET);
    clock_fix(1000000);
    memset(body, 'a', sizeof(body));
    rp.body = body;
    rp.len = len;
    rp.compress = true;
    rp.etag = "\"r1-a\"";
    rp.cache_control = "public, max-age=30";
    reply_header(&rp, "Link", "</x?cursor=1>; rel=\"next\"");
    if (ASKED[i].coding)
        header("Accept-Encoding", ASKED[i].coding);
    if (ASKED[i].known)
        header("If-None-Match", ASKED[i].known);
    if (frozen) {
        struct blob *ready = reply_freeze(&c, &rq, &rp);
        ck_assert(ready);
        reply_take_ready(&rp, ready, -1);
    }
    (void)reply_send(&c, &rq, &rp, false);
    ck_assert(strncmp(sink.bytes.data, ASKED[i].first, strlen(ASKED[i].first)) == 0);
    char *copy = strdup(sink.bytes.data);
    teardown();
    return copy;
}

START_TEST(a_frozen_answer_is_what_it_was_made_from_byte_for_byte) {
    static const size_t LENGTHS[] = {2000, 20};
    for (size_t n = 0; n < COUNT(LENGTHS) * COUNT(ASKED); n++) {
        size_t i = n % COUNT(ASKED), len = LENGTHS[n / COUNT(ASKED)];
        char *one = sent(i, len, false), *other = sent(i, len, true);
        ck_assert_str_eq(one, other);
        free(one);
        free(other);
    }
}
END_TEST

START_TEST(a_frozen_answer_tells_its_age_only_where_it_is_not_confirmed) {
    for (int64_t age = -1; age < 2; age++) {
        setup(VERB_GET);
        rp.etag = "\"r1-a\"";
        struct blob *ready = reply_freeze(&c, &rq, &rp);
        reply_take_ready(&rp, ready, age);
        (void)reply_send(&c, &rq, &rp, false);
        if (age < 0)
            forbid("\r\nAge: ");
        else
            expect(age ? "\r\nAge: 1\r\n" : "\r\nAge: 0\r\n");
        teardown();
    }
}
END_TEST

START_TEST(an_unchanged_document_is_304) {
    setup(VERB_GET);
    rp.etag = "\"r1-a\"";
    rp.cache_control = "public";
    header("If-None-Match", "W/\"r1-a-gz\"");
    (void)reply_send(&c, &rq, &rp, false);
    expect("HTTP/1.1 304 Not Modified\r\n");
    expect("\r\nETag: \"r1-a\"\r\n");
    expect("\r\nCache-Control: public\r\n");
    forbid("Content-Length");
    forbid("Content-Type:");
    forbid("{}");
    ck_assert_int_eq(rp.status, 304);
    teardown();

    setup(VERB_POST);
    rp.etag = "\"r1-a\"";
    header("If-None-Match", "*");
    (void)reply_send(&c, &rq, &rp, false);
    expect("HTTP/1.1 200 OK\r\n");
    teardown();
}
END_TEST

START_TEST(large_bodies_are_not_copied) {
    static char body[200000];
    setup(VERB_GET);
    memset(body, 'a', sizeof(body));
    rp.body = body;
    rp.len = sizeof(body);
    ck_assert_int_eq(reply_send(&c, &rq, &rp, false), (int64_t)sink.bytes.len);
    ck_assert_int_eq(sink.writes, 2);
    ck_assert_mem_eq(sink.bytes.data + sink.bytes.len - sizeof(body), body, sizeof(body));
    teardown();
}
END_TEST

START_TEST(etags_match_in_either_coding) {
    static const struct {
        const char *header;
        bool matches;
    } cases[] = {
        {"\"r1-a\"", true},
        {"\"r1-a-gz\"", true},
        {"W/\"r1-a\"", true},
        {"*", true},
        {"\"x\", \"r1-a\"", true},
        {"\"x,y\",\"r1-a\"", true},
        {"\"r1-b\"", false},
        {"r1-a", false},
        {"\"r1-a", false},
        {"", false},
        {"\"\"", false},
        {"\"x,\\\"r1-a\"", false},
        {"\"r1-a-gz-gz\"", false},
        {"w/\"r1-a\"", false},
        {NULL, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(etag_matches(cases[i].header, "\"r1-a\"") == cases[i].matches, "%s",
                      cases[i].header);
    ck_assert(etag_matches("\"r1-a\"", "\"r1-a-gz\""));
    ck_assert(!etag_matches("*", NULL));
}
END_TEST

START_TEST(if_match_gives_a_revision) {
    static const struct {
        const char *header;
        int64_t revision;
    } cases[] = {
        {"\"r12-0123456789abcdef\"", 12},
        {"\"r12-0123456789abcdef-gz\"", 12},
        {"\"x\", \"r3-a\"", 3},
        {"*", -2},
        {"W/\"r12-a\"", -1},
        {"\"12-a\"", -1},
        {"\"r-a\"", -1},
        {"\"r12\"", -1},
        {"r12-a", -1},
        {"", -1},
        {NULL, -1},
        {"\"r0-a\"", 0},
        {"\"r99999999999999999999-a\"", -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(etag_revision(cases[i].header) == cases[i].revision, "%s",
                      cases[i].header ? cases[i].header : "none");
}
END_TEST

START_TEST(an_etag_is_the_revision_and_the_hash) {
    setup(VERB_GET);
    ck_assert_str_eq(reply_etag(&c, 7, "abc", 3), "\"r7-ba7816bf8f01cfea\"");
    teardown();
}
END_TEST

START_TEST(every_error_has_a_problem) {
    for (int err = ERR_NONE + 1; err < ERR_COUNT; err++) {
        const struct problem *p = problem_of((enum err)err);
        ck_assert_int_eq(p->err, err);
        ck_assert_ptr_eq(problem_find(p->code), p);
        ck_assert(p->status >= 400 && p->title && p->help);
        ck_assert_msg(!strpbrk(p->title, "\"\\"), "%s", p->title);
    }
    ck_assert_uint_eq(PROBLEM_COUNT, ERR_COUNT - 1);
    ck_assert_int_eq(problem_of((enum err)999)->err, ERR_INTERNAL);
    ck_assert_ptr_null(problem_find("none"));
}
END_TEST

START_TEST(a_problem_names_all_faults) {
    setup(VERB_POST);
    fault_add(&c, FAULT_POINTER, "#/percent_complete", "is %d", 101);
    fault_add(&c, FAULT_PARAMETER, "limit", "is \"x\"");
    fault_add(&c, FAULT_HEADER, "If-Match", "is weak");
    (void)!fault_check(&c);
    reply_header(&rp, "RateLimit", "\"default\";r=5;t=1");
    rp.etag = "\"r1-a\"";
    reply_problem(&c, &rq, &rp);
    (void)reply_send(&c, &rq, &rp, false);
    expect("\r\nRateLimit: ");
    expect("\r\nCache-Control: no-store\r\n");
    expect("\r\nContent-Type: application/problem+json\r\n");
    expect(
        "{\"type\":\"/problems/malformed\",\"title\":\"The request is malformed\",\"status\":400,\"detail\":\"3 faults\",\"instance\":\"/x\","
        "\"code\":\"malformed\",\"request_id\":\"id1\",\"errors\":[{\"detail\":\"is 101\",\"pointer\":\"#/percent_complete\"},"
        "{\"detail\":\"is \\\"x\\\"\",\"parameter\":\"limit\"},{\"detail\":\"is weak\",\"header\":\"If-Match\"}]}");
    forbid("ETag");
    teardown();
}
END_TEST

static const struct {
    enum err err;
    const char *line;
} lines[] = {
    {ERR_UNAVAILABLE, "\r\nRetry-After: 1\r\n"},
    {ERR_TOO_MANY, "\r\nRetry-After: 1\r\n"},
    {ERR_OUTCOME_UNKNOWN, "\r\nRetry-After: 1\r\n"},
    {ERR_UNAUTHENTICATED, "\r\nWWW-Authenticate: Bearer realm=\"Cerritos in Progress\"\r\n"},
    {ERR_KNOWN, "\r\nLocation: /updates/17\r\n"},
};

START_TEST(problems_bring_their_headers) {
    for (size_t i = 0; i < COUNT(lines); i++) {
        setup(VERB_GET);
        c.location = "/updates/17";
        (void)fail(&c, lines[i].err, "because");
        reply_problem(&c, &rq, &rp);
        (void)reply_send(&c, &rq, &rp, false);
        expect(lines[i].line);
        expect("\"detail\":\"because\"");
        teardown();
    }
    setup(VERB_GET);
    c.retry_after_s = 17;
    (void)fail(&c, ERR_TOO_MANY, "slowly");
    reply_problem(&c, &rq, &rp);
    (void)reply_send(&c, &rq, &rp, false);
    expect("\r\nRetry-After: 17\r\n");
    teardown();
}
END_TEST

START_TEST(our_own_mistakes_are_not_told_to_strangers) {
    setup(VERB_GET);
    (void)fail(&c, ERR_INTERNAL, "relation \"plan\" does not exist");
    reply_problem(&c, &rq, &rp);
    (void)reply_send(&c, &rq, &rp, false);
    forbid("relation");
    forbid("detail");
    expect("HTTP/1.1 500 ");
    teardown();
}
END_TEST

START_TEST(a_problem_without_a_path_is_whole_all_the_same) {
    setup(VERB_OTHER);
    rq.path = rq.method = rq.version = NULL;
    (void)fail(&c, ERR_MALFORMED, "unreadable");
    reply_problem(&c, &rq, &rp);
    (void)reply_send(&c, &rq, &rp, true);
    forbid("instance");
    forbid("Access-Control");
    expect("\"detail\":\"unreadable\",\"code\":\"malformed\"");
    teardown();
}
END_TEST

/* RFC 9530: of what is sent; a 304 sends nothing that it could speak of. */
START_TEST(a_digest_is_of_the_coding_that_is_sent) {
    char text[2000];
    memset(text, 'x', sizeof(text));
    for (int coded = 0; coded < 2; coded++) {
        AUTO(buf) struct buf expected = {0};
        setup(VERB_GET);
        rp.body = text;
        rp.len = sizeof(text);
        rp.compress = rp.digest = true;
        if (coded)
            header("Accept-Encoding", "gzip");
        reply_send(&c, &rq, &rp, false);
        const char *body = strstr(sink.bytes.data, "\r\n\r\n") + 4;
        uint8_t digest[SHA256_SIZE];
        sha256(body, sink.bytes.len - (size_t)(body - sink.bytes.data), digest);
        buf_adds(&expected, "\r\nRepr-Digest: ");
        reply_spell_digest(&expected, digest);
        expect(expected.data);
        teardown();
    }
    setup(VERB_GET);
    rp.digest = true;
    rp.etag = "\"r0-1\"";
    header("If-None-Match", "\"r0-1\"");
    reply_send(&c, &rq, &rp, false);
    forbid("Repr-Digest");
    teardown();
}
END_TEST

static void fill(struct spool *s, size_t len) {
    s->most = 100;
    while (s->filed + s->text.len < len) {
        buf_addc(&s->text, (char)('a' + (s->filed + s->text.len) % 26));
        ck_assert(spool_flow(&c, s));
    }
    ck_assert(spool_end(&c, s));
}

START_TEST(a_body_in_a_file_is_sent_piece_by_piece) {
    enum { LEN = 200000 };
    AUTO(spool) struct spool s = {0};
    setup(VERB_GET);
    fill(&s, LEN);
    rp.compress = true;
    reply_take_spool(&rp, &s);
    header("Accept-Encoding", "gzip");
    ck_assert_int_eq(reply_send(&c, &rq, &rp, false), (int64_t)sink.bytes.len);
    ck_assert_int_eq(sink.writes, 1 + 4);
    expect("\r\nContent-Length: 200000\r\n");
    forbid("Content-Encoding");
    const char *body = strstr(sink.bytes.data, "\r\n\r\n") + 4;
    ck_assert_uint_eq(strlen(body), LEN);
    for (size_t i = 0; i < LEN; i++)
        ck_assert_int_eq(body[i], 'a' + (int)(i % 26));
    teardown();
}
END_TEST

START_TEST(head_and_304_of_a_body_in_a_file_send_none_of_it) {
    for (int known = 0; known < 2; known++) {
        AUTO(spool) struct spool s = {0};
        setup(known ? VERB_GET : VERB_HEAD);
        fill(&s, 1000);
        reply_take_spool(&rp, &s);
        rp.etag = "\"r0-1\"";
        if (known)
            header("If-None-Match", "\"r0-1\"");
        reply_send(&c, &rq, &rp, false);
        ck_assert_int_eq(sink.writes, 1);
        expect(known ? "HTTP/1.1 304 " : "\r\nContent-Length: 1000\r\n");
        ck_assert_str_eq(strstr(sink.bytes.data, "\r\n\r\n") + 4, "");
        teardown();
    }
}
END_TEST

START_TEST(a_client_that_leaves_in_the_middle_ends_it) {
    AUTO(spool) struct spool s = {0};
    setup(VERB_GET);
    fill(&s, 1000);
    reply_take_spool(&rp, &s);
    sink.gone = true;
    ck_assert_int_eq(reply_send(&c, &rq, &rp, false), -1);
    teardown();
}
END_TEST

START_TEST(a_spool_that_stayed_in_memory_is_an_ordinary_body) {
    AUTO(spool) struct spool s = {.most = 100};
    setup(VERB_GET);
    buf_adds(&s.text, "small");
    ck_assert(spool_end(&c, &s));
    reply_take_spool(&rp, &s);
    reply_send(&c, &rq, &rp, false);
    ck_assert_int_eq(sink.writes, 1);
    expect("\r\n\r\nsmall");
    teardown();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        header_and_body_leave_in_one_write,
        a_client_that_is_gone_gives_minus_one,
        a_status_without_a_name_is_sent_too,
        http_1_0_is_told_that_it_may_stay,
        html_sets_its_own_policy,
        headers_with_line_ends_are_left_out,
        vary_names_the_coding_once,
        a_digest_is_of_the_coding_that_is_sent,
        a_body_in_a_file_is_sent_piece_by_piece,
        head_and_304_of_a_body_in_a_file_send_none_of_it,
        a_client_that_leaves_in_the_middle_ends_it,
        a_spool_that_stayed_in_memory_is_an_ordinary_body,
        a_frozen_answer_is_what_it_was_made_from_byte_for_byte,
        a_frozen_answer_tells_its_age_only_where_it_is_not_confirmed,
        an_unchanged_document_is_304,
        large_bodies_are_not_copied,
        etags_match_in_either_coding,
        if_match_gives_a_revision,
        an_etag_is_the_revision_and_the_hash,
        every_error_has_a_problem,
        a_problem_names_all_faults,
        problems_bring_their_headers,
        our_own_mistakes_are_not_told_to_strangers,
        a_problem_without_a_path_is_whole_all_the_same,
    };
    return suite_run("http/reply", tests, COUNT(tests));
}
