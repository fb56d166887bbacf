/* A wire without a network: the body comes from memory. */
#ifndef SUPPORT_MEMORY_WIRE_H
#define SUPPORT_MEMORY_WIRE_H

#include <stddef.h>

#include "http/request.h"

struct memory_wire {
    struct wire wire;
    const char *body; /* borrowed */
    size_t len;
    int reads; /* how often the body was asked for */
};

void memory_wire_init(struct memory_wire *m, const char *body, size_t len);

#endif
