#include "model/operation.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"

enum { IDEMPOTENCY_KEY_MOST = 255 };

void outcome_auto(struct outcome *o) {
    rows_free(o->rows);
}

bool operation_check(struct call *c, const struct operation *op, const char *bytes, size_t len) {
    if (len == 0 && (op->flags & OPERATION_BODILESS))
        return true;
    AUTO(doc) struct doc *body = doc_parse(c, bytes, len);
    if (!body)
        return false;
    field_check(c, op->fields, body, "#");
    if (op->check && doc_type(body) == DOC_OBJECT)
        op->check(c, body);
    return fault_check(c);
}

/* ---- the envelope that every write statement takes beside its body (sql/functions) ---- */

static void add_member(struct buf *b, const char *name, const char *text) {
    buf_addf(b, ",\"%s\":", name);
    buf_add_json(b, text);
}

/* A write without a key of its own gets one for its life, so that it too can be repeated when the
 * database dies under it. */
static const char *own_key(struct call *c) {
    uint8_t noise[16];
    char text[24];
    if (!secret_random(noise, sizeof noise)) {
        fail(c, ERR_INTERNAL, "no random bytes");
        return NULL;
    }
    base64url_encode(noise, sizeof noise, text);
    return call_printf(c, "\x01%s", text);
}

static void fingerprint(const struct call *c, const struct intent *in, char hex[SHA256_HEX]) {
    const struct piece pieces[] = {
        {c->who->client_id, strlen(c->who->client_id)},
        {"\n", 1},
        {in->target, strlen(in->target)},
        {"\n", 1},
        {in->body, in->len},
    };
    sha256_hex_pieces(pieces, COUNT(pieces), hex);
}

static bool write_envelope(struct call *c, const struct intent *in, struct buf *b) {
    char now[25], hex[SHA256_HEX];
    const char *key = in->idempotency_key ? in->idempotency_key : own_key(c);
    if (!key)
        return false;
    clock_rfc3339(c->now_us, now);
    fingerprint(c, in, hex);
    buf_addf(b, "{\"dry_run\":%s", in->dry_run ? "true" : "false");
    add_member(b, "key", c->who->key_id);
    add_member(b, "idem", key);
    add_member(b, "fingerprint", hex);
    add_member(b, "request_id", c->request_id);
    add_member(b, "now", now);
    add_member(b, "plan", in->plan);
    if (in->if_match >= 0)
        buf_addf(b, ",\"if_match\":%lld", (long long)in->if_match);
    buf_addf(b, ",\"args\":%s}", in->args);
    return buf_ok(c, b);
}

static bool take_outcome(struct call *c, struct rows *rows, struct outcome *out) {
    out->rows = rows;
    if (rows_count(rows) != 1 || !rows_text(rows, 0, 3))
        return fail(c, ERR_INTERNAL, "a write gave no document");
    out->status = (int)rows_int(rows, 0, 0);
    out->location = rows_text(rows, 0, 1);
    out->revision = rows_int(rows, 0, 2);
    out->body = rows_text(rows, 0, 3);
    out->len = rows_len(rows, 0, 3);
    out->replayed = rows_text(rows, 0, 4) && *rows_text(rows, 0, 4) == 't';
    return true;
}

bool operation_run(struct call *c, struct pool *p, const struct operation *op,
                   const struct intent *in, struct outcome *out) {
    AUTO(buf) struct buf envelope = {0};
    if (!write_envelope(c, in, &envelope))
        return false;
    const char *params[] = {envelope.data, in->len ? in->body : "{}"};
    struct rows *rows = NULL;
    bool done = in->dry_run ? pool_try(c, p, op->statement, params, COUNT(params), &rows)
                            : pool_write(c, p, op->statement, params, COUNT(params), &rows);
    return done && take_outcome(c, rows, out);
}

/* ---- Idempotency-Key ---- */

static const char *refuse_key(struct call *c, const char *why) {
    fault_add(c, FAULT_HEADER, "Idempotency-Key", "%s", why);
    return NULL;
}

const char *idempotency_key_parse(struct call *c, const char *header) {
    size_t len = strlen(header);
    bool quoted = len >= 2 && header[0] == '"' && header[len - 1] == '"';
    const char *text = quoted ? header + 1 : header;
    len -= quoted ? 2 : 0;
    char *key = call_alloc(c, len + 1), *end = key;
    if (!key)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (quoted && text[i] == '\\' && i + 1 < len && strchr("\"\\", text[i + 1]))
            i++;
        else if (text[i] == '"' || (quoted && text[i] == '\\'))
            return refuse_key(c, "must be one quoted string, or bare");
        if (!isprint((unsigned char)text[i]) || (!quoted && text[i] == ' '))
            return refuse_key(c, "must hold visible ASCII characters only");
        *end++ = text[i];
    }
    if (end == key || end - key > IDEMPOTENCY_KEY_MOST)
        return refuse_key(c, "must have 1 to 255 characters");
    return key;
}
