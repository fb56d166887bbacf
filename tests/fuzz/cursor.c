/* A cursor from a stranger, or one of ours with other keys in it: never more than a day and an id,
 * or the plan's own numbers, gets through, and only where it belongs. */
#include "base/clock.h"
#include "fuzz.h"
#include "model/query.h"

static bool are_digits(const char *text, size_t most) {
    size_t n = strspn(text, "0123456789");
    return n > 0 && n <= most && text[n] == '\0';
}

static void check_keys(const char *key1, const char *key2) {
    if (clock_is_date(key1))
        assert(key2 && are_digits(key2, 18));
    else
        assert(are_digits(key1, 9) && (!key2 || are_digits(key2, 9)));
}

static bool reads(struct query *q, const char *resource, const char *cursor) {
    AUTO(call) struct call c;
    const char *key1, *key2;
    call_init(&c, 1000);
    q->cursor = cursor;
    bool read = cursor_read(&c, q, resource, &key1, &key2);
    check_call(&c, read);
    if (read)
        check_keys(key1, key2);
    return read;
}

/* "keys of our own": with the right pin, since no guess finds one. */
static void forge(struct call *c, struct input *in) {
    struct query q = {.plan = "vision", .filters = "{\"goal\":\"7\"}"};
    const char *key1 = input_text(c, in, ';'), *key2 = input_text(c, in, ';');
    const char *cursor = cursor_write(c, &q, "updates", key1, in->len ? key2 : NULL);
    if (!cursor || !reads(&q, "updates", cursor))
        return;
    assert(!reads(&q, "objectives", cursor));
    q.filters = "{\"goal\":\"8\"}";
    assert(!reads(&q, "updates", cursor));
    q = (struct query){.plan = "vision", .as_of = "2026-01-31", .filters = "{\"goal\":\"7\"}"};
    assert(!reads(&q, "updates", cursor));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    struct query q = {.filters = "{}"};
    AUTO(call) struct call c;
    call_init(&c, 1000);
    if (input_byte(&in) % 2)
        forge(&c, &in);
    else
        assert(!reads(&q, "updates", input_text(&c, &in, '\0')));
    return 0;
}
