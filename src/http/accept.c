#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "text.h"

enum { Q_ONE = 1000, Q_LEAST = 1 };

/* qvalue of RFC 9110 12.4.2 in thousandths; -1 when it is none. */
static int qvalue(struct slice s) {
    if (s.len < 1 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') ||
        (s.len > 1 && s.at[1] != '.'))
        return -1;
    int q = (s.at[0] - '0') * Q_ONE;
    int unit = Q_ONE / 10;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        q += (s.at[i] - '0') * unit;
    }
    return q <= Q_ONE ? q : -1;
}

/* A member of an Accept-like list. Parameters of a media range are passed over: our types have none
 * that matter. */
struct wish {
    struct slice range;
    int q;
};

/* A q that is none counts as 0: what was meant is not known. */
static struct wish read_wish(struct slice member) {
    struct wish w = {.q = Q_ONE};
    struct slice part;
    if (!text_next(&member, ';', &w.range))
        return w;
    while (text_next(&member, ';', &part)) {
        if (part.len >= 2 && (part.at[0] == 'q' || part.at[0] == 'Q') && part.at[1] == '=') {
            int q = qvalue((struct slice){part.at + 2, part.len - 2});
            w.q = q < 0 ? 0 : q;
            break;
        }
    }
    return w;
}

/* How closely a media range names the type: 3 itself, 2 its family, 1 anything, 0 not at all. */
static int closeness(struct slice range, const char *type) {
    if (text_equal_any_case(range, type))
        return 3;
    const char *slash = strchr(type, '/');
    size_t family = slash ? (size_t)(slash - type) + 1 : 0;
    if (family > 0 && range.len == family + 1 && range.at[family] == '*' &&
        strncasecmp(range.at, type, family) == 0)
        return 2;
    return text_equal(range, "*/*") ? 1 : 0;
}

int accept_quality(const char *header, const char *type) {
    struct slice rest = text_trim((struct slice){header, header ? strlen(header) : 0});
    if (rest.len == 0)
        return Q_ONE;
    struct slice member;
    int best = 0;
    int q = 0;
    while (text_next(&rest, ',', &member)) {
        struct wish w = read_wish(member);
        int close = closeness(w.range, type);
        if (close > best || (close == best && close > 0 && w.q > q)) {
            best = close;
            q = w.q;
        }
    }
    return q;
}

int accept_language(const char *header, int (*find)(const char *range, size_t len)) {
    struct slice rest = {header, header ? strlen(header) : 0};
    struct slice member;
    int best = 0;
    int language = -1;
    while (text_next(&rest, ',', &member)) {
        struct wish w = read_wish(member);
        int found = w.q > best ? find(w.range.at, w.range.len) : -1;
        if (found >= 0) {
            best = w.q;
            language = found;
        }
    }
    return language;
}

static bool names_coding(struct slice range, const char *coding) {
    return text_equal_any_case(range, coding) ||
           (strcasecmp(coding, "gzip") == 0 && text_equal_any_case(range, "x-gzip"));
}

int accept_encoding_quality(const char *header, const char *coding) {
    if (!header)
        return 0;
    struct slice rest = {header, strlen(header)};
    struct slice member;
    int any = -1;
    while (text_next(&rest, ',', &member)) {
        struct wish w = read_wish(member);
        if (names_coding(w.range, coding))
            return w.q;
        if (text_equal(w.range, "*"))
            any = w.q;
    }
    /* Identity need not be named to be acceptable (RFC 9110 12.5.3); unnamed it is what one falls
     * back to. */
    if (strcasecmp(coding, "identity") == 0)
        return any == 0 ? 0 : Q_LEAST;
    return any < 0 ? 0 : any;
}
