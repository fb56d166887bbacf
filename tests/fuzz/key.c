/* The text of an API key, as it comes; or with a right checksum, since no guess finds one. */
#include "model/key.h"

#include <stdio.h>

#include "base/secret.h"
#include "fuzz.h"

enum { BODY = 4 + KEY_ID_LEN + 1 + KEY_SECRET_LEN };

static const char *sealed(struct call *c, const char *text) {
    uint8_t digest[SHA256_SIZE];
    char check[SHA256_SIZE * 2];
    sha256(text, strlen(text), digest);
    base64url_encode(digest, 6, check);
    return call_printf(c, "%s%.*s", text, KEY_CHECK_LEN, check);
}

static void check_scopes(const char *list) {
    unsigned scopes = 0;
    bool known = scopes_parse(list, &scopes);
    assert(known == (scopes != 0));
    assert(scopes <= (SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT | SCOPE_ADMIN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    bool seals = input_byte(&in) % 2;
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *text = input_text(&c, &in, '\0');
    const char *key = seals ? sealed(&c, text) : text;
    char id[KEY_ID_LEN + 1];
    check_scopes(text);
    if (!key_parse(key, id))
        return 0;
    assert(strlen(key) == BODY + KEY_CHECK_LEN && strlen(key) < KEY_TEXT_SIZE);
    assert(strlen(id) == KEY_ID_LEN && strncmp(key + 4, id, KEY_ID_LEN) == 0);
    return 0;
}
