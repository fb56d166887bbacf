#include "base/secret.h"

#include <stdio.h>
#include <string.h>

#include "support/suite.h"

START_TEST(sha256_gives_the_published_values) {
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char hex[SHA256_HEX];
        sha256_hex(cases[i].text, strlen(cases[i].text), hex);
        ck_assert_str_eq(hex, cases[i].hex);
        uint8_t raw[SHA256_SIZE];
        sha256(cases[i].text, strlen(cases[i].text), raw);
        char first[3];
        snprintf(first, sizeof(first), "%02x", raw[0]);
        ck_assert_mem_eq(first, cases[i].hex, 2);
    }
}
END_TEST

START_TEST(pieces_hash_as_their_sum) {
    const struct piece pieces[] = {{"a", 1}, {"", 0}, {NULL, 0}, {"bc", 2}};
    char hex[SHA256_HEX];
    sha256_hex_pieces(pieces, COUNT(pieces), hex);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex_pieces(NULL, 0, hex);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(random_bytes_differ) {
    uint8_t a[1000] = {0};
    uint8_t b[1000] = {0};
    ck_assert(secret_random(a, sizeof(a)));
    ck_assert(secret_random(b, sizeof(b)));
    ck_assert_mem_ne(a, b, sizeof(a));
    ck_assert(secret_random(a, 0));
}
END_TEST

START_TEST(equality_sees_each_byte) {
    ck_assert(secret_equal("abc", "abc", 3));
    ck_assert(!secret_equal("abc", "abd", 3));
    ck_assert(!secret_equal("abc", "bbc", 3));
    ck_assert(secret_equal("abc", "abd", 2));
    ck_assert(secret_equal("a", "b", 0));
}
END_TEST

START_TEST(base64url_gives_the_published_values) {
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].bytes);
        char text[32];
        ck_assert_uint_eq(base64url_encode(cases[i].bytes, len, text), strlen(cases[i].text));
        ck_assert_str_eq(text, cases[i].text);
        char back[32];
        ck_assert_int_eq(base64url_decode(text, strlen(text), back, len), (int64_t)len);
        ck_assert_mem_eq(back, cases[i].bytes, len);
    }
}
END_TEST

START_TEST(base64url_round_trips_every_length) {
    uint8_t bytes[100];
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        ck_assert(secret_random(bytes, len));
        char text[(100 * 4 + 2) / 3 + 1];
        size_t written = base64url_encode(bytes, len, text);
        ck_assert_uint_eq(written, (len * 4 + 2) / 3);
        uint8_t back[100];
        ck_assert_int_eq(base64url_decode(text, written, back, len), (int64_t)len);
        ck_assert_mem_eq(back, bytes, len);
    }
}
END_TEST

START_TEST(base64url_refuses_what_is_not_strict) {
    static const char *const cases[] = {
        "Z",     /* no byte */
        "Zm9vY", /* no byte at the end */
        "Zg==",  /* padding */
        "Zh",    /* left-over bits */
        "Zm9",   /* left-over bits */
        "Zm 8",  "Zm8\n", "+/+/", "Zm\xc3\xa9",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[16];
        ck_assert_msg(base64url_decode(cases[i], strlen(cases[i]), out, sizeof(out)) == -1, "%s",
                      cases[i]);
    }
    char out[3];
    ck_assert_int_eq(base64url_decode("Zm\0v", 4, out, sizeof(out)), -1);
}
END_TEST

START_TEST(base64url_writes_no_further_than_the_capacity) {
    char out[3] = "~~~";
    ck_assert_int_eq(base64url_decode("Zm9v", 4, out, 2), -1);
    ck_assert_mem_eq(out, "~~~", 3);
    ck_assert_int_eq(base64url_decode("Zm8", 3, out, 2), 2);
    ck_assert_mem_eq(out, "fo~", 3);
    ck_assert_int_eq(base64url_decode("Zg", 2, out, 0), -1);
    ck_assert_int_eq(base64url_decode("", 0, out, 0), 0);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        sha256_gives_the_published_values,
        pieces_hash_as_their_sum,
        random_bytes_differ,
        equality_sees_each_byte,
        base64url_gives_the_published_values,
        base64url_round_trips_every_length,
        base64url_refuses_what_is_not_strict,
        base64url_writes_no_further_than_the_capacity,
    };
    return suite_run("base/secret", tests, COUNT(tests));
}
