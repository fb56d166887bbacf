/* The service without its server: requests go through the gate in memory, on a database of the
 * test's own. */
#ifndef SUPPORT_SERVICE_H
#define SUPPORT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "api/api.h"
#include "model/doc.h"
#include "support/database.h"

/* The wall clock of every test: 2026-11-02, 10:04 in Cerritos. */
#define SERVICE_NOW   "2026-11-02T17:04:11.120Z"
#define SERVICE_TODAY "2026-11-02"

struct answer;

struct service {
    struct database database;
    struct pool *pool;
    struct pool *owner_pool; /* made when it is needed */
    struct api api;
    sem_t tables;           /* turns to read one */
    struct answer *answers; /* all of them; they live as long as the service */
    int keys;
};

/* For main, before its suite: a migrated database with the city's plan, which each test copies. The
 * public record is imported too, and published, where it is asked for. */
void service_prepare(const char *suite, bool with_public_record);
/* After it: drops all databases. */
void service_clean_up(void);

/* On a copy of the prepared database; a limit of 0 is none. */
void service_open(struct service *s);
void service_open_limited(struct service *s, int64_t reads, int64_t writes);
/* On the prepared database itself: for tests that only read. */
void service_open_shared(struct service *s);
void service_close(struct service *s);

/* A new key's text; source and objectives may be NULL. It lives as long as the service. */
const char *service_key(struct service *s, const char *scopes, const char *source,
                        const char *objectives);

struct header {
    const char *name, *value;
};

/* One request. Whatever is NULL is not sent. In a body ' stands for ", so that JSON can be read. */
struct ask {
    const char *method, *target;
    const char *key;  /* becomes Authorization */
    const char *type; /* Content-Type; NULL: what the method wants where there is a body */
    const char *idempotency_key, *if_match;
    struct header headers[4];
    const char *body;
    const char *raw;    /* a body as it is */
    const char *client; /* address; NULL: one and the same */
};

/* What came of it; strings live as long as the service. */
struct answer {
    struct answer *next;
    int status;
    const char *type;
    const char *body; /* "" for none */
    size_t len;
    const char *etag, *cache_control, *vary;
    struct doc *doc; /* of a JSON body, or NULL */
    struct reply reply;
    struct call call;
    struct request request;
    char *owned[3]; /* path, query, body */
    int body_reads;
};

const struct answer *service_ask(struct service *s, struct ask ask);
const struct answer *service_get(struct service *s, const char *target);

/* The same with the status that must come; the failed test names the request and shows the answer.
 */
const struct answer *service_expect(struct service *s, int status, struct ask ask, const char *file,
                                    int line);
#define EXPECT(service, status, ...) \
    service_expect(service, status, (struct ask){__VA_ARGS__}, __FILE__, __LINE__)
#define GET(service, at) EXPECT(service, 200, .method = "GET", .target = at)

/* A header of the answer, or NULL. */
const char *answer_header(const struct answer *a, const char *name);

/* The value at a path such as "data/0/code" in the answer's document; NULL where there is none. */
const struct doc *answer_at(const struct answer *a, const char *path);
const struct doc *doc_path(const struct doc *d, const char *path);

/* Compare what stands at a path with text ("null" for null, "(absent)" for nothing, numbers as
 * "33.3"). */
void answer_holds(const struct answer *a, const char *path, const char *expected, const char *file,
                  int line);
#define HOLDS(a, path, expected) answer_holds(a, path, expected, __FILE__, __LINE__)

/* The problem's code and the places of its faults in order, one space between: "invalid #/summary
 * #/as_of". */
void answer_refuses(const struct answer *a, const char *expected, const char *file, int line);
#define REFUSES(a, expected) answer_refuses(a, expected, __FILE__, __LINE__)

/* How many rows a collection has, over all pages of the given size. */
size_t service_count(struct service *s, const char *target);

#endif
