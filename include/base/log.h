/* JSON lines on one descriptor: a bounded ring that any thread may fill, one writer thread that
 * empties it. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

struct log;

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Starts the writer on fd (not closed by log_free). NULL when out of memory or threads. */
struct log *log_new(int fd, enum log_level least);

/* Writes what is queued, then stops. Accepts NULL. */
void log_free(struct log *l);

enum log_type { LOG_END, LOG_TEXT, LOG_INT, LOG_BOOL };

/* One field of a line. LOG_END ends the array. */
struct log_field {
    const char *name;
    enum log_type type;
    const char *text; /* LOG_TEXT; NULL becomes null */
    int64_t number;   /* LOG_INT, LOG_BOOL */
};

/* One line: {"time":…,"level":…,"event":…, fields…}. Never blocks: a full ring drops the line and
 * counts it (the writer reports the count in a line of its own). l may be NULL: then nothing is
 * written. No secret may be passed. */
void log_line(struct log *l, enum log_level level, const char *event,
              const struct log_field *fields);

/* {"event":event,"detail":formatted}. */
void log_say(struct log *l, enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Lines dropped since the start. */
uint64_t log_dropped(const struct log *l);

#endif
