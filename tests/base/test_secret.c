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

START_TEST(sha384_gives_the_published_value) {
    uint8_t raw[SHA384_SIZE];
    char hex[SHA384_SIZE * 2 + 1];
    sha384("abc", 3, raw);
    hex_encode(raw, sizeof(raw), hex);
    ck_assert_str_eq(hex, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                          "8086072ba1e7cc2358baeca134c825a7");
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

/* RFC 4231 4.2, 4.3, 4.7: a short key, a key that is a word, a key longer than a block. */
START_TEST(hmac_gives_the_published_values) {
    static const struct {
        uint8_t fill;
        size_t fill_len;
        const char *key, *text, *mac;
    } cases[] = {
        {0x0b, 20, NULL, "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {0, 0, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t key[131], mac[SHA256_SIZE];
        char hex[SHA256_HEX];
        memset(key, cases[i].fill, sizeof(key));
        size_t split = i * 3;
        const struct piece pieces[] = {{cases[i].text, split},
                                       {cases[i].text + split, strlen(cases[i].text) - split}};
        hmac_sha256(cases[i].key ? (const void *)cases[i].key : key,
                    cases[i].key ? strlen(cases[i].key) : cases[i].fill_len, pieces, COUNT(pieces),
                    mac);
        for (size_t j = 0; j < sizeof(mac); j++)
            snprintf(hex + j * 2, 3, "%02x", mac[j]);
        ck_assert_str_eq(hex, cases[i].mac);
    }
}
END_TEST

START_TEST(base64_gives_the_published_values_and_takes_nothing_else) {
    static const char *const cases[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff", "+/8="},
    };
    static const char *const refused[] = {"Zg",  "Zg=",  "Zg===", "Z===", "Zh==",
                                          "Zm9", "-_8=", "Zm9\n", "====", "Zg==Zg=="};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[16], bytes[8];
        size_t len = strlen(cases[i][0]);
        ck_assert_uint_eq(base64_encode(cases[i][0], len, text), strlen(cases[i][1]));
        ck_assert_str_eq(text, cases[i][1]);
        ck_assert_int_eq(base64_decode(text, strlen(text), bytes, sizeof(bytes)), (int64_t)len);
        ck_assert_mem_eq(bytes, cases[i][0], len);
    }
    for (size_t i = 0; i < COUNT(refused); i++) {
        char bytes[8];
        ck_assert_msg(base64_decode(refused[i], strlen(refused[i]), bytes, sizeof(bytes)) == -1,
                      "%s", refused[i]);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        sha256_gives_the_published_values,
        sha384_gives_the_published_value,
        pieces_hash_as_their_sum,
        random_bytes_differ,
        equality_sees_each_byte,
        base64url_gives_the_published_values,
        base64url_round_trips_every_length,
        base64url_refuses_what_is_not_strict,
        base64url_writes_no_further_than_the_capacity,
        hmac_gives_the_published_values,
        base64_gives_the_published_values_and_takes_nothing_else,
    };
    return suite_run("base/secret", tests, COUNT(tests));
}
