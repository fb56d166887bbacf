/* Files that the build put into the binary (tools/embed.c), so that the program needs none beside
 * itself. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

/* One file, byte for byte, with a NUL after its last byte that len does not count. Lives as long as
 * the process. */
struct embedded_file {
    const char *name;
    const char *bytes;
    size_t len;
};

#endif
