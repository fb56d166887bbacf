/* The four macros of the house; a fifth needs a reason. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Release by scope: `AUTO(buf) struct buf b;` calls buf_auto(&b) when the scope ends. */
#define AUTO(type) __attribute__((cleanup(type##_auto)))

#define MUST_CHECK               __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
