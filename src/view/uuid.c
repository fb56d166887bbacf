#include "uuid.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"

void uuid_of(const char *plan, bool demo, const char *name, char out[UUID_SIZE]) {
    static const char SPACE[] = "cerritos-in-progress";
    const char *kind = demo ? "demo" : "plan";
    char hex[SHA256_HEX];
    const struct piece pieces[] = {
        {SPACE, sizeof SPACE},
        {kind, strlen(kind) + 1},
        {plan ? plan : "", plan ? strlen(plan) + 1 : 0},
        {name, strlen(name)},
    };
    sha256_hex_pieces(pieces, COUNT(pieces), hex);
    hex[12] = '8';
    hex[16] = "89ab89ab89ab89ab"[strchr("0123456789abcdef", hex[16]) - "0123456789abcdef"];
    snprintf(out, UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}
