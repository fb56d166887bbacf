#include "model/doc.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "support/suite.h"

enum { WORKER_STACK = 102400 }; /* as CivetWeb gives */

static void read_case(const char *folder, const char *name, struct buf *out) {
    char path[512];
    snprintf(path, sizeof(path), TEST_DATA "/doc/%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof(piece), in)) > 0;)
        buf_add(out, piece, n);
    fclose(in);
}

static void check_case(const char *folder, const char *name, bool taken) {
    AUTO(buf) struct buf bytes = {0};
    AUTO(call) struct call c;
    call_init(&c, 1000);
    read_case(folder, name, &bytes);
    AUTO(doc) struct doc *d = doc_parse(&c, bytes.data ? bytes.data : "", bytes.len);
    ck_assert_msg((d != NULL) == taken, "%s: %s", name, c.detail ? c.detail : "taken");
    ck_assert_msg(c.err == (taken ? ERR_NONE : ERR_MALFORMED), "%s: %d", name, (int)c.err);
    if (!taken)
        ck_assert_msg(c.detail && *c.detail, "%s: refused without a word", name);
}

/* Each file of the folder; at least as many as there once were. */
static void check_folder(const char *folder, bool taken, int least) {
    char path[512];
    snprintf(path, sizeof(path), TEST_DATA "/doc/%s", folder);
    DIR *all = opendir(path);
    ck_assert_msg(all != NULL, "%s", path);
    int seen = 0;
    for (const struct dirent *one; (one = readdir(all));)
        if (one->d_name[0] != '.') {
            check_case(folder, one->d_name, taken);
            seen++;
        }
    closedir(all);
    ck_assert_int_ge(seen, least);
}

START_TEST(what_the_grammar_allows_is_read) {
    check_folder("taken", true, 8);
}
END_TEST

START_TEST(what_the_grammar_forbids_is_malformed) {
    check_folder("refused", false, 30);
}
END_TEST

struct bomb {
    char byte;
    size_t len;
    bool closed;
};

static void *explode(void *arg) {
    const struct bomb *b = arg;
    struct call c;
    call_init(&c, 1000);
    AUTO(buf) struct buf bytes = {0};
    for (size_t i = 0; i < b->len; i++)
        buf_addc(&bytes, b->byte);
    for (size_t i = 0; b->closed && i < b->len; i++)
        buf_addc(&bytes, (char)(b->byte + 2));
    struct doc *d = doc_parse(&c, bytes.data, bytes.len);
    bool refused = !d && c.err == ERR_MALFORMED && strstr(c.detail, "deeper");
    doc_free(d);
    call_drop(&c);
    return refused ? arg : NULL;
}

START_TEST(a_depth_bomb_is_refused_on_a_workers_small_stack) {
    static const struct bomb bombs[] = {
        {'[', 4096, false},
        {'[', 60 * 1024, false},
        {'[', 33, true},
        {'[', 30 * 1024, true},
    };
    pthread_attr_t small;
    pthread_attr_init(&small);
    ck_assert_int_eq(pthread_attr_setstacksize(&small, WORKER_STACK), 0);
    for (size_t i = 0; i < COUNT(bombs); i++) {
        pthread_t thread;
        void *refused;
        struct bomb bomb = bombs[i];
        ck_assert_int_eq(pthread_create(&thread, &small, explode, &bomb), 0);
        ck_assert_int_eq(pthread_join(thread, &refused), 0);
        ck_assert_msg(refused != NULL, "%zu levels", bomb.len);
    }
    pthread_attr_destroy(&small);
}
END_TEST

START_TEST(objects_count_as_levels_too) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0};
    call_init(&c, 1000);
    for (int i = 0; i < DOC_DEPTH + 1; i++)
        buf_adds(&bytes, i % 2 ? "[" : "{\"a\":");
    ck_assert_ptr_null(doc_parse(&c, bytes.data, bytes.len));
    ck_assert_ptr_nonnull(strstr(c.detail, "deeper than 32"));
}
END_TEST

START_TEST(brackets_within_text_are_no_levels) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0};
    call_init(&c, 1000);
    buf_adds(&bytes, "{\"a\":\"\\\"");
    for (int i = 0; i < 1000; i++)
        buf_adds(&bytes, "[{");
    buf_adds(&bytes, "\\\\\"}");
    AUTO(doc) struct doc *d = doc_parse(&c, bytes.data, bytes.len);
    ck_assert_msg(d != NULL, "%s", c.detail);
}
END_TEST

START_TEST(closing_first_earns_no_depth) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0};
    call_init(&c, 1000);
    for (int i = 0; i < 2000; i++)
        buf_addc(&bytes, ']');
    for (int i = 0; i < 4000; i++)
        buf_addc(&bytes, '[');
    ck_assert_ptr_null(doc_parse(&c, bytes.data, bytes.len));
    ck_assert_int_eq(c.err, ERR_MALFORMED);
}
END_TEST

START_TEST(bytes_behind_the_length_are_not_read) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *d = doc_parse(&c, "{\"a\":1}garbage", 7);
    ck_assert_msg(d != NULL, "%s", c.detail);
    ck_assert_ptr_null(doc_parse(&c, "{\"a\":1}garbage", 6));
    ck_assert_int_eq(c.err, ERR_MALFORMED);
}
END_TEST

START_TEST(the_depth_allowed_is_read) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0};
    call_init(&c, 1000);
    for (int i = 0; i < DOC_DEPTH; i++)
        buf_addc(&bytes, '[');
    for (int i = 0; i < DOC_DEPTH; i++)
        buf_addc(&bytes, ']');
    AUTO(doc) struct doc *d = doc_parse(&c, bytes.data, bytes.len);
    ck_assert_msg(d != NULL, "%s", c.detail);
    size_t depth = 0;
    for (const struct doc *in = d; doc_type(in) == DOC_LIST; in = doc_at(in, 0))
        depth++;
    ck_assert_uint_eq(depth, DOC_DEPTH);
}
END_TEST

START_TEST(values_are_found_by_their_type) {
    static const char text[] =
        "{\"t\":\"x\",\"n\":33.3,\"i\":7,\"yes\":true,\"no\":false,\"nil\":null,"
        "\"l\":[1,2,3],\"o\":{\"in\":\"side\"}}";
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *d = doc_parse(&c, text, strlen(text));
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(doc_type(d), DOC_OBJECT);
    ck_assert_int_eq(doc_type(NULL), DOC_NONE);
    ck_assert_int_eq(doc_type(doc_get(d, "nothing")), DOC_NONE);
    ck_assert_int_eq(doc_type(doc_get(d, "nil")), DOC_NULL);
    ck_assert_int_eq(doc_type(doc_get(d, "no")), DOC_BOOL);
    ck_assert_int_eq(doc_type(doc_get(d, "l")), DOC_LIST);
    ck_assert_str_eq(doc_get_text(d, "t"), "x");
    ck_assert_ptr_null(doc_get_text(d, "i"));
    ck_assert(doc_bool(doc_get(d, "yes")));
    ck_assert(!doc_bool(doc_get(d, "no")));
    ck_assert(!doc_bool(doc_get(d, "t")));
    ck_assert(doc_is_integer(doc_get(d, "i")));
    ck_assert(!doc_is_integer(doc_get(d, "n")));
    ck_assert_double_eq_tol(doc_number(doc_get(d, "n")), 33.3, 1e-9);
    ck_assert_str_eq(doc_get_number(&c, d, "n"), "33.3");
    ck_assert_str_eq(doc_get_number(&c, d, "i"), "7");
    ck_assert_ptr_null(doc_get_number(&c, d, "t"));
    ck_assert_uint_eq(doc_count(doc_get(d, "l")), 3);
    ck_assert_uint_eq(doc_count(doc_get(d, "o")), 0);
    ck_assert_ptr_null(doc_at(doc_get(d, "l"), 3));
    ck_assert_str_eq(doc_get_text(doc_get(d, "o"), "in"), "side");
}
END_TEST

START_TEST(names_are_walked_in_their_order) {
    static const char text[] = "{\"z\":1,\"a\":2,\"m\":3}";
    static const char *const names[] = {"z", "a", "m"};
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *d = doc_parse(&c, text, strlen(text));
    void *at = NULL;
    const char *name;
    const struct doc *value;
    size_t n = 0;
    while (doc_next(d, &at, &name, &value)) {
        ck_assert_str_eq(name, names[n++]);
        ck_assert_double_eq_tol(doc_number(value), (double)n, 1e-9);
    }
    ck_assert_uint_eq(n, COUNT(names));
    at = NULL;
    ck_assert(!doc_next(doc_get(d, "z"), &at, &name, &value));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_the_grammar_allows_is_read,
        what_the_grammar_forbids_is_malformed,
        a_depth_bomb_is_refused_on_a_workers_small_stack,
        objects_count_as_levels_too,
        brackets_within_text_are_no_levels,
        closing_first_earns_no_depth,
        bytes_behind_the_length_are_not_read,
        the_depth_allowed_is_read,
        values_are_found_by_their_type,
        names_are_walked_in_their_order,
    };
    return suite_run("model/doc", tests, COUNT(tests));
}
