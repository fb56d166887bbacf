/* Which addresses may be spoken to: those of the public internet, and networks that the operator
 * names. Asked of the address that is really connected to, whatever name led there. */
#ifndef LIVE_REACH_H
#define LIVE_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/call.h"

enum { REACH_MOST = 32 };

struct network {
    int family;       /* AF_INET, AF_INET6 */
    uint8_t byte[16]; /* 4 of them for AF_INET */
    int bits;         /* that count */
};

/* Beyond the public ones. */
struct reach {
    struct network allowed[REACH_MOST];
    size_t count;
};

/* Reads "10.0.0.0/8", "::1": an address alone is a network of one. */
MUST_CHECK bool network_parse(const char *text, size_t len, struct network *out);

/* Reads a comma list of networks; NULL and "" are none. Fails with ERR_MALFORMED, naming the
 * member. */
MUST_CHECK bool reach_parse(struct call *c, const char *list, struct reach *out);

/* Anything but IPv4 and IPv6 is refused; so are forms of IPv6 that hold an IPv4 address (mapped,
 * NAT64, 6to4), since what they lead to is for another to say. Any thread. */
bool reach_may(const struct reach *r, const struct sockaddr *a);

#endif
