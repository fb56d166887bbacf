/* Spells one log line into a fixed buffer: valid JSON however long its fields are. Private to base.
 */
#ifndef BASE_LOG_TEXT_H
#define BASE_LOG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

enum { LOG_LINE_MAX = 4096 };

struct log_text {
    size_t len;
    bool full; /* something was left out; the line says "truncated":true */
    char bytes[LOG_LINE_MAX];
};

/* fields may be NULL. The line ends with a line feed and has no NUL. */
void log_text_make(struct log_text *t, int64_t wall_us, enum log_level level, const char *event,
                   const struct log_field *fields);

#endif
