#include "server_inside.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kept.h"
#include "metrics.h"
#include "sockets.h"

enum {
    REQUEST_BUFFER = 32768, /* the library's, for a head: twice the guard's limit, so that it is the
                               guard who refuses most */
    TICKS = 20,             /* rounds of the reaper within the shortest deadline */
    TICK_LEAST_MS = 5,
    TICK_MOST_MS = 100,
    QUIET_MS = 1000,
    UNSENT_MOST = 131072, /* bytes of an answer that the system holds for a client who does not read
                             yet: two pieces */
    TEXT = 32
};

static struct server *server_of(const struct mg_connection *conn) {
    return mg_get_user_context_data(conn);
}

static struct slot *slot_of(const struct mg_connection *conn) {
    return mg_get_thread_pointer(conn);
}

/* ---- The library's callbacks ---- */

/* Workers are many and short of work: as batch threads they do not preempt each other, a fifth
 * faster at 128 connections. */
static void *on_thread(const struct mg_context *ctx, int type) {
    struct server *s = mg_get_user_data(ctx);
    if (type != 1)
        return NULL;
    const struct sched_param param = {0};
    (void)sched_setscheduler(0, SCHED_BATCH, &param);
    return slots_join(&s->slots);
}

static int on_connection(const struct mg_connection *conn, void **data) {
    (void)data;
    struct server *s = server_of(conn);
    slot_open(&s->slots, slot_of(conn), conn, s->config.head_ms);
    metrics_connection(1);
    return 0;
}

static int on_request(struct mg_connection *conn) {
    return exchange_run(server_of(conn), conn, slot_of(conn));
}

static int on_error(struct mg_connection *conn, int status, const char *message) {
    (void)message;
    exchange_unread(server_of(conn), conn, slot_of(conn), status);
    return 0;
}

/* The library lends the connection for looking, but writing to it is what is left to do. */
static void on_close(const struct mg_connection *conn) {
    struct server *s = server_of(conn);
    struct slot *slot = slot_of(conn);
    exchange_left(s, (struct mg_connection *)(uintptr_t)conn, slot);
    slot_close(&s->slots, slot);
    metrics_connection(-1);
}

static int on_message(const struct mg_connection *conn, const char *message) {
    const struct mg_context *ctx = mg_get_context(conn);
    const struct server *s = ctx ? mg_get_user_data(ctx) : NULL;
    if (s)
        log_say(s->config.log, LOG_WARN, "http_library", "%s", message);
    return 1;
}

static const struct mg_callbacks callbacks = {
    .init_thread = on_thread,
    .init_connection = on_connection,
    .begin_request = on_request,
    .http_error = on_error,
    .connection_close = on_close,
    .log_message = on_message,
};

/* Called by the worker or, until its first request, by the reaper; what is read of the connection
 * does not change during its life. */
static bool identify(const void *context, struct slot *slot) {
    const struct server *s = context;
    const struct mg_request_info *info = mg_get_request_info(slot->conn);
    if (!info || !address_parse(info->remote_addr, strlen(info->remote_addr), &slot->peer))
        return false;
    slot->port = (uint16_t)info->remote_port;
    slot->proxy = proxies_trust(&s->proxies, &slot->peer);
    slot->exempt = slot->proxy || address_is_loopback(&slot->peer);
    address_client_text(&slot->peer, slot->text);
    return true;
}

/* ---- Start ---- */

/* What stands in the way of a listener there, in the system's words; NULL when nothing does. */
static const char *port_fault(const char *listen_on, int port) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, listen_on, &v4.sin_addr) != 1)
        return "not an IPv4 address";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return strerror(errno);
    const int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } address = {.v4 = v4};
    const char *fault = bind(fd, &address.any, sizeof(v4)) == 0 && listen(fd, 1) == 0
                            ? NULL
                            : strerror(errno);
    (void)close(fd);
    return fault;
}

static int64_t longest_of(const struct server_config *config) {
    int64_t longest = config->head_ms > config->body_ms ? config->head_ms : config->body_ms;
    return longest > config->answer_ms ? longest : config->answer_ms;
}

static bool start_library(struct call *c, struct server *s) {
    const struct server_config *config = &s->config;
    char port[TEXT * 3], threads[TEXT], keep_alive[TEXT], timeout[TEXT], buffer[TEXT];
    (void)snprintf(port, sizeof(port), "%s:%d", config->listen, config->port);
    (void)snprintf(threads, sizeof(threads), "%zu", s->slots.count);
    (void)snprintf(keep_alive, sizeof(keep_alive), "%" PRId64, config->keep_alive_ms);
    /* The reaper keeps the deadlines; the library's own, which every byte prolongs, only stands
     * behind it. */
    (void)snprintf(timeout, sizeof(timeout), "%" PRId64, 2 * longest_of(config) + QUIET_MS);
    (void)snprintf(buffer, sizeof(buffer), "%d", REQUEST_BUFFER);
    const char *options[] = {
        "listening_ports",
        port,
        "num_threads",
        threads,
        "connection_queue",
        threads,
        "listen_backlog",
        "4096",
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        keep_alive,
        "request_timeout_ms",
        timeout,
        "max_request_size",
        buffer,
        "tcp_nodelay",
        "1",
        "decode_url",
        "no",
        "enable_auth_domain_check",
        "no",
        "authentication_domain",
        config->public_host && *config->public_host ? config->public_host : "localhost",
        NULL,
    };
    (void)mg_init_library(0);
    s->library = mg_start(&callbacks, s, options);
    if (s->library)
        return true;
    (void)mg_exit_library();
    const char *fault = port_fault(config->listen, config->port);
    return fail(c, ERR_UNAVAILABLE, "cannot listen on %s port %d: %s", config->listen, config->port,
                fault ? fault : "the HTTP library did not start");
}

static int64_t between(int64_t least, int64_t n, int64_t most) {
    return n < least ? least : n > most ? most : n;
}

static bool start_reaper(struct call *c, struct server *s) {
    const struct server_config *config = &s->config;
    int64_t shortest = config->head_ms < config->body_ms ? config->head_ms : config->body_ms;
    shortest = shortest < config->answer_ms ? shortest : config->answer_ms;
    const struct reaper_config reaper = {
        .slots = &s->slots,
        .tick_ms = between(TICK_LEAST_MS, shortest / TICKS, TICK_MOST_MS),
        .quiet_ms = between(1, config->keep_alive_ms, QUIET_MS),
        .log = config->log,
    };
    s->reaper = reaper_new(&reaper);
    return s->reaper || fail(c, ERR_NO_MEMORY, "out of memory");
}

static bool find_port(struct call *c, struct server *s) {
    struct mg_server_port ports[1];
    if (mg_get_server_ports(s->library, 1, ports) < 1)
        return fail(c, ERR_INTERNAL, "the HTTP library names no port");
    s->port = (uint16_t)ports[0].port;
    s->listener = listener_find(s->port);
    /* The system gives up a little later than the reaper, who counts what he cuts; it alone sees
     * the last of an answer, when the connection already waits for the next request. */
    if (s->listener >= 0)
        listener_bound(s->listener, UNSENT_MOST, s->config.answer_ms + QUIET_MS);
    reaper_watch(s->reaper, s->port, s->listener);
    return true;
}

struct server *server_new(struct call *c, const struct server_config *config,
                          const struct server_handler *handler) {
    struct server *s = calloc(1, sizeof(*s));
    if (!s) {
        (void)fail(c, ERR_NO_MEMORY, "out of memory");
        return NULL;
    }
    metrics_register();
    s->config = *config;
    s->handler = *handler;
    s->listener = -1;
    desks_init(&s->desks);
    finder_init(&s->finder);
    size_t threads = (size_t)threads_choose(config->threads, s->why);
    metrics_threads((int64_t)threads);
    threads_part();
    bool fine = proxies_parse(c, config->trusted_proxies, &s->proxies);
    if (fine && !slots_init(&s->slots, threads, identify, s))
        fine = fail(c, ERR_NO_MEMORY, "out of memory");
    /* The reaper first: from the library's first moment requests ask it whether it is crowded. */
    if (fine && handler->recall)
        s->kept = kept_new(s);
    if (fine && start_reaper(c, s) && start_library(c, s) && find_port(c, s))
        return s;
    server_free(s);
    return NULL;
}

int server_port(const struct server *s) {
    return s->port;
}

int server_threads(const struct server *s, const char **why) {
    if (why)
        *why = s->why;
    return (int)s->slots.count;
}

/* Workers must be stopped before what they use is freed; the reaper needs their slots, and they ask
 * it whether it is crowded. */
void server_free(struct server *s) {
    if (!s)
        return;
    if (s->kept)
        kept_stop(s->kept);
    if (s->library) {
        reaper_watch(s->reaper, s->port, -1);
        /* Wakes the thread that accepts, which would else sleep for two more seconds. */
        if (s->listener >= 0)
            (void)shutdown(s->listener, SHUT_RDWR);
        mg_stop(s->library);
        (void)mg_exit_library();
    }
    kept_free(s->kept);
    reaper_free(s->reaper);
    slots_drop(&s->slots);
    desks_drop(&s->desks);
    finder_drop(&s->finder);
    free(s);
}
