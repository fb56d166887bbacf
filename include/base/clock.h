/* The two clocks: wall time for documents, monotonic time for deadlines. Tests set the wall clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/macros.h"

/* Microseconds since 1970-01-01 UTC; the fixed time where clock_fix was called. */
int64_t clock_wall_us(void);

/* Microseconds on the monotonic clock; only differences mean anything. */
int64_t clock_mono_us(void);

/* The monotonic clock so many milliseconds from now, for conditions that wait by it. */
struct timespec clock_in_ms(int64_t ms);

/* Fixes the wall clock for tests (0 frees it). Call before threads start. */
void clock_fix(int64_t wall_us);

/* "2026-11-02T17:04:11.120Z" (RFC 3339, milliseconds); out holds at least 25 bytes. */
void clock_rfc3339(int64_t wall_us, char out[25]);

/* "Mon, 02 Nov 2026 17:04:11 GMT" (RFC 9110 5.6.7); out holds at least 30 bytes. */
void clock_http_date(int64_t wall_us, char out[30]);

/* Parses RFC 3339 date-time with an offset or Z (any number of fraction digits); false when it is
 * none. */
MUST_CHECK bool clock_parse_rfc3339(const char *text, int64_t *wall_us);

/* True for a calendar date "YYYY-MM-DD" that exists, year 1900 to 2999. */
MUST_CHECK bool clock_is_date(const char *text);

#endif
