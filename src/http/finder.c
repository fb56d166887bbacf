#include "finder.h"

#include <dirent.h>
#include <stdlib.h>

#include "sockets.h"

/* One look at all descriptors. */
struct search {
    struct finder *finder;
    uint8_t met[FINDER_PORTS / 8]; /* ports in this search */
    const struct address *peer;
    uint16_t port;
    int found; /* -1: none, -2: more than one */
};

static void note(void *context, int fd, const struct address *peer, uint16_t port) {
    struct search *s = context;
    unsigned bit = 1U << port % 8;
    bool again = s->met[port / 8] & bit;
    s->met[port / 8] = (uint8_t)(s->met[port / 8] | bit);
    atomic_store_explicit(&s->finder->seen[port], again ? 0 : fd + 1, memory_order_relaxed);
    if (port == s->port && address_equal(peer, s->peer))
        s->found = s->found == -1 ? fd : -2;
}

static int look_at_all(struct finder *f, uint16_t port, const struct address *peer,
                       uint16_t peer_port) {
    struct search *s = calloc(1, sizeof(*s));
    DIR *descriptors = s ? sockets_open() : NULL;
    int found = -1;
    if (descriptors) {
        *s = (struct search){.finder = f, .peer = peer, .port = peer_port, .found = -1};
        sockets_each(descriptors, port, note, s);
        found = s->found < 0 ? -1 : s->found;
        (void)closedir(descriptors);
    }
    free(s);
    return found;
}

/* -1 where it was not noted. */
static int noted(const struct finder *f, uint16_t port, const struct address *peer,
                 uint16_t peer_port) {
    int fd = atomic_load_explicit(&f->seen[peer_port], memory_order_relaxed) - 1;
    return fd >= 0 && socket_joins(fd, port, peer, peer_port) ? fd : -1;
}

/* Those who come meanwhile find themselves noted. */
int finder_find(struct finder *f, uint16_t port, const struct address *peer, uint16_t peer_port) {
    int fd = noted(f, port, peer, peer_port);
    if (fd >= 0)
        return fd;
    pthread_mutex_lock(&f->lock);
    fd = noted(f, port, peer, peer_port);
    if (fd < 0)
        fd = look_at_all(f, port, peer, peer_port);
    pthread_mutex_unlock(&f->lock);
    return fd;
}

void finder_init(struct finder *f) {
    pthread_mutex_init(&f->lock, NULL);
}

void finder_drop(struct finder *f) {
    pthread_mutex_destroy(&f->lock);
}
