#include "model/key.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/secret.h"
#include "generated/queries.h"

enum {
    RING_LIFE_US = 1000000,
    RING_MOST = 1024, /* keys known at a time; beyond it the ring starts afresh */
};

static const char ID_LETTERS[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* ---- the text of a key ---- */

static void checksum(const char *text, size_t len, char out[KEY_CHECK_LEN + 1]) {
    uint8_t digest[SHA256_SIZE];
    char all[SHA256_SIZE * 2];
    sha256(text, len, digest);
    base64url_encode(digest, 6, all);
    memcpy(out, all, KEY_CHECK_LEN);
    out[KEY_CHECK_LEN] = '\0';
}

bool key_parse(const char *text, char id[KEY_ID_LEN + 1]) {
    const size_t body = 4 + KEY_ID_LEN + 1 + KEY_SECRET_LEN;
    char expected[KEY_CHECK_LEN + 1];
    if (strlen(text) != body + KEY_CHECK_LEN || strncmp(text, "cip_", 4) != 0 ||
        text[4 + KEY_ID_LEN] != '_' || strspn(text + 4, ID_LETTERS) != KEY_ID_LEN)
        return false;
    checksum(text, body, expected);
    if (!secret_equal(text + body, expected, KEY_CHECK_LEN))
        return false;
    memcpy(id, text + 4, KEY_ID_LEN);
    id[KEY_ID_LEN] = '\0';
    return true;
}

static bool make_text(struct call *c, char id[KEY_ID_LEN + 1], char out[KEY_TEXT_SIZE]) {
    uint8_t noise[KEY_ID_LEN], secret[32];
    char secret_text[KEY_SECRET_LEN + 2], check[KEY_CHECK_LEN + 1];
    if (!secret_random(noise, sizeof noise) || !secret_random(secret, sizeof secret))
        return fail(c, ERR_INTERNAL, "no random bytes");
    for (size_t i = 0; i < KEY_ID_LEN; i++)
        id[i] = ID_LETTERS[noise[i] % (sizeof ID_LETTERS - 1)];
    id[KEY_ID_LEN] = '\0';
    base64url_encode(secret, sizeof secret, secret_text);
    int len = snprintf(out, KEY_TEXT_SIZE, "cip_%s_%s", id, secret_text);
    checksum(out, (size_t)len, check);
    memcpy(out + len, check, sizeof check);
    return true;
}

/* ---- scopes ---- */

static const struct {
    const char *name;
    enum scope scope;
} SCOPES[] = {
    {"report", SCOPE_REPORT},
    {"publish", SCOPE_PUBLISH},
    {"edit", SCOPE_EDIT},
    {"admin", SCOPE_ADMIN},
};

static unsigned scope_named(const char *name, size_t len) {
    for (size_t i = 0; i < COUNT(SCOPES); i++)
        if (strlen(SCOPES[i].name) == len && strncmp(SCOPES[i].name, name, len) == 0)
            return SCOPES[i].scope;
    return 0;
}

bool scopes_parse(const char *list, unsigned *scopes) {
    unsigned found = 0;
    for (const char *word = list;; word++) {
        size_t len = strcspn(word, ",");
        unsigned scope = scope_named(word, len);
        if (!scope)
            return false;
        found |= scope;
        word += len;
        if (*word == '\0')
            break;
    }
    *scopes |= found;
    return true;
}

/* ---- the ring ---- */

struct known {
    int64_t until_us;
    struct rows *row; /* of key_lookup; NULL: no such key */
};

struct keyring {
    pthread_mutex_t lock; /* guards known, and is held for memory work only */
    struct map known;     /* by id */
};

enum {
    COL_CLIENT,
    COL_SHA256,
    COL_SCOPES,
    COL_SOURCE,
    COL_OBJECTIVES,
    COL_CODES,
    COL_HOLDER,
    COL_EXPIRES,
    COL_STATE
};

struct keyring *keyring_new(struct call *c) {
    struct keyring *k = calloc(1, sizeof *k);
    if (k)
        pthread_mutex_init(&k->lock, NULL);
    else
        fail(c, ERR_NO_MEMORY, "no room for the keyring");
    return k;
}

static void known_free(struct known *known) {
    if (known)
        rows_free(known->row);
    free(known);
}

static void forget_all(struct keyring *k) {
    size_t at = 0;
    const char *id;
    void *known;
    while (map_next(&k->known, &at, &id, &known))
        known_free(known);
    map_drop(&k->known);
    k->known = (struct map){0};
}

void keyring_free(struct keyring *k) {
    if (!k)
        return;
    forget_all(k);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

/* Everything is copied into the call: the ring may forget the row while the request goes on. */
static const char *lend(struct call *c, const struct rows *row, size_t column,
                        bool *short_of_memory) {
    const char *text = rows_text(row, 0, column);
    const char *copy = text ? call_strdup(c, text) : NULL;
    *short_of_memory |= text && !copy;
    return copy;
}

static bool admit(struct call *c, const struct rows *row, const char *id, const char *text) {
    char hex[SHA256_HEX];
    bool out_of_memory = false;
    sha256_hex(text, strlen(text), hex);
    if (!row || rows_count(row) == 0 ||
        !secret_equal(hex, rows_text(row, 0, COL_SHA256), SHA256_HEX - 1))
        return fail(c, ERR_UNAUTHENTICATED, "this key is not known");
    if (strcmp(rows_text(row, 0, COL_STATE), "live") != 0)
        return fail(c, ERR_UNAUTHENTICATED, "this key is %s", rows_text(row, 0, COL_STATE));
    struct principal *who = call_alloc(c, sizeof *who);
    if (!who)
        return false;
    who->key_id = call_strdup(c, id);
    who->client_id = lend(c, row, COL_CLIENT, &out_of_memory);
    who->holder = lend(c, row, COL_HOLDER, &out_of_memory);
    who->source = lend(c, row, COL_SOURCE, &out_of_memory);
    who->objective_ids = lend(c, row, COL_OBJECTIVES, &out_of_memory);
    if (!scopes_parse(rows_text(row, 0, COL_SCOPES), &who->scopes))
        return fail(c, ERR_INTERNAL, "the scopes of a key are not known");
    if (who->scopes & SCOPE_ADMIN)
        who->scopes |= SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT;
    c->who = who;
    return !out_of_memory && who->key_id;
}

/* True when the ring had an answer; the verdict is then in *admitted. */
static bool ask_ring(struct call *c, struct keyring *k, const char *id, const char *text,
                     bool *admitted) {
    pthread_mutex_lock(&k->lock);
    const struct known *known = map_get(&k->known, id);
    bool fresh = known && known->until_us > clock_mono_us();
    if (fresh)
        *admitted = admit(c, known->row, id, text);
    pthread_mutex_unlock(&k->lock);
    return fresh;
}

/* The row becomes the ring's. A ring that cannot keep it forgets it: nothing but speed is lost. */
static void keep(struct keyring *k, const char *id, struct rows *take_row) {
    struct known *known = calloc(1, sizeof *known);
    void *old = NULL;
    if (!known) {
        rows_free(take_row);
        return;
    }
    *known = (struct known){clock_mono_us() + RING_LIFE_US, take_row};
    pthread_mutex_lock(&k->lock);
    if (k->known.count >= RING_MOST)
        forget_all(k);
    if (!map_put(&k->known, id, known, &old))
        old = known;
    pthread_mutex_unlock(&k->lock);
    known_free(old);
}

bool key_verify(struct call *c, struct keyring *k, struct pool *p, const char *text) {
    char id[KEY_ID_LEN + 1];
    bool admitted = false;
    if (!key_parse(text, id))
        return fail(c, ERR_UNAUTHENTICATED,
                    "this is no key of this service: cip_ and 60 characters more");
    if (ask_ring(c, k, id, text, &admitted))
        return admitted;
    struct rows *row = NULL;
    if (!pool_read(c, p, &SQL_key_lookup, (const char *const[]){id}, 1, &row))
        return false;
    admitted = admit(c, row, id, text);
    keep(k, id, row);
    return admitted;
}

bool key_tell(struct call *c, struct pool *p, struct buf *out) {
    AUTO(rows) struct rows *row = NULL;
    if (!pool_read(c, p, &SQL_key_self, (const char *const[]){c->who->key_id}, 1, &row))
        return false;
    if (rows_count(row) != 1 || !rows_text(row, 0, 0))
        return fail(c, ERR_UNAUTHENTICATED, "this key is not known");
    buf_add(out, rows_text(row, 0, 0), rows_len(row, 0, 0));
    buf_addc(out, '\n');
    return buf_ok(c, out);
}

/* ---- for the command line ---- */

static void add_list(struct buf *b, const char *list) {
    buf_addc(b, '[');
    for (const char *word = list; *word;) {
        size_t len = strcspn(word, ",");
        buf_add_json_n(b, word, len);
        word += len;
        if (*word == ',') {
            buf_addc(b, ',');
            word++;
        }
    }
    buf_addc(b, ']');
}

bool key_create(struct call *c, struct pool *p, const struct key_request *request,
                char out[KEY_TEXT_SIZE]) {
    char id[KEY_ID_LEN + 1], hex[SHA256_HEX], expires[25];
    if (!make_text(c, id, out))
        return false;
    sha256_hex(out, strlen(out), hex);
    const struct {
        const char *name, *text;
    } members[] = {
        {"id", id},
        {"sha256", hex},
        {"client", request->name},
        {"source", request->source},
        {"holder", request->holder},
        {"department", request->department},
    };
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "{\"scopes\":");
    add_list(&b, request->scopes);
    for (size_t i = 0; i < COUNT(members); i++) {
        buf_addf(&b, ",\"%s\":", members[i].name);
        buf_add_json(&b, members[i].text);
    }
    if (request->objectives) {
        buf_adds(&b, ",\"objectives\":");
        add_list(&b, request->objectives);
    }
    if (request->expires_us) {
        clock_rfc3339(request->expires_us, expires);
        buf_addf(&b, ",\"expires_at\":\"%s\"", expires);
    }
    buf_addc(&b, '}');
    AUTO(rows) struct rows *row = NULL;
    return buf_ok(c, &b) &&
           pool_write(c, p, &SQL_key_create, (const char *const[]){b.data}, 1, &row);
}

bool key_list(struct call *c, struct pool *p, struct buf *out) {
    static const char *const HEADINGS[] = {"id",         "client", "source",     "scopes",
                                           "objectives", "holder", "department", "created",
                                           "expires",    "state"};
    AUTO(rows) struct rows *rows = NULL;
    if (!pool_read(c, p, &SQL_key_list, NULL, 0, &rows))
        return false;
    for (size_t j = 0; j < COUNT(HEADINGS); j++)
        buf_addf(out, "%s%s", j ? "\t" : "", HEADINGS[j]);
    buf_addc(out, '\n');
    for (size_t i = 0; i < rows_count(rows); i++)
        for (size_t j = 0; j < COUNT(HEADINGS); j++) {
            const char *text = rows_text(rows, i, j);
            buf_addf(out, "%s%s", text ? text : "-", j + 1 < COUNT(HEADINGS) ? "\t" : "\n");
        }
    return buf_ok(c, out);
}

bool key_revoke(struct call *c, struct pool *p, const char *id) {
    AUTO(rows) struct rows *row = NULL;
    if (!pool_write(c, p, &SQL_key_revoke, (const char *const[]){id}, 1, &row))
        return false;
    return rows_count(row) || fail(c, ERR_NOT_FOUND, "there is no key %s", id);
}
