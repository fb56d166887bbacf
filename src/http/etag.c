#include "http/reply.h"

#include <inttypes.h>
#include <string.h>

#include "base/secret.h"
#include "reply_inside.h"
#include "text.h"

static const char gzip_mark[] = "-gz";

const char *reply_etag(struct call *c, int64_t revision, const char *body, size_t len) {
    char hash[SHA256_HEX];
    sha256_hex(body, len, hash);
    return call_printf(c, "\"r%" PRId64 "-%.16s\"", revision, hash);
}

/* The opaque part without quotes and without the mark of the gzip coding; len 0 when it is no
 * entity tag. */
static struct slice opaque(struct slice tag) {
    if (tag.len >= 2 && tag.at[0] == 'W' && tag.at[1] == '/')
        tag = (struct slice){tag.at + 2, tag.len - 2};
    if (tag.len < 2 || tag.at[0] != '"' || tag.at[tag.len - 1] != '"')
        return (struct slice){0};
    tag = (struct slice){tag.at + 1, tag.len - 2};
    size_t mark = sizeof(gzip_mark) - 1;
    if (tag.len > mark && memcmp(tag.at + tag.len - mark, gzip_mark, mark) == 0)
        tag.len -= mark;
    return tag;
}

bool etag_matches(const char *if_none_match, const char *etag) {
    if (!if_none_match || !etag)
        return false;
    struct slice ours = opaque((struct slice){etag, strlen(etag)});
    struct slice rest = {if_none_match, strlen(if_none_match)};
    struct slice member;
    while (text_next(&rest, ',', &member)) {
        if (text_equal(member, "*"))
            return true;
        struct slice theirs = opaque(member);
        if (theirs.len > 0 && theirs.len == ours.len && memcmp(theirs.at, ours.at, ours.len) == 0)
            return true;
    }
    return false;
}

/* The number after `"r`, of at most 18 digits and before a "-"; -1 when there is none. */
static int64_t revision_in(struct slice tag) {
    if (tag.len < 4 || tag.at[0] != '"' || tag.at[1] != 'r' || tag.at[tag.len - 1] != '"')
        return -1;
    int64_t revision = 0;
    size_t i = 2;
    for (; i < tag.len && i < 20 && tag.at[i] >= '0' && tag.at[i] <= '9'; i++)
        revision = revision * 10 + (tag.at[i] - '0');
    return i > 2 && tag.at[i] == '-' ? revision : -1;
}

int64_t etag_revision(const char *if_match) {
    struct slice rest = {if_match, if_match ? strlen(if_match) : 0};
    struct slice member;
    while (text_next(&rest, ',', &member)) {
        if (text_equal(member, "*"))
            return ETAG_ANY;
        int64_t revision = revision_in(member);
        if (revision >= 0)
            return revision;
    }
    return -1;
}

void reply_add_digest(struct buf *out, const char *body, size_t len) {
    uint8_t digest[SHA256_SIZE];
    sha256(body, len, digest);
    buf_adds(out, "Repr-Digest: ");
    reply_spell_digest(out, digest);
    buf_adds(out, "\r\n");
}

/* A byte sequence of RFC 9651 3.3.5: base64 in its plain alphabet, padded. */
void reply_spell_digest(struct buf *out, const uint8_t digest[SHA256_SIZE]) {
    char text[SHA256_SIZE * 2];
    base64url_encode(digest, SHA256_SIZE, text);
    for (char *at = text; *at; at++)
        *at = (char)(*at == '-' ? '+' : *at == '_' ? '/' : *at);
    buf_addf(out, "sha-256=:%s=:", text);
}
