/* The library keeps its sockets to itself: this finds them again among the process's descriptors,
 * by their addresses. */
#ifndef HTTP_SOCKETS_H
#define HTTP_SOCKETS_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"

/* The list of the process's descriptors, for sockets_each: one that is kept open needs no further
 * descriptor when none is left. NULL when it cannot be read. */
DIR *sockets_open(void);

/* Calls visit for every connected socket whose local port is `port`. About 0.2 us for each
 * descriptor of the process. */
void sockets_each(DIR *descriptors, uint16_t port,
                  void (*visit)(void *context, int fd, const struct address *peer,
                                uint16_t peer_port),
                  void *context);

/* How many there are; what listener_seal may have put on them is taken off. */
size_t sockets_count(uint16_t port);

/* The peer of a connected socket; false when fd is none. */
bool socket_peer(int fd, struct address *peer, uint16_t *peer_port);

/* True when fd is a connection between our port and that peer. */
bool socket_joins(int fd, uint16_t port, const struct address *peer, uint16_t peer_port);

/* True when bytes lie unread in the socket. */
bool socket_has_bytes(int fd);

/* Bytes that have been read from the socket since it was connected; -1 when the system does not
 * count them. */
int64_t socket_taken(int fd);

/* What lies unread, at most so much, and goes on to lie there: its length; 0 at the end, -1 when
 * nothing has come. None of the three ever waits. */
ssize_t socket_peek(int fd, void *bytes, size_t most);

/* Takes away so many bytes of what was seen; false when they are not there. */
bool socket_skip(int fd, size_t len);

/* Sends as much as there is room for: how much that was; -1 when the client has gone. */
ssize_t socket_offer(int fd, const void *bytes, size_t len);

/* True when the peer has closed, and left nothing to be read. */
bool socket_has_ended(int fd);

/* Bounds what the system holds of what is written and not yet taken, to about so many bytes. */
void socket_narrow(int fd, int bytes);

/* The listening socket on the port; -1 when there is none. */
int listener_find(uint16_t port);

/* For every connection accepted from then on: the system holds at most about so many bytes that it
 * could not send yet, and gives up a client who takes nothing of them for that long. Accepting
 * never waits. */
void listener_bound(int fd, int unsent_most, int64_t patience_ms);

/*
 * Lets nobody in any more, and loses nobody who is in: a filter drops every SYN, while connections
 * that are established or in the middle of their handshake go on to be accepted. Closing a listener
 * instead resets all that wait in its queue. Some kernels let only administrators set a filter;
 * then packets from as far away as anybody is (IP_MINTTL) are dropped instead, also on what is
 * accepted from then on, until sockets_count has seen it. False when the system has neither.
 */
bool listener_seal(int fd);

/* Connections that wait to be accepted. */
size_t listener_backlog(int fd);

#endif
