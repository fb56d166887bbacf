/* One HTTP answer: filled by a handler, sent in one write with what every answer carries. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/blob.h"
#include "base/buf.h"
#include "base/call.h"
#include "base/spool.h"
#include "http/request.h"
#include "http/stream.h"

enum { REPLY_HEADERS = 16 };

/* Zero-initialise; release with reply_drop. Strings must live as long as the call. */
struct reply {
    int status;
    const char *type; /* Content-Type; NULL for none */
    const char *body; /* lent, or into owned */
    size_t len;
    struct buf owned;
    const char *etag; /* strong, with quotes, of the identity coding; NULL for none. "-gz" is put in
                         for gzip */
    const char *cache_control; /* NULL: no-store */
    const char *vary; /* "Accept-Encoding" is put in where compress is set; NULL: nothing else */
    struct pair headers[REPLY_HEADERS]; /* Location, Link, Allow, … */
    size_t nheaders;
    struct spool spool;   /* holds the body instead where that is in a file: len says how long */
    bool digest;          /* say the body's Repr-Digest (RFC 9530), of the coding that is sent */
    bool compress;        /* gzip it when the client prefers that and it pays */
    bool close;           /* end the connection after it */
    struct blob *ready;   /* held: made before, goes out instead of all the above but close; NULL */
    int64_t age_s;        /* of ready: its Age; -1: none, it is confirmed */
    struct sequel sequel; /* the body is only the beginning; its length is not told, and the
                             connection ends after it */
};

void reply_drop(struct reply *rp);
void reply_auto(struct reply *rp); /* for AUTO(reply) */

/* Adds a header; an overflow is our own bug and asserts. value must hold no CR, LF or NUL (such a
 * header is left out). */
void reply_header(struct reply *rp, const char *name, const char *value);

/* Takes b's memory as the body; b is empty afterwards. */
void reply_take_body(struct reply *rp, struct buf *b);

/* Takes what a spool holds as the body, in memory or not; the spool is empty afterwards. From a
 * file it is sent as it is, never compressed. */
void reply_take_spool(struct reply *rp, struct spool *s);

/* The ETag "r<revision>-<first 16 hex of SHA-256 of the body>" (api.md), in the call's arena; NULL
 * fails the call. */
const char *reply_etag(struct call *c, int64_t revision, const char *body, size_t len);

/* Appends "sha-256=:…:", a digest as RFC 9530 writes it, for an answer that brings its own. */
void reply_spell_digest(struct buf *out, const uint8_t digest[SHA256_SIZE]);

/* True when an If-None-Match value matches the ETag in either coding, or is "*" (RFC 9110 13.1.2,
 * weak comparison). */
bool etag_matches(const char *if_none_match, const char *etag);

enum { ETAG_ANY = -2 };

/* The revision in an If-Match value: >= 0; -1 when no strong ETag of ours is in the list; ETAG_ANY
 * for "*". */
int64_t etag_revision(const char *if_match);

/* Turns the call's error into its problem document (RFC 9457), headers included (Retry-After,
 * WWW-Authenticate, Location, …). */
void reply_problem(struct call *c, const struct request *rq, struct reply *rp);

/* The answer of a filled 200 to a GET, ready to be sent to anybody: heads for both codings and for
 * 304, compressed once. Headers that are meant for this client alone must not be set. NULL fails
 * the call. */
struct blob *reply_freeze(struct call *c, const struct request *rq, const struct reply *rp);

/* From now on the reply is this blob (its hold passes to the reply). */
void reply_take_ready(struct reply *rp, struct blob *ready, int64_t age_s);

/* Sends the answer in one write: conditional GET (304), HEAD, gzip, Date, Content-Length,
 * Connection, Vary, X-Request-Id, CORS and security headers. Returns the bytes sent, or -1 when the
 * client is gone. `last` asks for Connection: close. */
int64_t reply_send(struct call *c, struct request *rq, struct reply *rp, bool last);

#endif
