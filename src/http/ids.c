#include "ids.h"

#include <string.h>

#include "base/secret.h"
#include "text.h"

static const char hex[] = "0123456789abcdef";

enum {
    TRACE_AT = 3,
    TRACE_LEN = 32,
    PARENT_AT = 36,
    PARENT_LEN = 16,
    FLAGS_AT = 53,
    TRACEPARENT_LEN = 55
};

bool ids_init(struct ids *s) {
    return secret_random(s->state, sizeof(s->state));
}

/* splitmix64: every state gives another number. */
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void fresh(struct ids *s, char out[TRACE_LEN + 1]) {
    for (int half = 0; half < 2; half++) {
        uint64_t n = next(&s->state[half]);
        for (int i = 0; i < 16; i++, n >>= 4)
            *out++ = hex[n & 15];
    }
    *out = '\0';
}

/* len hex digits in lower case, not all of them 0. */
static bool is_id(const char *text, size_t len) {
    return strspn(text, hex) >= len && strspn(text, "0") < len;
}

const char *ids_traceparent(const struct request *rq) {
    const char *text = request_header(rq, "traceparent");
    if (!text || strlen(text) < TRACEPARENT_LEN)
        return NULL;
    bool ends = text[TRACEPARENT_LEN] == '\0' ||
                (text[TRACEPARENT_LEN] == '-' && strncmp(text, "00", 2) != 0);
    bool dashes = text[TRACE_AT - 1] == '-' && text[PARENT_AT - 1] == '-' &&
                  text[FLAGS_AT - 1] == '-';
    bool valid = strspn(text, hex) == 2 && strncmp(text, "ff", 2) != 0 && dashes && ends &&
                 is_id(text + TRACE_AT, TRACE_LEN) && is_id(text + PARENT_AT, PARENT_LEN) &&
                 strspn(text + FLAGS_AT, hex) == 2;
    return valid ? text : NULL;
}

void ids_take(struct ids *s, struct call *c, const struct request *rq) {
    const char *given = request_header(rq, "X-Request-Id");
    size_t len = given ? text_span(given, "._-") : 0;
    const char *trace = ids_traceparent(rq);
    if (len >= 1 && len < sizeof(c->request_id) && given[len] == '\0') {
        memcpy(c->request_id, given, len + 1);
    } else if (trace) {
        memcpy(c->request_id, trace + TRACE_AT, TRACE_LEN);
        c->request_id[TRACE_LEN] = '\0';
    } else {
        fresh(s, c->request_id);
    }
}
