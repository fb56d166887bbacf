#include "reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* Not of the public internet (IANA's registries of special-purpose addresses). */
static const char *const CLOSED[] = {
    "0.0.0.0/8",       /* this host (RFC 1122) */
    "10.0.0.0/8",      /* private (RFC 1918) */
    "100.64.0.0/10",   /* shared by carriers (RFC 6598) */
    "127.0.0.0/8",     /* loopback */
    "169.254.0.0/16",  /* link-local: clouds answer there with credentials (RFC 3927) */
    "172.16.0.0/12",   /* private */
    "192.0.0.0/24",    /* protocol assignments (RFC 6890) */
    "192.0.2.0/24",    /* documentation (RFC 5737) */
    "192.88.99.0/24",  /* 6to4 relays (RFC 7526) */
    "192.168.0.0/16",  /* private */
    "198.18.0.0/15",   /* benchmarks (RFC 2544) */
    "198.51.100.0/24", /* documentation */
    "203.0.113.0/24",  /* documentation */
    "224.0.0.0/4",     /* multicast */
    "240.0.0.0/4",     /* reserved, broadcast */
    "2001::/23",       /* protocol assignments, Teredo among them (RFC 2928) */
    "2001:db8::/32",   /* documentation (RFC 3849) */
    "2002::/16",       /* 6to4: holds an IPv4 address (RFC 3056) */
    "3fff::/20",       /* documentation (RFC 9637) */
};

/* All global unicast lies in it; loopback, unique local, link-local, multicast, mapped and NAT64
 * lie beside it. */
static const char GLOBAL[] = "2000::/3";

/* The digits after the slash; -1 when they are none or more than most. */
static int bits_of(const char *text, size_t len, int most) {
    int bits = 0;
    if (len < 1 || len > 3)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        bits = bits * 10 + (text[i] - '0');
    }
    return bits <= most ? bits : -1;
}

bool network_parse(const char *text, size_t len, struct network *out) {
    char copy[INET6_ADDRSTRLEN];
    const char *slash = memchr(text, '/', len);
    size_t host = slash ? (size_t)(slash - text) : len;
    if (host == 0 || host >= sizeof(copy))
        return false;
    memcpy(copy, text, host);
    copy[host] = '\0';
    *out = (struct network){.family = strchr(copy, ':') ? AF_INET6 : AF_INET};
    int most = out->family == AF_INET6 ? 128 : 32;
    out->bits = slash ? bits_of(slash + 1, len - host - 1, most) : most;
    return out->bits >= 0 && inet_pton(out->family, copy, out->byte) == 1;
}

bool reach_parse(struct call *c, const char *list, struct reach *out) {
    *out = (struct reach){0};
    for (const char *at = list ? list : ""; *at;) {
        size_t len = strcspn(at, ",");
        size_t skip = strspn(at, " ");
        skip = skip < len ? skip : len;
        size_t end = len;
        while (end > skip && at[end - 1] == ' ')
            end--;
        if (end > skip && (out->count == REACH_MOST ||
                           !network_parse(at + skip, end - skip, &out->allowed[out->count++])))
            return fail(c, ERR_MALFORMED,
                        "networks for webhooks: \"%.*s\" is no address, no CIDR or one too many",
                        (int)(end - skip), at + skip);
        at += len + (at[len] == ',');
    }
    return true;
}

static bool holds(const struct network *n, int family, const uint8_t *byte) {
    size_t whole = (size_t)n->bits / 8;
    unsigned rest = (unsigned)n->bits % 8;
    if (n->family != family || memcmp(n->byte, byte, whole) != 0)
        return false;
    return rest == 0 || (n->byte[whole] ^ byte[whole]) >> (8 - rest) == 0;
}

static bool is_in(const char *text, int family, const uint8_t *byte) {
    struct network n;
    return network_parse(text, strlen(text), &n) && holds(&n, family, byte);
}

/* Its bytes, 4 or 16 of them; false for another family. */
static bool read_address(const struct sockaddr *a, uint8_t byte[16]) {
    if (a->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, a, sizeof v4);
        memcpy(byte, &v4.sin_addr, 4);
        return true;
    }
    if (a->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, a, sizeof v6);
    memcpy(byte, &v6.sin6_addr, 16);
    return true;
}

bool reach_may(const struct reach *r, const struct sockaddr *a) {
    uint8_t byte[16] = {0};
    int family = a->sa_family;
    if (!read_address(a, byte))
        return false;
    for (size_t i = 0; i < r->count; i++)
        if (holds(&r->allowed[i], family, byte))
            return true;
    for (size_t i = 0; i < COUNT(CLOSED); i++)
        if (is_in(CLOSED[i], family, byte))
            return false;
    return family == AF_INET || is_in(GLOBAL, family, byte);
}
