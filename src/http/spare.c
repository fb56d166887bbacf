#include "spare.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "metrics.h"
#include "sockets.h"

enum { DRAINED = 4096 };

const char SPARE_ANSWER[] =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const size_t SPARE_ANSWER_LENGTH = sizeof(SPARE_ANSWER) - 1;

static int open_one(void) {
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void spare_init(struct spare *s) {
    s->fd = open_one();
}

void spare_drop(struct spare *s) {
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

bool spare_is_needed(int listener) {
    if (listener < 0 || listener_backlog(listener) == 0)
        return false;
    int fd = open_one();
    if (fd >= 0) {
        (void)close(fd);
        return false;
    }
    return errno == EMFILE || errno == ENFILE;
}

/* What was sent already is read, or closing would reset the connection and take the answer along.
 */
static void refuse(int fd) {
    char sent[DRAINED];
    (void)send(fd, SPARE_ANSWER, SPARE_ANSWER_LENGTH, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, sent, sizeof(sent), MSG_DONTWAIT) > 0)
        continue;
    (void)close(fd);
    metrics_cut(CUT_FILES);
}

bool spare_turn_away(struct spare *s, int listener, int64_t ms) {
    if (s->fd < 0)
        s->fd = open_one();
    struct pollfd door = {.fd = listener, .events = POLLIN};
    int64_t end = clock_mono_us() + ms * 1000;
    int64_t left;
    while (s->fd >= 0 && (left = (end - clock_mono_us()) / 1000) > 0) {
        if (poll(&door, 1, (int)left) <= 0)
            continue;
        if (!(door.revents & POLLIN)) /* the listener is being shut */
            return false;
        if (!spare_is_needed(listener)) /* there is room again, or nobody any more */
            return true;
        (void)close(s->fd);
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            refuse(fd);
        s->fd = open_one();
    }
    return s->fd >= 0;
}
