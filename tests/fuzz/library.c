#include "library.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEADERS = 64 };

/* Bytes of the head with its empty line; 0: it has not ended, or a byte is refused. */
static size_t head_length(const char *at, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)at[i];
        if (!isprint(byte) && byte != '\r' && byte != '\n' && byte < 128)
            return 0;
        if (i + 1 < len && memcmp(at + i, "\n\n", 2) == 0)
            return i + 2;
        if (i + 3 < len && memcmp(at + i, "\r\n\r\n", 4) == 0)
            return i + 4;
    }
    return 0;
}

/* Ends the word with NULs over all white space behind it. */
static bool end_word(char **at, bool ends_line) {
    while (isgraph((unsigned char)**at))
        (*at)++;
    if (ends_line ? **at != '\r' && **at != '\n' : **at != ' ')
        return false;
    do
        *(*at)++ = '\0';
    while (isspace((unsigned char)**at));
    return ends_line || isgraph((unsigned char)**at);
}

/* The end of the name, its colon and the spaces about it made NUL or skipped: where the value
 * begins. NULL: no header. */
static char *end_name(char *at) {
    while (*at != ':' && *at > 32 && *at < 127)
        at++;
    while (*at == ' ')
        *at++ = '\0';
    if (*at != ':')
        return NULL;
    for (*at++ = '\0'; *at == ' ' || *at == '\t';)
        at++;
    return at;
}

/* The number of headers, -1 where one is none. */
static int split_headers(char *at, struct mg_header *headers) {
    int count = 0;
    while (count < HEADERS && *at != ':' && *at > 32 && *at < 127) {
        char *value = end_name(at);
        if (!value)
            return -1;
        headers[count++] = (struct mg_header){.name = at, .value = value};
        at = value + strcspn(value, "\r\n");
        if (*at == '\r') {
            *at++ = '\0';
            if (*at != '\n')
                return -1;
        }
        if (*at == '\0')
            break;
        *at++ = '\0';
        if (*at == '\r' || *at == '\n')
            break;
    }
    return count;
}

static bool split_target(struct mg_request_info *info) {
    char *uri = (char *)(uintptr_t)info->request_uri;
    char *path = uri;
    if (strncasecmp(uri, "http://", 7) == 0)
        path = strchr(uri + 7, '/');
    else if (strcmp(uri, "*") == 0)
        path = NULL;
    else if (*uri != '/')
        return false;
    info->local_uri_raw = path;
    char *mark = strchr(uri, '?');
    if (mark)
        *mark++ = '\0';
    info->query_string = mark;
    return path || *uri == '*';
}

bool library_parse(char *buffer, size_t len, struct mg_request_info *info) {
    while (len > 0 && isspace((unsigned char)*buffer)) {
        buffer++;
        len--;
    }
    size_t head = len > 0 ? head_length(buffer, len) : 0;
    if (head == 0)
        return false;
    buffer[head - 1] = '\0';
    info->request_method = buffer;
    if (!end_word(&buffer, false))
        return false;
    info->request_uri = buffer;
    if (!end_word(&buffer, false))
        return false;
    info->http_version = buffer;
    if (!end_word(&buffer, true) || strncmp(info->http_version, "HTTP/", 5) != 0)
        return false;
    info->http_version += 5;
    info->num_headers = split_headers(buffer, info->http_headers);
    return info->num_headers > 0 && split_target(info);
}
