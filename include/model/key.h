/* API keys: "cip_<id>_<secret><checksum>". The secret is shown once and stored as its SHA-256. */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"
#include "pg/pool.h"

enum { KEY_ID_LEN = 10, KEY_SECRET_LEN = 43, KEY_CHECK_LEN = 6, KEY_TEXT_SIZE = 72 };

/* Looked-up keys, for at most a second: a revoked key dies that fast for reads, and at once for
 * writes (they ask again). */
struct keyring;
struct keyring *keyring_new(struct call *c);
void keyring_free(struct keyring *k);

/*
 * Whose key it is, lent to the call. ERR_UNAUTHENTICATED when the text is none (a wrong checksum
 * costs no query), is not known, has expired or was revoked; ERR_UNAVAILABLE when the database
 * cannot say.
 */
MUST_CHECK bool key_verify(struct call *c, struct keyring *k, struct pool *p, const char *text);

/* True when the text has a key's form and its checksum is right; id gets its KEY_ID_LEN characters
 * and a NUL. */
bool key_parse(const char *text, char id[KEY_ID_LEN + 1]);

/* What the call's own key may know of itself: whose it is, its scopes, source, objectives and
 * expiry, as a JSON object. ERR_UNAUTHENTICATED when it has died meanwhile. */
MUST_CHECK bool key_tell(struct call *c, struct pool *p, struct buf *out);

/* For the command line. */
struct key_request {
    const char *name;   /* of the client */
    const char *scopes; /* comma list */
    const char *source;
    const char *objectives; /* comma list of codes; NULL: all */
    const char *holder;
    const char *department;
    int64_t expires_us; /* 0: never */
};

/* Makes one and writes its text into out: the only time that anybody sees it. */
MUST_CHECK bool key_create(struct call *c, struct pool *p, const struct key_request *request,
                           char out[KEY_TEXT_SIZE]);

/* One line a key, for a terminal: id, client, scopes, source, objectives, holder, state. Never a
 * secret. */
MUST_CHECK bool key_list(struct call *c, struct pool *p, struct buf *out);

/* ERR_NOT_FOUND for an unknown id; revoking twice is no error. */
MUST_CHECK bool key_revoke(struct call *c, struct pool *p, const char *id);

/* "report,publish" to bits of enum scope; adds nothing and returns false for an unknown word. */
bool scopes_parse(const char *list, unsigned *scopes);

#endif
