#include "model/key.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "support/suite.h"

#define SECRET "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

/* A key of this id and secret, whatever they are, with the right checksum. */
static void make(const char *id, const char *secret, char out[100]) {
    uint8_t digest[SHA256_SIZE];
    char check[SHA256_SIZE * 2];
    int len = snprintf(out, 90, "cip_%s_%s", id, secret);
    sha256(out, (size_t)len, digest);
    base64url_encode(digest, 6, check);
    snprintf(out + len, 10, "%.6s", check);
}

START_TEST(a_key_gives_its_id) {
    char text[100];
    char id[KEY_ID_LEN + 1];
    make("a1B2c3D4e5", SECRET, text);
    ck_assert_uint_eq(strlen(text), 64);
    ck_assert_uint_lt(strlen(text), KEY_TEXT_SIZE);
    ck_assert(key_parse(text, id));
    ck_assert_str_eq(id, "a1B2c3D4e5");
}
END_TEST

START_TEST(one_wrong_letter_anywhere_is_noticed) {
    char text[100];
    make("a1B2c3D4e5", SECRET, text);
    for (size_t i = 0; i < strlen(text); i++) {
        char changed[100];
        char id[KEY_ID_LEN + 1];
        memcpy(changed, text, sizeof(changed));
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        ck_assert_msg(!key_parse(changed, id), "%s", changed);
    }
}
END_TEST

START_TEST(a_key_of_another_shape_is_none) {
    static const struct {
        const char *id, *secret;
    } cases[] = {
        {"a1B2c3D4e", SECRET},  {"a1B2c3D4e55", SECRET},    {"a1B2c3D4-5", SECRET},
        {"a1B2c3D4_5", SECRET}, {"a1B2c3D4 5", SECRET},     {"a1B2c3D4\xc3\xa9", SECRET},
        {"a1B2c3D4e5", ""},     {"a1B2c3D4e5", "x" SECRET}, {"", SECRET},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[100];
        char id[KEY_ID_LEN + 1];
        make(cases[i].id, cases[i].secret, text);
        ck_assert_msg(!key_parse(text, id), "%s", text);
    }
}
END_TEST

START_TEST(what_is_no_key_is_none) {
    static const char *const cases[] = {
        "",
        "cip_",
        "cip__",
        "Bearer cip_x",
        "x",
        "cip_a1B2c3D4e5_",
        "cip_a1B2c3D4e5_" SECRET,
        "CIP_a1B2c3D4e5_" SECRET "123456",
    };
    char id[KEY_ID_LEN + 1];
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(!key_parse(cases[i], id), "%s", cases[i]);
}
END_TEST

START_TEST(the_checksum_covers_the_prefix_too) {
    char text[100];
    char id[KEY_ID_LEN + 1];
    make("a1B2c3D4e5", SECRET, text);
    memcpy(text, "abc_", 4);
    ck_assert(!key_parse(text, id));
}
END_TEST

START_TEST(scopes_are_read_from_a_comma_list) {
    static const struct {
        const char *list;
        unsigned scopes;
    } cases[] = {
        {"report", SCOPE_REPORT},
        {"publish", SCOPE_PUBLISH},
        {"edit", SCOPE_EDIT},
        {"admin", SCOPE_ADMIN},
        {"report,publish", SCOPE_REPORT | SCOPE_PUBLISH},
        {"edit,report,edit", SCOPE_REPORT | SCOPE_EDIT},
        {"report,publish,edit,admin", SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT | SCOPE_ADMIN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned scopes = 0;
        ck_assert_msg(scopes_parse(cases[i].list, &scopes), "%s", cases[i].list);
        ck_assert_uint_eq(scopes, cases[i].scopes);
    }
}
END_TEST

START_TEST(an_unknown_scope_adds_nothing) {
    static const char *const cases[] = {"",        "root",         "Report",       "report,",
                                        ",report", "report,,edit", "report ,edit", "reports",
                                        "repor",   "report;edit",  "public"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned scopes = SCOPE_EDIT;
        ck_assert_msg(!scopes_parse(cases[i], &scopes), "%s", cases[i]);
        ck_assert_uint_eq(scopes, SCOPE_EDIT);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_key_gives_its_id,
        one_wrong_letter_anywhere_is_noticed,
        a_key_of_another_shape_is_none,
        what_is_no_key_is_none,
        the_checksum_covers_the_prefix_too,
        scopes_are_read_from_a_comma_list,
        an_unknown_scope_adds_nothing,
    };
    return suite_run("model/key", tests, COUNT(tests));
}
