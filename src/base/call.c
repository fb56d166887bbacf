#include "base/call.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/clock.h"

/* No request of ours needs a tenth of it; a runaway one fails alone. */
static const size_t ARENA_LIMIT = (size_t)64 << 20;

enum { FAULTS_MAX = 100 };

static int64_t deadline_of(int64_t budget_ms) {
    int64_t now = clock_mono_us();
    int64_t most = (INT64_MAX - now) / 1000;
    return now + (budget_ms < most ? budget_ms : most) * 1000;
}

/* Everything but the arena. */
static void begin(struct call *c, int64_t budget_ms) {
    struct arena arena = c->arena;
    *c = (struct call){
        .arena = arena,
        .deadline_us = deadline_of(budget_ms),
        .now_us = clock_wall_us(),
    };
    c->faults_end = &c->faults;
}

void call_init(struct call *c, int64_t budget_ms) {
    arena_init(&c->arena, ARENA_LIMIT);
    begin(c, budget_ms);
}

void call_drop(struct call *c) {
    arena_drop(&c->arena);
}

void call_auto(struct call *c) {
    call_drop(c);
}

void call_reset(struct call *c, int64_t budget_ms) {
    arena_reset(&c->arena);
    begin(c, budget_ms);
}

int64_t call_left_ms(const struct call *c) {
    if (c->given_up && atomic_load(c->given_up))
        return 0;
    int64_t left = c->deadline_us - clock_mono_us();
    return left > 0 ? left / 1000 : 0;
}

bool fail(struct call *c, enum err err, const char *format, ...) {
    assert(err > ERR_NONE && err < ERR_COUNT);
    if (c->err != ERR_NONE)
        return false;

    c->err = err;
    va_list args;
    va_start(args, format);
    c->detail = arena_vprintf(&c->arena, format, args);
    va_end(args);
    if (!c->detail)
        c->detail = "out of memory";
    return false;
}

void call_recover(struct call *c) {
    c->err = ERR_NONE;
    c->detail = NULL;
    c->faults = NULL;
    c->faults_end = &c->faults;
}

static size_t fault_count(const struct call *c) {
    size_t count = 0;
    for (const struct fault *f = c->faults; f; f = f->next)
        count++;
    return count;
}

void fault_add(struct call *c, enum fault_place place, const char *where, const char *format, ...) {
    if (fault_count(c) >= FAULTS_MAX)
        return;

    struct fault *f = call_alloc(c, sizeof(*f));
    if (!f)
        return;
    va_list args;
    va_start(args, format);
    f->place = place;
    f->where = call_strdup(c, where);
    f->detail = arena_vprintf(&c->arena, format, args);
    va_end(args);
    if (!f->where || !f->detail) {
        fail(c, ERR_NO_MEMORY, "out of memory");
        return;
    }
    *c->faults_end = f;
    c->faults_end = &f->next;
}

/* As a person names it: "links/0/url" for "#/links/0/url", "body" for the whole. */
static const char *plain_name(const struct fault *f) {
    if (f->place != FAULT_POINTER)
        return f->where;
    const char *name = f->where + strspn(f->where, "#");
    name += *name == '/';
    return *name ? name : "body";
}

bool fault_check(struct call *c) {
    if (!c->faults)
        return c->err == ERR_NONE;

    enum err err = ERR_INVALID;
    for (const struct fault *f = c->faults; f; f = f->next) {
        if (f->place != FAULT_POINTER)
            err = ERR_MALFORMED;
    }
    if (!c->faults->next)
        return fail(c, err, "%s: %s", plain_name(c->faults), c->faults->detail);
    return fail(c, err, "%zu faults", fault_count(c));
}

static void *lent(struct call *c, void *loan) {
    if (!loan)
        fail(c, ERR_NO_MEMORY, "out of memory");
    return loan;
}

void *call_alloc(struct call *c, size_t size) {
    return lent(c, arena_alloc(&c->arena, size));
}

char *call_strdup(struct call *c, const char *text) {
    return lent(c, arena_strdup(&c->arena, text));
}

char *call_strndup(struct call *c, const char *text, size_t len) {
    return lent(c, arena_strndup(&c->arena, text, len));
}

char *call_printf(struct call *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(&c->arena, format, args);
    va_end(args);
    return lent(c, text);
}
