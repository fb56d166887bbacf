#include "plain.h"

#include <string.h>

#include "text.h"

/* They change what follows the head, or who has to be asked about it. */
static const char *const other_kinds[] = {
    "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Trailer",
};

/* Ends the line at its CR LF, and passes to the next one. NULL: it has no such end. */
static char *take_line(char **at, const char *end) {
    char *line = *at;
    char *stop = memchr(line, '\r', (size_t)(end - line));
    if (!stop || end - stop < 2 || stop[1] != '\n')
        return NULL;
    *stop = '\0';
    *at = stop + 2;
    return line;
}

/* Ends the word at the byte, and passes to what stands behind it. NULL: the byte is not there. */
static char *take_word(char **at, char stop) {
    char *word = *at;
    char *end = strchr(word, stop);
    if (!end)
        return NULL;
    *end = '\0';
    *at = end + 1;
    return word;
}

static bool is_visible(const char *text) {
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

/* "GET /goals?lang=es HTTP/1.1" */
static bool take_first(char *line, struct request *rq) {
    if (!line || !is_visible(line))
        return false;
    rq->method = take_word(&line, ' ');
    char *target = rq->method ? take_word(&line, ' ') : NULL;
    if (!target || *target != '/' || strcmp(line, "HTTP/1.1") != 0)
        return false;
    if (strcmp(rq->method, "GET") == 0)
        rq->verb = VERB_GET;
    else if (strcmp(rq->method, "HEAD") == 0)
        rq->verb = VERB_HEAD;
    else
        return false;
    rq->version = line + strlen("HTTP/");
    rq->path = target;
    rq->query = strchr(target, '?') ? (take_word(&target, '?'), target) : NULL;
    return true;
}

static bool is_other_kind(const char *name) {
    for (size_t i = 0; i < COUNT(other_kinds); i++) {
        if (text_same(name, other_kinds[i]))
            return true;
    }
    return false;
}

/* "Host: localhost"; one space, as everybody sends it, or none. */
static bool take_header(char *line, struct pair *h) {
    char *name = take_word(&line, ':');
    if (!name || is_other_kind(name))
        return false;
    line += *line == ' ';
    size_t len = strlen(line);
    if (len == 0 || line[0] == ' ' || line[len - 1] == ' ' || !is_visible(line))
        return false;
    *h = (struct pair){name, line};
    return true;
}

bool plain_read(char *bytes, size_t len, struct request *rq) {
    char *at = bytes;
    const char *end = bytes + len;
    rq->nheaders = 0;
    if (memchr(bytes, '\0', len) || !take_first(take_line(&at, end), rq))
        return false;
    for (char *line; (line = take_line(&at, end));) {
        if (*line == '\0')
            return at == end && rq->nheaders > 0;
        if (rq->nheaders + 1 == REQUEST_HEADERS || !take_header(line, &rq->headers[rq->nheaders]))
            return false;
        rq->nheaders++;
    }
    return false;
}
