#include "http/request.h"

#include <string.h>

#include "http/reply.h"
#include "ids.h"
#include "support/suite.h"

static struct call c;

static bool split(struct request *rq, const char *path, const char *query) {
    call_drop(&c);
    call_init(&c, 1000);
    *rq = (struct request){.path = path, .query = query};
    return request_parse_target(&c, rq);
}

START_TEST(paths_are_split_then_decoded) {
    struct request rq;
    ck_assert(split(&rq, "/", NULL));
    ck_assert_uint_eq(rq.nsegments, 0);
    ck_assert(split(&rq, "/updates/go%67ov/a%2Fb%20c", NULL));
    ck_assert_uint_eq(rq.nsegments, 3);
    ck_assert_str_eq(rq.segment[1], "gogov");
    ck_assert_str_eq(rq.segment[2], "a/b c");
    ck_assert(split(&rq, "/goals/", NULL));
    ck_assert_uint_eq(rq.nsegments, 2);
    ck_assert_str_eq(rq.segment[1], "");
    ck_assert(split(&rq, "/%E2%82%AC+", NULL));
    ck_assert_str_eq(rq.segment[0], "\xe2\x82\xac+");
    call_drop(&c);
}
END_TEST

START_TEST(queries_are_decoded_in_order) {
    struct request rq;
    ck_assert(split(&rq, "/", "q=a+b%2Bc&limit=5&&empty=&bare&x=1=2"));
    ck_assert_uint_eq(rq.nparams, 5);
    ck_assert_str_eq(request_param(&rq, "q"), "a b+c");
    ck_assert_str_eq(request_param(&rq, "limit"), "5");
    ck_assert_str_eq(request_param(&rq, "empty"), "");
    ck_assert_str_eq(request_param(&rq, "bare"), "");
    ck_assert_str_eq(request_param(&rq, "x"), "1=2");
    ck_assert_ptr_null(request_param(&rq, "Q"));
    ck_assert(split(&rq, "/", ""));
    ck_assert_uint_eq(rq.nparams, 0);
    call_drop(&c);
}
END_TEST

static const struct {
    const char *path, *query;
} bad_targets[] = {
    {"", NULL},
    {"x", NULL},
    {"/a b", NULL},
    {"/a\\b", NULL},
    {"/\xc3\xa4", NULL},
    {"/%", NULL},
    {"/%4", NULL},
    {"/%4g", NULL},
    {"/%00", NULL},
    {"/a/..", NULL},
    {"/../a", NULL},
    {"/%2e%2E", NULL},
    {"/%ff", NULL},
    {"/%c0%af", NULL},
    {"/%ed%a0%80", NULL},
    {"/a\"b", NULL},
    {"/a?b", NULL},
    {"/a#b", NULL},
    {"/", "a=%"},
    {"/", "a=%00"},
    {"/", "a=%c3"},
    {"/", "a[]=1"},
    {"/", "a=\"b\""},
    {"/", "a=b#c"},
    {"/1/2/3/4/5/6/7/8/9", NULL},
};

START_TEST(bad_targets_are_malformed) {
    for (size_t i = 0; i < COUNT(bad_targets); i++) {
        struct request rq;
        ck_assert_msg(!split(&rq, bad_targets[i].path, bad_targets[i].query), "%s?%s",
                      bad_targets[i].path, bad_targets[i].query);
        ck_assert_int_eq(c.err, ERR_MALFORMED);
    }
    call_drop(&c);
}
END_TEST

START_TEST(as_many_parameters_as_fit_and_no_more) {
    char query[256] = "a=1";
    struct request rq;
    for (int i = 1; i < REQUEST_PARAMS; i++)
        strcat(query, "&a=1");
    ck_assert(split(&rq, "/", query));
    ck_assert_uint_eq(rq.nparams, REQUEST_PARAMS);
    ck_assert(!split(&rq, "/", strcat(query, "&a=1")));
    call_drop(&c);
}
END_TEST

START_TEST(long_targets_are_too_long) {
    char text[4096];
    struct request rq;
    memset(text, 'a', sizeof(text));
    text[0] = '/';
    text[1025] = '\0';
    ck_assert(!split(&rq, text, NULL));
    ck_assert_int_eq(c.err, ERR_URI_TOO_LONG);
    text[1025] = 'a';
    text[2049] = '\0';
    ck_assert(!split(&rq, "/", text));
    ck_assert_int_eq(c.err, ERR_URI_TOO_LONG);
    call_drop(&c);
}
END_TEST

START_TEST(headers_are_found_in_any_case) {
    struct request rq = {.headers = {{"Accept", "a"}, {"ACCEPT", "b"}}, .nheaders = 2};
    ck_assert_str_eq(request_header(&rq, "accept"), "a");
    ck_assert_ptr_null(request_header(&rq, "Accept-Encoding"));
}
END_TEST

static bool lend_body(struct wire *w, struct call *call, size_t limit, const char **bytes,
                      size_t *len) {
    (void)w;
    (void)call;
    (void)limit;
    *bytes = "{}";
    *len = 2;
    return true;
}

START_TEST(a_body_is_read_within_its_limit) {
    struct wire wire = {lend_body, NULL};
    struct request rq = {
        .verb = VERB_POST, .wire = &wire, .framed = true, .has_body = true, .body_length = 2};
    const char *body;
    size_t len;
    call_init(&c, 1000);
    ck_assert(request_body(&c, &rq, 2, &body, &len));
    ck_assert_str_eq(body, "{}");
    ck_assert(!request_body(&c, &rq, 1, &body, &len));
    ck_assert_int_eq(c.err, ERR_TOO_LARGE);
    call_drop(&c);
}
END_TEST

START_TEST(a_post_without_any_length_is_told_so_and_a_get_is_not) {
    struct request rq = {.verb = VERB_POST};
    const char *body;
    size_t len;
    call_init(&c, 1000);
    ck_assert(!request_body(&c, &rq, 100, &body, &len));
    ck_assert_int_eq(c.err, ERR_LENGTH_REQUIRED);
    call_reset(&c, 1000);
    rq.framed = true;
    ck_assert(request_body(&c, &rq, 100, &body, &len));
    ck_assert_str_eq(body, "");
    rq = (struct request){.verb = VERB_GET};
    ck_assert(request_body(&c, &rq, 100, &body, &len));
    ck_assert_uint_eq(len, 0);
    call_drop(&c);
}
END_TEST

static const struct {
    const char *header, *type;
    int q;
} accepts[] = {
    {NULL, "application/json", 1000},
    {"", "application/json", 1000},
    {"*/*", "application/json", 1000},
    {"application/json", "application/json", 1000},
    {"Application/JSON", "application/json", 1000},
    {"text/html", "application/json", 0},
    {"text/html, application/json;q=0.9", "application/json", 900},
    {"application/*;q=0.5", "application/json", 500},
    {"*/*;q=0.1, application/*;q=0.5, application/json;q=0", "application/json", 0},
    {"application/json;q=0, */*", "application/json", 0},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
     "application/json", 800},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html",
     1000},
    {"application/json; charset=utf-8; q=0.3", "application/json", 300},
    {"application/json;q=2", "application/json", 0},
    {"application/json;q=0.12345", "application/json", 0},
    {"application/json;q=1.000", "application/json", 1000},
    {"application/json;q=x", "application/json", 0},
    {" , ,application/json ;q=0.7 ,", "application/json", 700},
    {"application", "application/json", 0},
    {"appl*/json", "application/json", 0},
};

START_TEST(accept_gives_each_type_its_quality) {
    for (size_t i = 0; i < COUNT(accepts); i++) {
        int q = accept_quality(accepts[i].header, accepts[i].type);
        ck_assert_msg(q == accepts[i].q, "%s: %s is %d",
                      accepts[i].header ? accepts[i].header : "none", accepts[i].type, q);
    }
}
END_TEST

/* "a…" is the first language, "b" the second, and so on; nothing else is known. */
static int find_letter(const char *range, size_t len) {
    return len > 0 && range[0] >= 'a' && range[0] <= 'e' ? range[0] - 'a' : -1;
}

START_TEST(accept_language_takes_the_most_wanted_that_is_known) {
    static const struct {
        const char *header;
        int found;
    } cases[] = {
        {NULL, -1},
        {"", -1},
        {"x", -1},
        {"b", 1},
        {"b-X;q=0.5, a;q=0.4", 1},
        {"b;q=0.4, a;q=0.5", 0},
        {"x, c;q=0.2, y;q=0.9, b;q=0.3", 1},
        {"c, b", 2},
        {"c;q=0.7,b;q=0.7", 2},
        {" , ,b , ", 1},
        {"c;q=0, b;q=0.001", 1},
        {"c;q=0", -1},
        {"c;q=2, b;q=0.1", 1},
        {"c;Q=0.1, b;q=0.2", 1},
        {"c ; q=0.9 , b;q=0.8", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(accept_language(cases[i].header, find_letter) == cases[i].found, "%s",
                      cases[i].header ? cases[i].header : "none");
}
END_TEST

static const struct {
    const char *header;
    int gzip, identity;
} codings[] = {
    {NULL, 0, 0},
    {"", 0, 1},
    {"gzip", 1000, 1},
    {"GZIP", 1000, 1},
    {"x-gzip", 1000, 1},
    {"br, gzip;q=0.8", 800, 1},
    {"*", 1000, 1000},
    {"*;q=0", 0, 0},
    {"gzip;q=0, *", 0, 1000},
    {"gzip;q=0.5, identity;q=0.9", 500, 900},
    {"identity;q=0, gzip;q=0.001", 1, 0},
    {"deflate", 0, 1},
    {"gzipped", 0, 1},
};

START_TEST(accept_encoding_gives_each_coding_its_quality) {
    for (size_t i = 0; i < COUNT(codings); i++) {
        const char *header = codings[i].header;
        ck_assert_msg(accept_encoding_quality(header, "gzip") == codings[i].gzip, "%s", header);
        int identity = accept_encoding_quality(header, "identity");
        bool fits = codings[i].identity == identity ||
                    (identity == 1 && codings[i].identity == 1000);
        ck_assert_msg(fits, "%s: identity is %d", header, identity);
    }
}
END_TEST

START_TEST(traceparents_are_taken_only_when_valid) {
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true},
        {"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false},
        {"00-00000000000000000000000000000000-b7ad6b7169203331-01", false},
        {"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false},
        {"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", false},
        {"01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", true},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", false},
        {"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct request rq = {.headers = {{"traceparent", cases[i].text}}, .nheaders = 1};
        ck_assert_msg(!ids_traceparent(&rq) == !cases[i].valid, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(fresh_ids_differ) {
    struct ids ids;
    struct request rq = {0};
    char last[sizeof(c.request_id)] = "";
    ck_assert(ids_init(&ids));
    for (int i = 0; i < 1000; i++) {
        ids_take(&ids, &c, &rq);
        ck_assert_uint_eq(strlen(c.request_id), 32);
        ck_assert_str_ne(c.request_id, last);
        memcpy(last, c.request_id, sizeof(last));
    }
}
END_TEST

START_TEST(ids_of_65_bytes_or_odd_letters_are_not_taken) {
    static const char *const bad[] = {
        "", "a b", "a\"b", "a<b",
        "1234567890123456789012345678901234567890123456789012345678901234x"};
    struct ids ids;
    ck_assert(ids_init(&ids));
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct request rq = {.headers = {{"X-Request-Id", bad[i]}}, .nheaders = 1};
        ids_take(&ids, &c, &rq);
        ck_assert_uint_eq(strlen(c.request_id), 32);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        paths_are_split_then_decoded,
        queries_are_decoded_in_order,
        bad_targets_are_malformed,
        as_many_parameters_as_fit_and_no_more,
        long_targets_are_too_long,
        headers_are_found_in_any_case,
        a_body_is_read_within_its_limit,
        a_post_without_any_length_is_told_so_and_a_get_is_not,
        accept_gives_each_type_its_quality,
        accept_language_takes_the_most_wanted_that_is_known,
        accept_encoding_gives_each_coding_its_quality,
        traceparents_are_taken_only_when_valid,
        fresh_ids_differ,
        ids_of_65_bytes_or_odd_letters_are_not_taken,
    };
    return suite_run("http/request", tests, COUNT(tests));
}
