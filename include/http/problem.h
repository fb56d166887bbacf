/* The problems that an answer can name: one row each, the only place where an error becomes an HTTP
 * status. */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include <stddef.h>

#include "base/call.h"

struct problem {
    enum err err;
    int status;
    const char *code; /* last segment of its type, "/problems/<code>" */
    const char *title;
    const char *help; /* what to do, in plain words: its page */
};

extern const struct problem PROBLEMS[];
extern const size_t PROBLEM_COUNT;

/* The row of an error; ERR_INTERNAL's for an unknown one. */
const struct problem *problem_of(enum err err);

/* The row of a code, or NULL. */
const struct problem *problem_find(const char *code);

#endif
