/* A client that sends exactly the bytes it is given, and a server with a few resources for it. For
 * the tests of http. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/call.h"
#include "http/server.h"

enum { HUGE_BYTES = 8 << 20 };

/* /ok a small document · /big a large one with an ETag · /kept and /kept_huge the same as /big and
 * /huge from a cache, as is the refusal /kept_none · /echo what is posted, up to 8 KB · /locked
 * always 401 · /wait ends when fixture_release is called · /work needs time left when the body is
 * there · /huge HUGE_BYTES · anything else 404. Fails the test when it does not start. */
struct fixture {
    struct server *server;
    struct call call;
    int port;
};

/* Short deadlines: head 300 ms, body 300 ms, answer 300 ms, keep-alive 2 s. */
struct server_config fixture_config(void);
void fixture_start(struct fixture *f, const struct server_config *config);
void fixture_stop(struct fixture *f);

/* The value of a row of the metrics: "\nname{labels} ". */
int64_t fixture_metric(const char *row);

/* Asks for what is kept until the connection is lent (http/kept.h). */
void fixture_lend(int fd);

/* How many requests are inside /wait; lets them go. */
int fixture_waiting(void);
void fixture_release(void);

/* A connection; reading gives up after 10 seconds. */
int client_connect(int port);
bool client_send(int fd, const void *bytes, size_t len);
bool client_say(int fd, const char *text);

/* One answer: head and, by Content-Length, body. */
struct answer {
    int status; /* 0: the connection ended without one, -1: in the middle of one */
    bool close; /* it says Connection: close */
    struct buf head;
    struct buf body;
    char value[512]; /* answer_header's */
};

void answer_drop(struct answer *a);
void answer_auto(struct answer *a);

/* Reads one answer; bodyless for those to HEAD. Interim answers (100) count as one. */
void client_read(int fd, bool bodyless, struct answer *a);

/* True when bytes or the end can be read within ms. */
bool client_has_bytes(int fd, int ms);

/* True when the server has closed and sent no more bytes. */
bool client_at_end(int fd);

/* The header's value, or NULL. Valid until the next call with a. */
const char *answer_header(struct answer *a, const char *name);

int64_t now_ms(void);

#endif
