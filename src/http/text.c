#include "text.h"

#include <string.h>

static bool is_alphanumeric(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static bool is_among(char byte, const char *set) {
    while (*set != '\0' && *set != byte)
        set++;
    return *set != '\0';
}

/* strspn makes a table of its set at every call, which costs more than a short text has bytes. */
size_t text_span(const char *text, const char *more) {
    const char *at = text;
    while (is_alphanumeric(*at) || (*at != '\0' && is_among(*at, more)))
        at++;
    return (size_t)(at - text);
}

size_t text_token(const char *text) {
    return text_span(text, "-_!#$%&'*+.^`|~");
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t';
}

struct slice text_trim(struct slice s) {
    while (s.len > 0 && is_space(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

/* Where the member ends; a stop inside a quoted string is none. */
static size_t member_end(struct slice s, char stop) {
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"')
            quoted = !quoted;
        else if (quoted && s.at[i] == '\\')
            i++;
        else if (!quoted && s.at[i] == stop)
            return i;
    }
    return s.len;
}

bool text_next(struct slice *rest, char stop, struct slice *member) {
    if (!rest->at)
        return false;
    size_t end = member_end(*rest, stop);
    *member = text_trim((struct slice){rest->at, end});
    if (end < rest->len)
        *rest = (struct slice){rest->at + end + 1, rest->len - end - 1};
    else
        *rest = (struct slice){0};
    return true;
}

bool text_equal(struct slice s, const char *text) {
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

bool text_equal_any_case(struct slice s, const char *text) {
    return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

bool text_lists(const char *list, const char *word) {
    struct slice rest = {list, list ? strlen(list) : 0};
    struct slice member;
    while (text_next(&rest, ',', &member)) {
        if (text_equal_any_case(member, word))
            return true;
    }
    return false;
}
