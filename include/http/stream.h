/* An answer that goes on: after its head and body a function writes to the client, on the same
 * thread, until it returns; then the connection ends. */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* Where such a function writes to: a connection in the service, memory in the tests. */
struct outlet {
    /* Writes all of it; false when the client has gone, or takes longer than a few seconds. */
    bool (*write)(struct outlet *o, const void *bytes, size_t len);
    /* False when the client has surely gone; costs next to nothing. */
    bool (*open)(struct outlet *o);
};

/* What a handler leaves in its reply. run is called with the request gone and its memory too, or
 * not at all (HEAD, a client that had gone); drop is called in any case, once. */
struct sequel {
    void (*run)(void *context, struct outlet *o); /* NULL: the answer ends as others do */
    void (*drop)(void *context);
    void *context; /* NULL: there is nothing to run or drop */
};

/* Drops what was left; nothing is left afterwards. */
void sequel_drop(struct sequel *s);

#endif
