/* Who asks: addresses, the proxies that are trusted to name another, and what one client is for the
 * limits. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "http/request.h"

enum { ADDRESS_TEXT = 64, PROXIES_MAX = 32 };

/* IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2), so that there is one form. */
struct address {
    uint8_t byte[16];
};

/* Addresses with the number of bits that count. */
struct proxies {
    struct {
        struct address net;
        int bits;
    } row[PROXIES_MAX];
    size_t count;
};

/* Reads "192.0.2.1" or "2001:db8::1", of len bytes. */
MUST_CHECK bool address_parse(const char *text, size_t len, struct address *out);

bool address_equal(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *a);

/* IPv4 as it is, IPv6 as its /64: what one client is (api.md). */
void address_client_text(const struct address *a, char out[ADDRESS_TEXT]);

/* Reads a comma list of addresses and CIDRs; NULL and "" are none. Fails with ERR_MALFORMED, naming
 * the member. */
MUST_CHECK bool proxies_parse(struct call *c, const char *list, struct proxies *out);

bool proxies_trust(const struct proxies *p, const struct address *a);

/* The client of a request from peer: the peer itself, or, where that is a trusted proxy, the last
 * address in X-Forwarded-For that is none. Everything left of that may be invented and is not
 * looked at. */
struct address proxies_client(const struct proxies *p, const struct address *peer,
                              const struct request *rq);

#endif
