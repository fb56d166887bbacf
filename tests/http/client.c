#include "client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metric.h"
#include "support/suite.h"

enum { PATIENCE_S = 10, ECHO_MOST = 8192, BIG = 5000, LEND_MOST = 100 };

/* ---- The server's side ---- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t released;
    int waiting;
    bool open;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .released = PTHREAD_COND_INITIALIZER};

int fixture_waiting(void) {
    pthread_mutex_lock(&gate.lock);
    int waiting = gate.waiting;
    pthread_mutex_unlock(&gate.lock);
    return waiting;
}

void fixture_release(void) {
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.released);
    pthread_mutex_unlock(&gate.lock);
}

static bool say(struct reply *rp, const char *body) {
    rp->status = 200;
    rp->type = "application/json";
    rp->body = body;
    rp->len = strlen(body);
    return true;
}

static bool run_ok(struct call *c, struct request *rq, struct reply *rp) {
    if (rq->verb == VERB_GET || rq->verb == VERB_HEAD)
        return say(rp, "{\"ok\":true}");
    reply_header(rp, "Allow", "GET, HEAD");
    return fail(c, ERR_METHOD, "no %s", rq->method);
}

static bool run_big(struct call *c, struct request *rq, struct reply *rp) {
    (void)rq;
    struct buf b = {0};
    for (int i = 0; b.len < BIG; i++)
        buf_addf(&b, "{\"line\":%d},", i);
    reply_take_body(rp, &b);
    rp->status = 200;
    rp->type = "application/json";
    rp->etag = reply_etag(c, 3, rp->body, rp->len);
    rp->cache_control = "public, max-age=30";
    rp->compress = true;
    return rp->etag;
}

static bool run_echo(struct call *c, struct request *rq, struct reply *rp) {
    const char *body;
    size_t len;
    if (!request_body(c, rq, ECHO_MOST, &body, &len))
        return false;
    rp->status = 200;
    rp->type = "application/octet-stream";
    rp->body = body;
    rp->len = len;
    return true;
}

static bool run_work(struct call *c, struct request *rq, struct reply *rp) {
    const char *body;
    size_t len;
    if (!request_body(c, rq, ECHO_MOST, &body, &len))
        return false;
    return call_left_ms(c) > 0 ? say(rp, "{\"time\":true}") : fail(c, ERR_UNAVAILABLE, "no time");
}

static bool run_locked(struct call *c, struct request *rq, struct reply *rp) {
    (void)rq;
    (void)rp;
    return fail(c, ERR_UNAUTHENTICATED, "no key");
}

static bool run_wait(struct call *c, struct request *rq, struct reply *rp) {
    (void)c;
    (void)rq;
    pthread_mutex_lock(&gate.lock);
    gate.waiting++;
    while (!gate.open)
        pthread_cond_wait(&gate.released, &gate.lock);
    gate.waiting--;
    pthread_mutex_unlock(&gate.lock);
    return say(rp, "{\"waited\":true}");
}

static bool run_huge(struct call *c, struct request *rq, struct reply *rp) {
    (void)rq;
    char *body = call_alloc(c, HUGE_BYTES);
    if (!body)
        return false;
    memset(body, 'x', HUGE_BYTES);
    rp->status = 200;
    rp->type = "text/plain";
    rp->body = body;
    rp->len = HUGE_BYTES;
    return true;
}

/* Of a moment ago where the query says so: "?7". */
static bool freeze(struct call *c, struct request *rq, struct reply *rp) {
    struct blob *ready = reply_freeze(c, rq, rp);
    if (ready)
        reply_take_ready(rp, ready, rq->query ? atoi(rq->query) : -1);
    return ready;
}

static bool run_kept(struct call *c, struct request *rq, struct reply *rp) {
    if (rq->verb != VERB_GET && rq->verb != VERB_HEAD)
        return run_echo(c, rq, rp);
    return run_big(c, rq, rp) && freeze(c, rq, rp);
}

static bool run_kept_huge(struct call *c, struct request *rq, struct reply *rp) {
    return run_huge(c, rq, rp) && freeze(c, rq, rp);
}

static bool run_kept_none(struct call *c, struct request *rq, struct reply *rp) {
    (void)rq;
    (void)rp;
    return fail(c, ERR_NOT_FOUND, "nobody bears this name");
}

static const struct {
    const char *name;
    bool (*run)(struct call *c, struct request *rq, struct reply *rp);
    bool kept;
} resources[] = {
    {"ok", run_ok, true},
    {"big", run_big, false},
    {"echo", run_echo, false},
    {"locked", run_locked, false},
    {"wait", run_wait, false},
    {"huge", run_huge, false},
    {"work", run_work, false},
    {"kept", run_kept, true},
    {"kept_huge", run_kept_huge, true},
    {"kept_none", run_kept_none, true},
};

static bool recall(void *context, struct call *c, struct request *rq, struct reply *rp) {
    (void)context;
    for (size_t i = 0; rq->nsegments == 1 && i < COUNT(resources); i++) {
        if (resources[i].kept && strcmp(resources[i].name, rq->segment[0]) == 0)
            return resources[i].run(c, rq, rp) || c->err != ERR_NONE;
    }
    return false;
}

static bool run(void *context, struct call *c, struct request *rq, struct reply *rp) {
    (void)context;
    for (size_t i = 0; rq->nsegments == 1 && i < COUNT(resources); i++) {
        if (strcmp(resources[i].name, rq->segment[0]) == 0)
            return resources[i].run(c, rq, rp);
    }
    return fail(c, ERR_NOT_FOUND, "nothing here");
}

struct server_config fixture_config(void) {
    return (struct server_config){
        .listen = "127.0.0.1",
        .threads = 64,
        .keep_alive_ms = 2000,
        .head_ms = 300,
        .body_ms = 300,
        .answer_ms = 300,
        .budget_ms = 5000,
        .max_body = 1 << 20,
        .public_host = "localhost",
    };
}

void fixture_start(struct fixture *f, const struct server_config *config) {
    const struct server_handler handler = {.run = run, .recall = recall};
    call_init(&f->call, 1000);
    f->server = server_new(&f->call, config, &handler);
    ck_assert_msg(f->server, "%s", f->call.detail ? f->call.detail : "no server");
    f->port = server_port(f->server);
    gate.open = false;
}

void fixture_stop(struct fixture *f) {
    fixture_release();
    server_free(f->server);
    call_drop(&f->call);
}

int64_t fixture_metric(const char *row) {
    AUTO(buf) struct buf b = {0};
    metric_write(&b);
    const char *at = strstr(b.data, row);
    ck_assert_msg(at, "no %s", row);
    return atoll(at + strlen(row));
}

void fixture_lend(int fd) {
    static const char row[] = "\nhttp_server_lent_requests_total ";
    AUTO(answer) struct answer a = {0};
    int64_t before = fixture_metric(row);
    for (int i = 0; i < LEND_MOST && fixture_metric(row) == before; i++) {
        ck_assert(client_say(fd, "GET /kept HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        client_read(fd, false, &a);
        ck_assert_int_eq(a.status, 200);
    }
    ck_assert_int_gt(fixture_metric(row), before);
}

/* ---- The client's side ---- */

int64_t now_ms(void) {
    return clock_mono_us() / 1000;
}

int client_connect(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } to = {.v4 = {.sin_family = AF_INET,
                   .sin_port = htons((uint16_t)port),
                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    if (connect(fd, &to.any, sizeof(to.v4)) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

bool client_send(int fd, const void *bytes, size_t len) {
    const char *at = bytes;
    while (len > 0) {
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        len -= (size_t)sent;
    }
    return true;
}

bool client_say(int fd, const char *text) {
    return client_send(fd, text, strlen(text));
}

void answer_drop(struct answer *a) {
    buf_drop(&a->head);
    buf_drop(&a->body);
}

void answer_auto(struct answer *a) {
    answer_drop(a);
}

const char *answer_header(struct answer *a, const char *name) {
    size_t len = strlen(name);
    for (const char *line = a->head.data; line; line = strstr(line, "\r\n")) {
        line += line == a->head.data ? 0 : 2;
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        const char *at = line + len + 1 + strspn(line + len + 1, " ");
        size_t end = strcspn(at, "\r");
        end = end < sizeof(a->value) ? end : sizeof(a->value) - 1;
        memcpy(a->value, at, end);
        a->value[end] = '\0';
        return a->value;
    }
    return NULL;
}

/* Byte by byte, so that nothing of the next answer is taken. */
static bool read_head(int fd, struct buf *head) {
    buf_clear(head);
    buf_adds(head, "");
    char byte;
    while (recv(fd, &byte, 1, 0) == 1) {
        buf_addc(head, byte);
        if (head->len >= 4 && memcmp(head->data + head->len - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

static bool read_body(int fd, struct buf *body, size_t len) {
    char piece[8192];
    while (body->len < len) {
        size_t want = len - body->len < sizeof(piece) ? len - body->len : sizeof(piece);
        ssize_t got = recv(fd, piece, want, 0);
        if (got <= 0)
            return false;
        buf_add(body, piece, (size_t)got);
    }
    return true;
}

void client_read(int fd, bool bodyless, struct answer *a) {
    buf_clear(&a->body);
    buf_adds(&a->body, "");
    a->close = false;
    if (!read_head(fd, &a->head)) {
        a->status = a->head.len == 0 ? 0 : -1;
        return;
    }
    a->status = strncmp(a->head.data, "HTTP/1.1 ", 9) == 0 ? atoi(a->head.data + 9) : -1;
    const char *connection = answer_header(a, "Connection");
    a->close = connection && strcmp(connection, "close") == 0;
    const char *length = answer_header(a, "Content-Length");
    if (!bodyless && length && !read_body(fd, &a->body, (size_t)atol(length)))
        a->status = -1;
}

bool client_has_bytes(int fd, int ms) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, ms) > 0;
}

bool client_at_end(int fd) {
    char byte;
    return recv(fd, &byte, 1, 0) <= 0;
}
