/* Plays the cases of tests/data/framing against a real server: raw bytes in, statuses out, and
 * whether the connection lives on. */
#include <civetweb.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "support/suite.h"

enum { ANSWERS = 4, CASES_LEAST = 60 };

struct play {
    char name[128];
    int status[ANSWERS];
    size_t count;
    bool close;
    bool head;
    struct buf bytes;
};

/* "# expect: 200 400 close" */
static void read_expectation(struct play *p, const char *text) {
    p->count = 0;
    while (*text == ' ' && p->count < ANSWERS && text[1] >= '1' && text[1] <= '9') {
        p->status[p->count++] = atoi(text + 1);
        text += 4;
    }
    p->close = strcmp(text, " close") == 0;
    ck_assert_msg(p->count > 0 && (p->close || strcmp(text, " open") == 0), "%s: no expectation",
                  p->name);
}

static size_t add_escape(struct play *p, const char *at, int port);

static void add_bytes(struct play *p, const char *at, size_t len, int port) {
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '\\')
            i += add_escape(p, at + i, port);
        else if (strncmp(at + i, "PORT", 4) == 0) {
            buf_addf(&p->bytes, "%d", port);
            i += 3;
        } else
            buf_addc(&p->bytes, at[i]);
    }
}

/* \r \n \t \0 \\ \xHH, and \*N(text) for N times the text. Returns the bytes taken beyond the
 * backslash. */
static size_t add_escape(struct play *p, const char *at, int port) {
    static const char plain[] = "rnt0\\";
    static const char meant[] = "\r\n\t\0\\";
    const char *known = strchr(plain, at[1]);
    if (known) {
        buf_addc(&p->bytes, meant[known - plain]);
        return 1;
    }
    if (at[1] == 'x') {
        buf_addc(&p->bytes, (char)strtol((const char[]){at[2], at[3], '\0'}, NULL, 16));
        return 3;
    }
    ck_assert_msg(at[1] == '*', "%s: unknown escape", p->name);
    const char *open = strchr(at, '(');
    const char *end = strchr(at, ')');
    for (int times = atoi(at + 2); times > 0; times--)
        add_bytes(p, open + 1, (size_t)(end - open - 1), port);
    return (size_t)(end - at);
}

/* "# with 1.15 expect: 400 close", below the other: where the library here is of that version. */
static bool read_expectation_with(struct play *p, const char *text) {
    const char *version = mg_version();
    size_t len = strlen(version);
    if (strncmp(text, "# with ", 7) != 0)
        return false;
    if (strncmp(text + 7, version, len) == 0 && strncmp(text + 7 + len, " expect:", 8) == 0)
        read_expectation(p, text + 7 + len + 8);
    return true;
}

static void load(struct play *p, const char *name, int port) {
    char path[512];
    char line[8192];
    *p = (struct play){0};
    (void)snprintf(p->name, sizeof(p->name), "%s", name);
    (void)snprintf(path, sizeof(path), TEST_DATA "/framing/%s", name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s", path);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "# expect:", 9) == 0)
            read_expectation(p, line + 9);
        else if (!read_expectation_with(p, line) && line[0] != '#')
            add_bytes(p, line, strlen(line), port);
    }
    (void)fclose(file);
    ck_assert_msg(p->count > 0, "%s: no expectation", name);
    p->head = p->bytes.len > 5 && memcmp(p->bytes.data, "HEAD ", 5) == 0;
}

/* Whoever is refused learns why in a problem document of the same status. */
static void check_document(const struct play *p, struct answer *a) {
    if (a->status < 400 || p->head)
        return;
    char status[32];
    (void)snprintf(status, sizeof(status), "\"status\":%d,", a->status);
    const char *type = answer_header(a, "Content-Type");
    ck_assert_msg(type && strcmp(type, "application/problem+json") == 0, "%s: type %s", p->name,
                  type ? type : "none");
    ck_assert_msg(strstr(a->body.data, status), "%s: %s", p->name, a->body.data);
    ck_assert_msg(strstr(a->body.data, "\"request_id\":\""), "%s: %s", p->name, a->body.data);
}

static void check_open(const struct play *p, int fd) {
    AUTO(answer) struct answer a = {0};
    (void)client_say(fd, "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client_read(fd, false, &a);
    ck_assert_msg(a.status == 200, "%s: afterwards %d instead of 200", p->name, a.status);
}

static void play(const struct play *p, int port, bool lent) {
    int fd = client_connect(port);
    ck_assert_msg(fd >= 0, "%s: no connection", p->name);
    if (lent)
        fixture_lend(fd);
    (void)client_send(fd, p->bytes.data, p->bytes.len);
    bool last = false;
    for (size_t i = 0; i < p->count; i++) {
        AUTO(answer) struct answer a = {0};
        client_read(fd, p->head, &a);
        ck_assert_msg(a.status == p->status[i], "%s: answer %zu is %d instead of %d", p->name,
                      i + 1, a.status, p->status[i]);
        check_document(p, &a);
        last = a.close;
    }
    ck_assert_msg(last == p->close, "%s: Connection: close %s", p->name,
                  last ? "was said" : "is missing");
    if (p->close)
        ck_assert_msg(client_at_end(fd), "%s: more was answered, or the connection stays", p->name);
    else
        check_open(p, fd);
    (void)close(fd);
}

START_TEST(every_case_gets_its_statuses_and_its_end) {
    struct fixture f;
    struct server_config config = fixture_config();
    config.head_ms = 5000;
    config.body_ms = 1000;
    fixture_start(&f, &config);
    DIR *dir = opendir(TEST_DATA "/framing");
    ck_assert_ptr_nonnull(dir);
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        const char *end = strstr(entry->d_name, ".http");
        if (!end || end[5] != '\0')
            continue;
        struct play p;
        load(&p, entry->d_name, f.port);
        play(&p, f.port, false);
        play(&p, f.port, true);
        buf_drop(&p.bytes);
        count++;
    }
    closedir(dir);
    ck_assert_int_ge(count, CASES_LEAST);
    fixture_stop(&f);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {every_case_gets_its_statuses_and_its_end};
    return suite_run("http/framing", tests, COUNT(tests));
}
