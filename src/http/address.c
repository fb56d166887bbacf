#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct address *a) {
    return memcmp(a->byte, mapped, sizeof(mapped)) == 0;
}

bool address_parse(const char *text, size_t len, struct address *out) {
    char copy[INET6_ADDRSTRLEN];
    if (len == 0 || len >= sizeof(copy))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';

    memcpy(out->byte, mapped, sizeof(mapped));
    return inet_pton(AF_INET, copy, out->byte + sizeof(mapped)) == 1 ||
           inet_pton(AF_INET6, copy, out->byte) == 1;
}

bool address_equal(const struct address *a, const struct address *b) {
    return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

bool address_is_loopback(const struct address *a) {
    static const uint8_t one[16] = {[15] = 1};
    return is_v4(a) ? a->byte[12] == 127 : memcmp(a->byte, one, sizeof(one)) == 0;
}

void address_client_text(const struct address *a, char out[ADDRESS_TEXT]) {
    if (is_v4(a)) {
        (void)inet_ntop(AF_INET, a->byte + sizeof(mapped), out, ADDRESS_TEXT);
        return;
    }
    struct address net = *a;
    memset(net.byte + 8, 0, 8);
    char text[INET6_ADDRSTRLEN] = "";
    (void)inet_ntop(AF_INET6, net.byte, text, sizeof(text));
    (void)snprintf(out, ADDRESS_TEXT, "%s/64", text);
}

/* The digits after the slash of a CIDR; -1 when they are none or more than most. */
static int bits_of(struct slice s, int most) {
    if (s.len < 1 || s.len > 3)
        return -1;
    int bits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        bits = bits * 10 + (s.at[i] - '0');
    }
    return bits <= most ? bits : -1;
}

static bool add_proxy(struct slice member, struct proxies *p) {
    const char *slash = memchr(member.at, '/', member.len);
    size_t len = slash ? (size_t)(slash - member.at) : member.len;
    if (p->count == PROXIES_MAX || !address_parse(member.at, len, &p->row[p->count].net))
        return false;

    int bits = 128;
    if (slash) {
        int base = is_v4(&p->row[p->count].net) ? 96 : 0;
        bits = bits_of((struct slice){slash + 1, member.len - len - 1}, 128 - base);
        if (bits < 0)
            return false;
        bits += base;
    }
    p->row[p->count++].bits = bits;
    return true;
}

bool proxies_parse(struct call *c, const char *list, struct proxies *out) {
    *out = (struct proxies){0};
    struct slice rest = {list, list ? strlen(list) : 0};
    struct slice member;
    while (text_next(&rest, ',', &member)) {
        if (member.len > 0 && !add_proxy(member, out))
            return fail(c, ERR_MALFORMED,
                        "trusted proxies: \"%.*s\" is no address, no CIDR or one too many",
                        (int)member.len, member.at);
    }
    return true;
}

static bool same_bits(const struct address *a, const struct address *b, int bits) {
    size_t whole = (size_t)bits / 8;
    if (memcmp(a->byte, b->byte, whole) != 0)
        return false;
    unsigned rest = (unsigned)bits % 8;
    return rest == 0 || (a->byte[whole] ^ b->byte[whole]) >> (8 - rest) == 0;
}

bool proxies_trust(const struct proxies *p, const struct address *a) {
    for (size_t i = 0; i < p->count; i++) {
        if (same_bits(&p->row[i].net, a, p->row[i].bits))
            return true;
    }
    return false;
}

/* What proxies write: an address, perhaps with a port, IPv6 then in brackets. */
static bool parse_forwarded(struct slice s, struct address *out) {
    if (s.len > 2 && s.at[0] == '[') {
        const char *end = memchr(s.at, ']', s.len);
        return end && address_parse(s.at + 1, (size_t)(end - s.at) - 1, out);
    }
    const char *colon = memchr(s.at, ':', s.len);
    bool one_colon = colon && !memchr(colon + 1, ':', s.len - (size_t)(colon - s.at) - 1);
    return address_parse(s.at, one_colon ? (size_t)(colon - s.at) : s.len, out);
}

/* Cuts the last member off a comma list; false when the list is used up. */
static bool take_last(struct slice *list, struct slice *member) {
    if (list->len == 0)
        return false;
    size_t start = list->len;
    while (start > 0 && list->at[start - 1] != ',')
        start--;
    *member = text_trim((struct slice){list->at + start, list->len - start});
    list->len = start > 0 ? start - 1 : 0;
    return true;
}

struct address proxies_client(const struct proxies *p, const struct address *peer,
                              const struct request *rq) {
    struct address client = *peer;
    for (size_t i = rq->nheaders; i-- > 0;) {
        if (strcasecmp(rq->headers[i].name, "X-Forwarded-For") != 0)
            continue;
        struct slice list = {rq->headers[i].value, strlen(rq->headers[i].value)};
        struct slice member;
        while (take_last(&list, &member)) {
            struct address next;
            /* Who is not trusted is not believed; who is trusted but wrote nonsense is taken
             * himself. */
            if (!proxies_trust(p, &client) || !parse_forwarded(member, &next))
                return client;
            client = next;
        }
    }
    return client;
}
