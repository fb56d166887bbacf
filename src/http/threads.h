/* How many worker threads this machine allows, and why that many. */
#ifndef HTTP_THREADS_H
#define HTTP_THREADS_H

#include <stddef.h>

enum {
    THREADS_MOST = 2048, /* 20 kB each when idle */
    THREADS_LEAST = 16,
    THREADS_WHY = 160
};

/* wished > 0 is taken, where the limits allow it; 0 chooses. Raises the soft limit of open files
 * towards the hard one. why gets a sentence. */
int threads_choose(int wished, char why[THREADS_WHY]);

/* Keeps the idle workers out of the way of everybody else's locks, where the kernel can. Once, at
 * start. */
void threads_part(void);

#endif
