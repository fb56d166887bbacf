/* Runs the tests of one file, each by its own name: "ok - base/buf: a_failure_is_sticky". */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <check.h>
#include <stddef.h>

#include "base/macros.h"

/* check's old macro of this name would hide the one of base/call.h. */
#undef fail

/* Each test in a process of its own. Prints one line a test, and for a failed one where and why;
 * returns main's exit code. */
int suite_run(const char *name, const TTest *const *tests, size_t count);

#endif
