#include "model/operation.h"

#include <string.h>

#include "support/suite.h"

START_TEST(idempotency_keys_come_quoted_or_bare) {
    static const struct {
        const char *header, *key;
    } cases[] = {
        {"\"abc\"", "abc"},
        {"abc", "abc"},
        {"\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"},
        {"8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"},
        {"\"two words\"", "two words"},
        {"\"a\\\"b\"", "a\"b"},
        {"\"a\\\\b\"", "a\\b"},
        {"a\\b", "a\\b"},
        {"a;b=c,d", "a;b=c,d"},
        {"~", "~"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        const char *key = idempotency_key_parse(&c, cases[i].header);
        ck_assert_msg(key != NULL, "%s: %s", cases[i].header, c.faults ? c.faults->detail : "?");
        ck_assert_str_eq(key, cases[i].key);
        ck_assert(fault_check(&c));
    }
}
END_TEST

START_TEST(other_idempotency_keys_are_faults_of_the_header) {
    static const char *const headers[] = {
        "",
        "\"\"",
        "\"",
        "\"abc",
        "abc\"",
        "a\"b",
        "\"a\"b\"",
        "\"a\\b\"",
        "\"a\\\"",
        "two words",
        "caf\xc3\xa9",
        "\"caf\xc3\xa9\"",
        "a\tb",
        "\"a\tb\"",
        "\x01"
        "abc",
        "\"\x01"
        "abc\"",
        "\"a\", \"b\"",
        "\x7f",
    };
    for (size_t i = 0; i < COUNT(headers); i++) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        ck_assert_msg(!idempotency_key_parse(&c, headers[i]), "%s", headers[i]);
        ck_assert(!fault_check(&c));
        ck_assert_int_eq(c.err, ERR_MALFORMED);
        ck_assert_int_eq(c.faults->place, FAULT_HEADER);
        ck_assert_str_eq(c.faults->where, "Idempotency-Key");
    }
}
END_TEST

START_TEST(an_idempotency_key_has_at_most_255_characters) {
    for (size_t len = 255; len <= 256; len++) {
        AUTO(call) struct call c;
        char bare[300];
        char quoted[300];
        call_init(&c, 1000);
        memset(bare, 'k', len);
        bare[len] = '\0';
        quoted[0] = '"';
        memcpy(quoted + 1, bare, len);
        memcpy(quoted + 1 + len, "\"", 2);
        ck_assert_int_eq(idempotency_key_parse(&c, bare) != NULL, len == 255);
        ck_assert_int_eq(idempotency_key_parse(&c, quoted) != NULL, len == 255);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        idempotency_keys_come_quoted_or_bare,
        other_idempotency_keys_are_faults_of_the_header,
        an_idempotency_key_has_at_most_255_characters,
    };
    return suite_run("model/operation", tests, COUNT(tests));
}
