#include "http/route.h"

#include <assert.h>
#include <string.h>

#include "text.h"

static bool is_number(const char *value) {
    size_t digits = strspn(value, "0123456789");
    return digits >= 1 && digits <= 18 && value[digits] == '\0';
}

static bool is_source(const char *value) {
    return *value >= 'a' && *value <= 'z' &&
           value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static bool is_something(const char *value) {
    return *value != '\0';
}

static bool is_edition(const char *value) {
    return strlen(value) == 16 && strspn(value, "0123456789abcdef") == 16;
}

/* Every name that a pattern may hold between braces, and what it takes. */
static const struct shape {
    const char *name;
    bool (*fits)(const char *value);
} shapes[] = {
    {"id", is_number},           {"number", is_number},
    {"source", is_source},       {"external_id", is_something},
    {"code", is_something},      {"name", is_something},
    {"slug", is_something},      {"delivery", is_number},
    {"period", is_something},    {"edition", is_edition},
    {"operation", is_something},
};

static const struct shape *shape_of(struct slice name) {
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (text_equal(name, shapes[i].name))
            return &shapes[i];
    }
    assert(name.len == 0 && "every name in a route pattern has its shape");
    return NULL;
}

static bool take(const struct shape *shape, const char *value, struct route_args *args) {
    if (!shape || !shape->fits(value) || args->count == ROUTE_ARGS)
        return false;
    args->arg[args->count++] = (struct pair){shape->name, value};
    return true;
}

/* "{code}.svg", "widget-{edition}.js": what stands before and behind the name is as it is. */
static bool meets_inside(struct slice part, const char *value, struct route_args *args) {
    const char *open = memchr(part.at, '{', part.len);
    const char *shut = open ? memchr(open, '}', part.len - (size_t)(open - part.at)) : NULL;
    if (!shut)
        return text_equal(part, value);
    struct slice name = {open + 1, (size_t)(shut - open) - 1};
    size_t before = (size_t)(open - part.at), behind = part.len - before - name.len - 2;
    size_t len = strlen(value);
    if (len < before + behind || len - before - behind >= sizeof(args->cut) ||
        memcmp(value, part.at, before) != 0 || memcmp(value + len - behind, shut + 1, behind) != 0)
        return false;
    memcpy(args->cut, value + before, len - before - behind);
    args->cut[len - before - behind] = '\0';
    return take(shape_of(name), args->cut, args);
}

static bool meets(struct slice part, const char *value, struct route_args *args) {
    if (part.len > 2 && part.at[0] == '{' && part.at[part.len - 1] == '}')
        return take(shape_of((struct slice){part.at + 1, part.len - 2}), value, args);
    return (part.at[0] == '{' || part.at[0] == value[0]) && meets_inside(part, value, args);
}

bool route_match(const char *pattern, const struct request *rq, struct route_args *args) {
    args->count = 0;
    size_t n = 0;
    for (const char *at = pattern; at[0] == '/' && at[1] != '\0'; n++) {
        struct slice part = {at + 1, strcspn(at + 1, "/")};
        if (n == rq->nsegments || !meets(part, rq->segment[n], args))
            return false;
        at = part.at + part.len;
    }
    return n == rq->nsegments;
}

const char *route_arg(const struct route_args *args, const char *name) {
    for (size_t i = 0; i < args->count; i++) {
        if (strcmp(args->arg[i].name, name) == 0)
            return args->arg[i].value;
    }
    return NULL;
}
