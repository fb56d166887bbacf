#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "model/query.h"
#include "support/suite.h"

static const struct query PAGE = {.plan = "cerritos-in-progress",
                                  .as_of = "2026-10-31",
                                  .filters = "{\"goal\":\"3\"}"};

/* True when the cursor is taken for the query; a refusal is one fault on the parameter. */
static bool reads(struct query q, const char *cursor, const char *resource, const char *key1,
                  const char *key2) {
    AUTO(call) struct call c;
    const char *k1;
    const char *k2;
    call_init(&c, 1000);
    q.cursor = cursor;
    bool read = cursor_read(&c, &q, resource, &k1, &k2);
    if (!read) {
        ck_assert_int_eq(c.err, ERR_MALFORMED);
        ck_assert_str_eq(c.faults->where, "cursor");
        ck_assert_int_eq(c.faults->place, FAULT_PARAMETER);
        ck_assert_ptr_null(c.faults->next);
        return false;
    }
    if (key1) {
        ck_assert_str_eq(k1, key1);
        ck_assert_str_eq(k2 ? k2 : "", key2 ? key2 : "");
    }
    return true;
}

START_TEST(keys_come_back_as_they_went_in) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    static const char *const keys[][2] = {
        {"2026-10-31", "17"},
        {"3", NULL},
        {"3", "10"},
        {"2999-12-31", "999999999999999999"},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *cursor = cursor_write(&c, &PAGE, "updates", keys[i][0], keys[i][1]);
        ck_assert_ptr_nonnull(cursor);
        ck_assert_uint_eq(
            strspn(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            strlen(cursor));
        ck_assert(reads(PAGE, cursor, "updates", keys[i][0], keys[i][1]));
    }
}
END_TEST

START_TEST(a_page_by_names_takes_names_alone) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    static const struct {
        const char *resource, *key1, *key2;
        bool taken;
    } cases[] = {
        {"measures", "response-time-2", NULL, true},
        {"departments", "311", NULL, true},
        {"measures", "Response", NULL, false},
        {"measures", "a b", NULL, false},
        {"measures", "", NULL, false},
        {"departments", "it", "1", false},
        {"goals", "it", NULL, false},
        {"measure_values", "it", "1", false},
        {"measure_values", "2026-10-31", "17", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *cursor = cursor_write(&c, &PAGE, cases[i].resource, cases[i].key1,
                                          cases[i].key2);
        ck_assert_msg(reads(PAGE, cursor, cases[i].resource, NULL, NULL) == cases[i].taken,
                      "%s by %s", cases[i].resource, cases[i].key1);
    }
}
END_TEST

START_TEST(a_place_among_the_changes_is_all_that_a_pull_takes) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
#define PLACE "0123456789abcdef-730:735:731,734"
    static const struct {
        const char *key1, *key2;
        bool taken;
    } cases[] = {
        {PLACE, NULL, true},
        {PLACE, "+17", true},
        {PLACE, ">17", true},
        {PLACE, "fedcba9876543210-735:736: 17", true},
        {PLACE, "fedcba9876543210-735:736:735 17", true},
        {PLACE, "17", false},
        {PLACE, "+", false},
        {PLACE, ">1x", false},
        {PLACE, ">-1", false},
        {PLACE, " 17", false},
        {PLACE, "fedcba9876543210-735:736:", false},
        {PLACE, "fedcba9876543210-735:736: ", false},
        {PLACE, "fedcba9876543210-735:734: 17", false},
        {PLACE, "fedcba9876543210-735:736: 1234567890123456789", false},
        {"0123456789abcdef-735:730:", NULL, false},
        {"2026-10-31", "17", false},
        {"17", NULL, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *cursor = cursor_write(&c, &PAGE, "changes", cases[i].key1, cases[i].key2);
        const char *k1, *k2;
        struct query q = PAGE;
        q.cursor = cursor;
        AUTO(call) struct call own;
        call_init(&own, 1000);
        bool taken = cursor_read(&own, &q, "changes", &k1, &k2);
        ck_assert_msg(taken == cases[i].taken, "%s %s", cases[i].key1,
                      cases[i].key2 ? cases[i].key2 : "");
        if (!taken)
            ck_assert_str_eq(own.faults->where, "after");
    }
    ck_assert(!reads(PAGE, cursor_write(&c, &PAGE, "updates", PLACE, NULL), "updates", NULL, NULL));
#undef PLACE
}
END_TEST

START_TEST(no_cursor_is_the_first_page) {
    AUTO(call) struct call c;
    const char *k1 = "x";
    const char *k2 = "x";
    call_init(&c, 1000);
    ck_assert(cursor_read(&c, &PAGE, "updates", &k1, &k2));
    ck_assert_ptr_null(k1);
    ck_assert_ptr_null(k2);
}
END_TEST

START_TEST(a_cursor_belongs_to_its_request) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *cursor = cursor_write(&c, &PAGE, "updates", "2026-10-31", "17");
    ck_assert(reads(PAGE, cursor, "updates", "2026-10-31", "17"));
    ck_assert(!reads(PAGE, cursor, "objectives", NULL, NULL));

    struct query others[] = {PAGE, PAGE, PAGE, PAGE, PAGE, PAGE, PAGE};
    others[0].plan = NULL;
    others[1].plan = "another-plan";
    others[2].as_of = NULL;
    others[3].as_of = "2026-10-30";
    others[4].filters = "{}";
    others[5].viewer = "{\"source\":\"gogov\"}";
    others[6].known_at = "2026-11-02T18:00:00Z";
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_msg(!reads(others[i], cursor, "updates", NULL, NULL), "%zu", i);
}
END_TEST

START_TEST(the_size_of_a_page_may_change_on_the_way) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *cursor = cursor_write(&c, &PAGE, "updates", "2026-10-31", "17");
    struct query q = PAGE;
    q.limit = 7;
    q.count_exact = true;
    ck_assert(reads(q, cursor, "updates", "2026-10-31", "17"));
}
END_TEST

START_TEST(any_changed_letter_is_noticed_or_harmless) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *cursor = cursor_write(&c, &PAGE, "updates", "2026-10-31", "17");
    char plain[200];
    int64_t len = base64url_decode(cursor, strlen(cursor), plain, sizeof(plain));
    ck_assert_int_gt(len, 18);
    for (int64_t i = 0; i < 18; i++) { /* version, pin, line break */
        char changed[200];
        char text[300];
        memcpy(changed, plain, (size_t)len);
        changed[i] = (char)(changed[i] ^ 1);
        base64url_encode(changed, (size_t)len, text);
        ck_assert_msg(!reads(PAGE, text, "updates", NULL, NULL), "byte %d", (int)i);
    }
}
END_TEST

/* A cursor with our own pin, since that is no secret, and a tail as given. */
static const char *forge(struct call *c, char version, const char *tail) {
    const char *cursor = cursor_write(c, &PAGE, "updates", "1", NULL);
    char plain[300];
    char *text = call_alloc(c, 600);
    base64url_decode(cursor, strlen(cursor), plain, sizeof(plain));
    plain[0] = version;
    snprintf(plain + 17, sizeof(plain) - 17, "%s", tail);
    base64url_encode(plain, strlen(plain), text);
    return text;
}

START_TEST(forged_keys_are_refused) {
    static const char *const tails[] = {
        "",
        "\n",
        "\n1",
        "\n\n",
        "\n\n17",
        "\n1\n2\n3",
        "\nx\n1",
        "\n1\nx",
        "\n1 or 1=1\n",
        "\n2026-10-31",
        "\n-\n1",
        "\n1\n-",
        "\n--1\n2",
        "\n9-9\n",
        "\n1\n9-9",
        "\n2026-99-99\n1",
        "\n99999999999999999999\n1",
        "\n1\n99999999999999999999",
        "\n2026-10-31\n-5",
    };
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert(reads(PAGE, forge(&c, '1', "\n2026-10-31\n17"), "updates", "2026-10-31", "17"));
    for (size_t i = 0; i < COUNT(tails); i++)
        ck_assert_msg(!reads(PAGE, forge(&c, '1', tails[i]), "updates", NULL, NULL), "%zu: %s", i,
                      tails[i]);
}
END_TEST

START_TEST(another_version_is_refused) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert(!reads(PAGE, forge(&c, '2', "\n2026-10-31\n17"), "updates", NULL, NULL));
    ck_assert(!reads(PAGE, forge(&c, '0', "\n2026-10-31\n17"), "updates", NULL, NULL));
}
END_TEST

START_TEST(what_is_no_cursor_is_refused) {
    char long_text[600];
    memset(long_text, 'A', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    const char *const texts[] = {
        "",           "A",    "AAAA",        "null",
        "2026-10-31", "MQ==", "not/base64+", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        long_text,
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(!reads(PAGE, texts[i], "updates", NULL, NULL), "%s", texts[i]);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        keys_come_back_as_they_went_in,
        a_page_by_names_takes_names_alone,
        a_place_among_the_changes_is_all_that_a_pull_takes,
        no_cursor_is_the_first_page,
        a_cursor_belongs_to_its_request,
        the_size_of_a_page_may_change_on_the_way,
        any_changed_letter_is_noticed_or_harmless,
        forged_keys_are_refused,
        another_version_is_refused,
        what_is_no_cursor_is_refused,
    };
    return suite_run("model/cursor", tests, COUNT(tests));
}
