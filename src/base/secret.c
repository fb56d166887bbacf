/* The one-step functions of OpenSSL 3 allocate and may fail; the plain SHA-256 context lives on the
 * stack and cannot. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/secret.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/random.h>

void sha256(const void *bytes, size_t len, uint8_t out[SHA256_SIZE]) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, len);
    SHA256_Final(out, &context);
}

/* What OpenSSL calls so is SHA-384's context too. */
void sha384(const void *bytes, size_t len, uint8_t out[SHA384_SIZE]) {
    SHA512_CTX context;
    SHA384_Init(&context);
    SHA384_Update(&context, bytes, len);
    SHA384_Final(out, &context);
}

void hex_encode(const void *bytes, size_t len, char *out) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[at[i] >> 4];
        *out++ = digits[at[i] & 15];
    }
    *out = '\0';
}

void sha256_hex(const void *bytes, size_t len, char out[SHA256_HEX]) {
    sha256_hex_pieces(&(struct piece){bytes, len}, 1, out);
}

void sha256_hex_pieces(const struct piece *pieces, size_t count, char out[SHA256_HEX]) {
    uint8_t digest[SHA256_SIZE];
    SHA256_CTX context;
    SHA256_Init(&context);
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&context, pieces[i].bytes, pieces[i].len);
    SHA256_Final(digest, &context);
    hex_encode(digest, sizeof(digest), out);
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest), "a digest has room for the context");

static SHA256_CTX *context_of(struct digest *d) {
    return (SHA256_CTX *)(void *)d->room;
}

void digest_begin(struct digest *d) {
    SHA256_Init(context_of(d));
}

void digest_add(struct digest *d, const void *bytes, size_t len) {
    SHA256_Update(context_of(d), bytes, len);
}

void digest_end(struct digest *d, uint8_t out[SHA256_SIZE]) {
    SHA256_Final(out, context_of(d));
}

enum { HMAC_BLOCK = 64 };

/* The hash of one padded key and what follows it. */
static void hmac_pass(const uint8_t block[HMAC_BLOCK], uint8_t pad, const struct piece *pieces,
                      size_t count, uint8_t out[SHA256_SIZE]) {
    uint8_t padded[HMAC_BLOCK];
    SHA256_CTX context;
    for (size_t i = 0; i < HMAC_BLOCK; i++)
        padded[i] = block[i] ^ pad;
    SHA256_Init(&context);
    SHA256_Update(&context, padded, sizeof(padded));
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&context, pieces[i].bytes, pieces[i].len);
    SHA256_Final(out, &context);
    OPENSSL_cleanse(padded, sizeof(padded));
}

void hmac_sha256(const void *key, size_t key_len, const struct piece *pieces, size_t count,
                 uint8_t out[SHA256_SIZE]) {
    uint8_t block[HMAC_BLOCK] = {0};
    uint8_t inner[SHA256_SIZE];
    if (key_len > sizeof(block))
        sha256(key, key_len, block);
    else if (key_len > 0)
        memcpy(block, key, key_len);
    hmac_pass(block, 0x36, pieces, count, inner);
    hmac_pass(block, 0x5c, &(struct piece){inner, sizeof(inner)}, 1, out);
    OPENSSL_cleanse(block, sizeof(block));
}

bool secret_random(void *out, size_t len) {
    uint8_t *at = out;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

bool secret_equal(const void *a, const void *b, size_t len) {
    return CRYPTO_memcmp(a, b, len) == 0;
}

static const char URL_LETTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t encode(const char *alphabet, const void *bytes, size_t len, char *out) {
    const uint8_t *at = bytes;
    const char *start = out;
    uint32_t bits = 0;
    int held = 0; /* bits not yet written */
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | at[i];
        for (held += 8; held >= 6; held -= 6)
            *out++ = alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *out++ = alphabet[bits << (6 - held) & 63];
    *out = '\0';
    return (size_t)(out - start);
}

size_t base64url_encode(const void *bytes, size_t len, char *out) {
    return encode(URL_LETTERS, bytes, len, out);
}

size_t base64_encode(const void *bytes, size_t len, char *out) {
    size_t written = encode(LETTERS, bytes, len, out);
    for (; written % 4 != 0; written++)
        out[written] = '=';
    out[written] = '\0';
    return written;
}

/* 0 to 63, or -1. */
static int sextet(const char *alphabet, char c) {
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

static int64_t decode(const char *alphabet, const char *text, size_t len, void *out, size_t cap) {
    /* A lone character is no byte. */
    if (len % 4 == 1 || len / 4 * 3 + (len % 4 * 3) / 4 > cap)
        return -1;
    uint8_t *at = out;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < len; i++) {
        int six = sextet(alphabet, text[i]);
        if (six < 0)
            return -1;
        bits = bits << 6 | (uint32_t)six;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *at++ = (uint8_t)(bits >> held);
        }
    }
    /* Left-over bits other than zero would make two texts of the same bytes. */
    if ((bits & ((1U << held) - 1)) != 0)
        return -1;
    return at - (uint8_t *)out;
}

int64_t base64url_decode(const char *text, size_t len, void *out, size_t cap) {
    return decode(URL_LETTERS, text, len, out, cap);
}

int64_t base64_decode(const char *text, size_t len, void *out, size_t cap) {
    if (len % 4 != 0)
        return -1;
    for (int padding = 0; padding < 2 && len > 0 && text[len - 1] == '='; padding++)
        len--;
    return decode(LETTERS, text, len, out, cap);
}
