#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "log_text.h"

enum {
    RING = 262144,
    BATCH = PIPE_BUF,       /* written to a pipe in one piece, and never cut inside a line */
    ENOUGH = RING / 4,      /* the writer waits for no more; to a file it is one piece */
    LINGER_MS = 5,          /* how long it waits once it has something */
    POLL_MS = 100,          /* how soon a writer whose reader is stuck sees that it must stop */
    LAST_PATIENCE_MS = 2000 /* how long log_free waits for such a reader */
};

_Static_assert((int)LOG_LINE_MAX <= (int)BATCH, "a line must fit one batch");

struct log {
    int fd;
    enum log_level least;
    size_t piece; /* bytes of a write, at most */
    pthread_t writer;
    _Atomic uint64_t dropped;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t filled;
    bool stopping;
    size_t head; /* next byte to write out; only the writer moves it */
    size_t used;
    char ring[RING]; /* the used part of it stays as it is until the writer frees it */

    char batch[ENOUGH]; /* the writer's own */
};

/* Under the lock. */
static void ring_put(struct log *l, const char *text, size_t len) {
    size_t tail = (l->head + l->used) % RING;
    size_t first = len < RING - tail ? len : RING - tail;
    memcpy(l->ring + tail, text, first);
    memcpy(l->ring, text + first, len - first);
    l->used += len;
}

/* By the writer, without the lock: of bytes that it knows to be used. */
static void ring_copy(const struct log *l, char *out, size_t len) {
    size_t first = len < RING - l->head ? len : RING - l->head;
    memcpy(out, l->ring + l->head, first);
    memcpy(out + first, l->ring, len - first);
}

static bool is_stopping(struct log *l) {
    pthread_mutex_lock(&l->lock);
    bool stopping = l->stopping;
    pthread_mutex_unlock(&l->lock);
    return stopping;
}

/* False when the reader is stuck while we are asked to stop. */
static bool wait_writable(struct log *l) {
    for (int waited = 0;;) {
        struct pollfd p = {.fd = l->fd, .events = POLLOUT};
        int ready = poll(&p, 1, POLL_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return true;
        if (!is_stopping(l))
            continue;
        waited += POLL_MS;
        if (waited >= LAST_PATIENCE_MS)
            return false;
    }
}

/* A descriptor that refuses for good loses the batch: there is nobody left to tell. */
static bool write_out(struct log *l, const char *text, size_t len) {
    while (len > 0) {
        if (!wait_writable(l))
            return false;
        ssize_t n = write(l->fd, text, len);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return true;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* For a batch: to be woken for each line costs a busy service more than to write it. Under the
 * lock. */
static void linger(struct log *l) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LINGER_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (l->used < ENOUGH && !l->stopping)
        if (pthread_cond_timedwait(&l->filled, &l->lock, &until) != 0)
            break;
}

/* Whole lines, at most a piece of them, into the batch. 0 = nothing left and stopping. */
static size_t next_batch(struct log *l) {
    pthread_mutex_lock(&l->lock);
    while (l->used == 0 && !l->stopping)
        pthread_cond_wait(&l->filled, &l->lock);
    if (l->used < l->piece && !l->stopping)
        linger(l);
    size_t len = l->used < l->piece ? l->used : l->piece;
    pthread_mutex_unlock(&l->lock);

    /* No worker waits for its line while this copies. */
    ring_copy(l, l->batch, len);
    while (len > 0 && l->batch[len - 1] != '\n')
        len--;
    pthread_mutex_lock(&l->lock);
    l->head = (l->head + len) % RING;
    l->used -= len;
    pthread_mutex_unlock(&l->lock);
    return len;
}

static bool report_dropped(struct log *l, uint64_t *told) {
    uint64_t dropped = log_dropped(l);
    if (dropped == *told)
        return true;
    struct log_text t;
    const struct log_field fields[] = {
        {.name = "count", .type = LOG_INT, .number = (int64_t)(dropped - *told)},
        {.type = LOG_END},
    };
    log_text_make(&t, clock_wall_us(), LOG_WARN, "log_dropped", fields);
    *told = dropped;
    return write_out(l, t.bytes, t.len);
}

static void *writer_main(void *arg) {
    struct log *l = arg;
    uint64_t told = 0;
    for (;;) {
        size_t len = next_batch(l);
        if (len == 0 || !write_out(l, l->batch, len))
            break;
        if (!report_dropped(l, &told))
            break;
    }
    return NULL;
}

/* Only a file takes any length in one piece. */
static size_t piece_of(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? ENOUGH : BATCH;
}

/* Every worker takes it for every request, and only to copy a line: to sleep would take longer than
 * to try again. */
static bool init_lock(pthread_mutex_t *lock) {
    pthread_mutexattr_t kind;
    if (pthread_mutexattr_init(&kind) != 0)
        return false;
    bool fine = pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP) == 0 &&
                pthread_mutex_init(lock, &kind) == 0;
    pthread_mutexattr_destroy(&kind);
    return fine;
}

/* Signals are main's to wait for; the writer also must not die of SIGPIPE. */
static bool start_writer(struct log *l) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&l->writer, NULL, writer_main, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}

struct log *log_new(int fd, enum log_level least) {
    struct log *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->fd = fd;
    l->least = least;
    l->piece = piece_of(fd);
    if (!init_lock(&l->lock))
        goto no_lock;
    if (pthread_cond_init(&l->filled, NULL) != 0)
        goto no_cond;
    if (!start_writer(l))
        goto no_writer;
    return l;

no_writer:
    pthread_cond_destroy(&l->filled);
no_cond:
    pthread_mutex_destroy(&l->lock);
no_lock:
    free(l);
    return NULL;
}

void log_free(struct log *l) {
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_cond_signal(&l->filled);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->writer, NULL);
    pthread_cond_destroy(&l->filled);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static void queue(struct log *l, const struct log_text *t) {
    pthread_mutex_lock(&l->lock);
    bool room = t->len <= RING - l->used;
    size_t before = l->used;
    if (room)
        ring_put(l, t->bytes, t->len);
    bool due = room && (before == 0 || (before < ENOUGH && l->used >= ENOUGH));
    pthread_mutex_unlock(&l->lock);
    if (due)
        pthread_cond_signal(&l->filled);
    if (!room)
        atomic_fetch_add_explicit(&l->dropped, 1, memory_order_relaxed);
}

void log_line(struct log *l, enum log_level level, const char *event,
              const struct log_field *fields) {
    if (!l || level < l->least)
        return;
    /* The compiler's flags would fill it with zeros, many times what is then written: a cold page
     * of a worker's stack, for every request. */
    __attribute__((uninitialized)) struct log_text t;
    log_text_make(&t, clock_wall_us(), level, event, fields);
    queue(l, &t);
}

void log_say(struct log *l, enum log_level level, const char *event, const char *format, ...) {
    if (!l || level < l->least)
        return;
    char detail[LOG_LINE_MAX / 2];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    log_line(l, level, event,
             (const struct log_field[]){
                 {.name = "detail", .type = LOG_TEXT, .text = detail},
                 {.type = LOG_END},
             });
}

uint64_t log_dropped(const struct log *l) {
    return l ? atomic_load_explicit(&l->dropped, memory_order_relaxed) : 0;
}
