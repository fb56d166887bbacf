/* The Idempotency-Key header: one visible text comes out, the same for its quoted and its bare
 * form. */
#include "fuzz.h"
#include "model/operation.h"

static bool is_visible(const char *key) {
    for (; *key; key++)
        if (*key < ' ' || *key > '~')
            return false;
    return true;
}

/* The key between quotation marks, as the IETF draft writes it. */
static const char *quoted(struct call *c, const char *key) {
    char *out = call_alloc(c, strlen(key) * 2 + 3), *end = out;
    assert(out);
    *end++ = '"';
    for (; *key; *end++ = *key++)
        if (strchr("\"\\", *key))
            *end++ = '\\';
    *end = '"';
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    AUTO(call) struct call c;
    call_init(&c, 1000);
    const char *key = idempotency_key_parse(&c, input_text(&c, &in, '\0'));
    bool fine = fault_check(&c);
    assert(fine == (key != NULL));
    check_call(&c, fine);
    if (!key)
        return 0;
    assert(strlen(key) >= 1 && strlen(key) <= 255 && is_visible(key));
    const char *again = idempotency_key_parse(&c, quoted(&c, key));
    assert(again && strcmp(again, key) == 0);
    return 0;
}
