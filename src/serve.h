/* `progressd serve`: builds the process in order, serves until a signal, tears it down in reverse.
 */
#ifndef SERVE_H
#define SERVE_H

/* Returns the exit code. */
int serve(void);

#endif
