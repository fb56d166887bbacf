#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Either family, without casts between pointers. */
union endpoint {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool read_endpoint(const union endpoint *e, struct address *out, uint16_t *port) {
    if (e->any.sa_family == AF_INET) {
        *out = (struct address){.byte = {[10] = 0xff, [11] = 0xff}};
        memcpy(out->byte + 12, &e->v4.sin_addr, 4);
        *port = ntohs(e->v4.sin_port);
        return true;
    }
    if (e->any.sa_family == AF_INET6) {
        memcpy(out->byte, &e->v6.sin6_addr, sizeof(out->byte));
        *port = ntohs(e->v6.sin6_port);
        return true;
    }
    return false;
}

bool socket_peer(int fd, struct address *peer, uint16_t *peer_port) {
    union endpoint e = {0};
    socklen_t len = sizeof(e);
    return getpeername(fd, &e.any, &len) == 0 && read_endpoint(&e, peer, peer_port);
}

static bool has_local_port(int fd, uint16_t port) {
    union endpoint e = {0};
    socklen_t len = sizeof(e);
    struct address local;
    uint16_t found;
    return getsockname(fd, &e.any, &len) == 0 && read_endpoint(&e, &local, &found) && found == port;
}

bool socket_joins(int fd, uint16_t port, const struct address *peer, uint16_t peer_port) {
    struct address there;
    uint16_t there_port;
    return socket_peer(fd, &there, &there_port) && there_port == peer_port &&
           address_equal(&there, peer) && has_local_port(fd, port);
}

/* The next open descriptor of this process; -1 at the end. */
static int next_descriptor(DIR *dir) {
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && *end == '\0')
            return (int)fd;
    }
    return -1;
}

DIR *sockets_open(void) {
    return opendir("/proc/self/fd");
}

void sockets_each(DIR *descriptors, uint16_t port,
                  void (*visit)(void *context, int fd, const struct address *peer,
                                uint16_t peer_port),
                  void *context) {
    int fd;
    rewinddir(descriptors);
    while ((fd = next_descriptor(descriptors)) >= 0) {
        struct address peer;
        uint16_t peer_port;
        if (socket_peer(fd, &peer, &peer_port) && has_local_port(fd, port))
            visit(context, fd, &peer, peer_port);
    }
}

static void count_one(void *context, int fd, const struct address *peer, uint16_t peer_port) {
    static const int any = 0;
    (void)peer;
    (void)peer_port;
    (void)setsockopt(fd, IPPROTO_IP, IP_MINTTL, &any, sizeof(any));
    ++*(size_t *)context;
}

size_t sockets_count(uint16_t port) {
    size_t count = 0;
    DIR *dir = sockets_open();
    if (!dir)
        return count;
    sockets_each(dir, port, count_one, &count);
    closedir(dir);
    return count;
}

bool socket_has_bytes(int fd) {
    int bytes = 0;
    return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

int64_t socket_taken(int fd) {
    /* What arrives between the two questions makes the answer too large, never right by chance. */
    int unread = 0;
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    if (ioctl(fd, FIONREAD, &unread) != 0 ||
        getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received))
        return -1;
    return (int64_t)info.tcpi_bytes_received - unread;
}

ssize_t socket_peek(int fd, void *bytes, size_t most) {
    ssize_t got = recv(fd, bytes, most, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? -1 : got < 0 ? 0 : got;
}

bool socket_skip(int fd, size_t len) {
    return recv(fd, NULL, len, MSG_TRUNC | MSG_DONTWAIT) == (ssize_t)len;
}

ssize_t socket_offer(int fd, const void *bytes, size_t len) {
    ssize_t sent = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

bool socket_has_ended(int fd) {
    char byte;
    ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void socket_narrow(int fd, int bytes) {
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static bool is_listening(int fd) {
    int on = 0;
    socklen_t len = sizeof(on);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

int listener_find(uint16_t port) {
    DIR *dir = sockets_open();
    if (!dir)
        return -1;
    int fd;
    while ((fd = next_descriptor(dir)) >= 0) {
        if (is_listening(fd) && has_local_port(fd, port))
            break;
    }
    closedir(dir);
    return fd;
}

void listener_bound(int fd, int unsent_most, int64_t patience_ms) {
    const unsigned patience = (unsigned)patience_ms;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_most, sizeof(unsent_most));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool listener_seal(int fd) {
    /* Byte 13 of the TCP header holds the flags: SYN (2) without ACK (16) opens a connection. */
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    const struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    static const int next_door = 255; /* what nobody sends: hosts begin at 64 or 128 */
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 ||
           setsockopt(fd, IPPROTO_IP, IP_MINTTL, &next_door, sizeof(next_door)) == 0;
}

size_t listener_backlog(int fd) {
    /* Of a listening socket these fields are the length of its queue and the most it may be. */
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_unacked : 0;
}
