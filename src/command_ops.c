#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "command.h"
#include "config.h"

int command_config(int argc, char **argv) {
    bool markdown = argc == 2 && strcmp(argv[1], "--markdown") == 0;
    AUTO(buf) struct buf table = {0};
    if (argc > 1 && !markdown)
        return command_misused("config", "does not know \"%s\"", argv[1]);
    config_print(&table, markdown);
    fputs(table.data, stdout);
    return EXIT_OK;
}

static int connect_to_service(void) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)config_int(SET_PORT))};
    struct timeval patience = {.tv_sec = 2};
    if (inet_pton(AF_INET, config_text(SET_LISTEN), &to.sin_addr) != 1 ||
        to.sin_addr.s_addr == INADDR_ANY)
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The first line of /readyz's answer is all that counts: "HTTP/1.1 200 …". */
int command_healthcheck(int argc, char **argv) {
    static const char ASK[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[16] = "";
    if (argc > 1)
        return command_misused("healthcheck", "takes no \"%s\"", argv[1]);
    int fd = connect_to_service();
    if (fd >= 0 && send(fd, ASK, sizeof ASK - 1, MSG_NOSIGNAL) == (ssize_t)sizeof ASK - 1)
        (void)!recv(fd, answer, sizeof answer - 1, MSG_WAITALL);
    if (fd >= 0)
        close(fd);
    bool ready = strncmp(answer, "HTTP/1.1 200", 12) == 0;
    puts(ready ? "ready" : *answer ? "not ready" : "nothing answers");
    return ready ? EXIT_OK : EXIT_REFUSED;
}
