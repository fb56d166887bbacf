/* The door when no descriptor is left. The library's thread that accepts would then ask again and
 * again without a pause, as long as anybody waits; so nobody is left waiting. */
#ifndef HTTP_SPARE_H
#define HTTP_SPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole answer where there is room for nobody more, be it descriptors or memory: it needs
 * neither. */
extern const char SPARE_ANSWER[];
extern const size_t SPARE_ANSWER_LENGTH;

/* A descriptor kept for that moment; the reaper's own. */
struct spare {
    int fd; /* -1: none could be had */
};

void spare_init(struct spare *s);
void spare_drop(struct spare *s);

/* True when somebody waits at the listener and the process, or the system, has no descriptor left
 * for him. */
bool spare_is_needed(int listener);

/* For that many milliseconds, or until there is room again: whoever comes gets 503 with Retry-After
 * and is sent away. False, and at once, when the spare is gone: another took it meanwhile. */
bool spare_turn_away(struct spare *s, int listener, int64_t ms);

#endif
