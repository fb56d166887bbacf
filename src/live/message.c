#include "message.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"

#define SECRET_PREFIX "whsec_"
enum { KEY_MOST = 64 };

static bool sign_one(struct buf *out, const char *secret, size_t len, const struct piece *pieces,
                     size_t count) {
    const size_t skip = strlen(SECRET_PREFIX);
    uint8_t key[KEY_MOST], digest[SHA256_SIZE];
    char text[(SHA256_SIZE + 2) / 3 * 4 + 1];
    if (len <= skip || strncmp(secret, SECRET_PREFIX, skip) != 0)
        return false;
    int64_t key_len = base64_decode(secret + skip, len - skip, key, sizeof key);
    if (key_len <= 0)
        return false;
    hmac_sha256(key, (size_t)key_len, pieces, count, digest);
    base64_encode(digest, sizeof digest, text);
    buf_addf(out, "%sv1,%s", out->len ? " " : "", text);
    return true;
}

bool message_sign(struct call *c, const char *secrets, const char *id, int64_t seconds,
                  const char *body, struct buf *out) {
    char middle[24];
    int len = snprintf(middle, sizeof middle, ".%lld.", (long long)seconds);
    const struct piece pieces[] = {{id, strlen(id)}, {middle, (size_t)len}, {body, strlen(body)}};
    for (const char *at = secrets; *at;) {
        size_t word = strcspn(at, " ");
        if (!sign_one(out, at, word, pieces, COUNT(pieces)))
            return fail(c, ERR_INTERNAL, "a webhook's secret has not its form");
        at += word + (at[word] == ' ');
    }
    return buf_ok(c, out) && (out->len > 0 || fail(c, ERR_INTERNAL, "a webhook has no secret"));
}

int64_t message_retry_ms(int attempt, uint32_t chance) {
    static const int32_t SECONDS[MESSAGE_ATTEMPTS - 1] = {5,         5 * 60,    30 * 60,
                                                          2 * 3600,  5 * 3600,  10 * 3600,
                                                          14 * 3600, 20 * 3600, 24 * 3600};
    if (attempt < 1 || attempt >= MESSAGE_ATTEMPTS)
        return -1;
    int64_t ms = (int64_t)SECONDS[attempt - 1] * 1000;
    int64_t fifth = ms / 5;
    return ms - fifth / 2 + fifth * (int64_t)(chance >> 8) / (1 << 24);
}
