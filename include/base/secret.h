/* Hashes, random bytes and comparison in constant time: the only file that knows OpenSSL. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

enum { SHA256_SIZE = 32, SHA256_HEX = 65, SHA384_SIZE = 48 };

/* SHA-256 (FIPS 180-4) of len bytes. */
void sha256(const void *bytes, size_t len, uint8_t out[SHA256_SIZE]);

/* The same as lower-case hex with its NUL. */
void sha256_hex(const void *bytes, size_t len, char out[SHA256_HEX]);

/* SHA-384 (FIPS 180-4), which subresource integrity is written in. */
void sha384(const void *bytes, size_t len, uint8_t out[SHA384_SIZE]);

/* SHA-256 of several pieces one after the other. */
struct piece {
    const void *bytes;
    size_t len;
};
void sha256_hex_pieces(const struct piece *pieces, size_t count, char out[SHA256_HEX]);

/* SHA-256 of what comes bit by bit: begin, add, add, …, end. */
struct digest {
    uint64_t room[16]; /* what it has seen so far */
};
void digest_begin(struct digest *d);
void digest_add(struct digest *d, const void *bytes, size_t len);
void digest_end(struct digest *d, uint8_t out[SHA256_SIZE]);

/* Bytes as lower-case hex with its NUL: out holds len * 2 + 1. */
void hex_encode(const void *bytes, size_t len, char *out);

/* HMAC-SHA256 (RFC 2104) of several pieces one after the other. */
void hmac_sha256(const void *key, size_t key_len, const struct piece *pieces, size_t count,
                 uint8_t out[SHA256_SIZE]);

/* Random bytes from the system; false when it has none (never ignore it). */
MUST_CHECK bool secret_random(void *out, size_t len);

/* Equal, in time that depends on len only. */
bool secret_equal(const void *a, const void *b, size_t len);

/* base64url without padding (RFC 4648 5); out holds at least (len * 4 + 2) / 3 + 1 bytes. Returns
 * the length. */
size_t base64url_encode(const void *bytes, size_t len, char *out);

/* Returns the decoded length, or -1 when text is not strict base64url or more than cap bytes. */
int64_t base64url_decode(const char *text, size_t len, void *out, size_t cap);

/* The same with the other alphabet and padding (RFC 4648 4); out holds at least (len + 2) / 3 * 4 +
 * 1 bytes. */
size_t base64_encode(const void *bytes, size_t len, char *out);
int64_t base64_decode(const char *text, size_t len, void *out, size_t cap);

#endif
