/*
 * One unit of work: a request, a command, a background round. It carries the arena, the first
 * error, the gathered faults, the deadline, who asks and under which id. Every function that can
 * fail takes it first.
 */
#ifndef BASE_CALL_H
#define BASE_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/macros.h"

/* What can go wrong, in the domain's words. Codes know nothing of HTTP: reply.c maps them in one
 * table. */
enum err {
    ERR_NONE,
    ERR_MALFORMED,       /* not what the grammar allows: syntax, parameter, header */
    ERR_INVALID,         /* well-formed, but a value is refused; see the faults */
    ERR_UNAUTHENTICATED, /* no key, or not a live one */
    ERR_FORBIDDEN,       /* a live key that may not do this */
    ERR_NOT_FOUND,
    ERR_NO_ACTIVE_PLAN, /* no plan is active, so unqualified paths name nothing */
    ERR_METHOD,         /* the resource exists; it has no such method */
    ERR_NOT_ACCEPTABLE, /* none of the types asked for can be given */
    ERR_TIMEOUT,        /* the client took longer than its deadline */
    ERR_CONFLICT,       /* the state of the resource refuses it */
    ERR_SUPERSEDED,     /* an update that is no longer the head of its chain */
    ERR_KNOWN,          /* the natural key is taken; c->location says by what */
    ERR_REDACTED,       /* states what was redacted there */
    ERR_IN_FLIGHT,      /* the same idempotency key is being worked on now */
    ERR_KEY_REUSED,     /* an idempotency key with another request */
    ERR_LENGTH_REQUIRED,
    ERR_STALE, /* If-Match names another revision */
    ERR_TOO_LARGE,
    ERR_URI_TOO_LONG,
    ERR_MEDIA_TYPE,
    ERR_PRECONDITION_REQUIRED, /* If-Match is missing */
    ERR_TOO_MANY,              /* rate limit; c->retry_after_s says until when */
    ERR_HEADERS_TOO_LARGE,
    ERR_NOT_IMPLEMENTED,
    ERR_UNAVAILABLE,     /* the database, or room, is missing for now */
    ERR_OUTCOME_UNKNOWN, /* the database died while committing */
    ERR_NO_MEMORY,
    ERR_INTERNAL, /* our own fault; the log has the reason */
    ERR_COUNT
};

/* Where in the request a fault lies. */
enum fault_place { FAULT_POINTER, FAULT_PARAMETER, FAULT_HEADER };

struct fault {
    struct fault *next; /* in order of discovery */
    enum fault_place place;
    const char *where; /* "#/percent_complete", "limit", "If-Match" */
    const char *detail;
};

/* Scopes of a key (api.md). SCOPE_ADMIN implies the others. */
enum scope {
    SCOPE_PUBLIC = 0,
    SCOPE_REPORT = 1,
    SCOPE_PUBLISH = 2,
    SCOPE_EDIT = 4,
    SCOPE_ADMIN = 8
};

/* Whose key it is: lent to a call for its life. */
struct principal {
    const char *key_id;
    const char *client_id;
    const char *holder;
    const char *source;        /* NULL: any (admin keys only) */
    const char *objective_ids; /* comma list of permanent ids; NULL: all */
    unsigned scopes;           /* bits of enum scope */
};

struct call {
    struct arena arena;
    enum err err;         /* the first error; nobody overwrites it */
    const char *detail;   /* its sentence, for a person */
    const char *location; /* for ERR_KNOWN */
    int retry_after_s;    /* for ERR_TOO_MANY and ERR_UNAVAILABLE; 0 = the default */
    struct fault *faults;
    struct fault **faults_end;
    int64_t deadline_us;         /* on the monotonic clock (clock_mono_us) */
    const atomic_bool *given_up; /* true: as if the deadline had passed; NULL: nobody can say so */
    int64_t now_us;              /* wall clock when the call began, microseconds since 1970 UTC */
    const struct principal *who; /* NULL: the public */
    char request_id[65];
};

/* Begins a unit of work that must end within budget_ms. Drops with call_drop. */
void call_init(struct call *c, int64_t budget_ms);
void call_drop(struct call *c);
void call_auto(struct call *c); /* for AUTO(call) */

/* Ready for the next unit of work, keeping the arena's first block. */
void call_reset(struct call *c, int64_t budget_ms);

/* Milliseconds left before the deadline, never below 0. */
int64_t call_left_ms(const struct call *c);

/* Records the first error; always returns false, so `return fail(c, ERR_NOT_FOUND, "no goal %s",
 * id);`. */
bool fail(struct call *c, enum err err, const char *format, ...) PRINTF_LIKE(3, 4);

/* Takes the error back, where another way was found: only whoever made the failing call may. */
void call_recover(struct call *c);

/* Gathers one fault of a request; the call fails with ERR_INVALID (pointer) or ERR_MALFORMED
 * (parameter, header) at fault_check. At most 100 are kept. */
void fault_add(struct call *c, enum fault_place place, const char *where, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* True when no fault was gathered; otherwise fails the call with a sentence that counts them. */
MUST_CHECK bool fault_check(struct call *c);

/* Arena memory of the call; NULL fails the call with ERR_NO_MEMORY. */
void *call_alloc(struct call *c, size_t size);
char *call_strdup(struct call *c, const char *text);
char *call_strndup(struct call *c, const char *text, size_t len);
char *call_printf(struct call *c, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
