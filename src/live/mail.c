#include "live/mail.h"

#include <curl/curl.h>
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECT_S = 10, WHOLE_S = 60 };

/* ---- SMTP ---- */

struct reading {
    const struct buf *message;
    size_t at;
};

static size_t read_more(char *out, size_t size, size_t count, void *context) {
    struct reading *r = context;
    size_t left = r->message->len - r->at, n = size * count < left ? size * count : left;
    memcpy(out, r->message->data + r->at, n);
    r->at += n;
    return n;
}

static void set_login(CURL *curl, const struct mailer *m) {
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(m->password ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (m->user)
        curl_easy_setopt(curl, CURLOPT_USERNAME, m->user);
    if (m->password)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, m->password);
}

static bool send_smtp(struct call *c, const struct mailer *m, const char *to,
                      const struct buf *message) {
    struct reading reading = {.message = message};
    char why[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    struct curl_slist *rcpt = curl_slist_append(NULL, to);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (curl && rcpt) {
        curl_easy_setopt(curl, CURLOPT_URL, m->smtp_url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, m->from);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpt);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_more);
        curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
        set_login(curl, m);
        code = curl_easy_perform(curl);
    }
    curl_slist_free_all(rcpt);
    curl_easy_cleanup(curl);
    return code == CURLE_OK ||
           fail(c, ERR_UNAVAILABLE, "the mail server: %s", *why ? why : curl_easy_strerror(code));
}

/* ---- sendmail ---- */

static bool write_all(int pipe, const struct buf *message) {
    for (size_t done = 0; done < message->len;) {
        ssize_t n = write(pipe, message->data + done, message->len - done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static int start(struct call *c, const struct mailer *m, const char *to, const int ends[2],
                 pid_t *pid) {
    const char *const words[] = {m->sendmail, "-i", "-f", m->from, "--", to};
    char *own[COUNT(words) + 1] = {0};
    posix_spawn_file_actions_t actions;
    for (size_t i = 0; i < COUNT(words); i++)
        if (!(own[i] = call_strdup(c, words[i])))
            return ENOMEM;
    int why = posix_spawn_file_actions_init(&actions);
    if (why)
        return why;
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    why = posix_spawn(pid, m->sendmail, &actions, NULL, own, environ);
    posix_spawn_file_actions_destroy(&actions);
    return why;
}

static bool send_local(struct call *c, const struct mailer *m, const char *to,
                       const struct buf *message) {
    int ends[2], status = -1;
    pid_t pid;
    if (pipe(ends) != 0)
        return fail(c, ERR_UNAVAILABLE, "%s: %s", m->sendmail, strerror(errno));
    int why = start(c, m, to, ends, &pid);
    close(ends[0]);
    bool taken = !why && write_all(ends[1], message);
    close(ends[1]);
    if (why)
        return fail(c, ERR_UNAVAILABLE, "%s: %s", m->sendmail, strerror(why));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (taken && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return fail(c, ERR_UNAVAILABLE, "%s did not take the message (exit code %d)", m->sendmail,
                WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

bool mail_send(struct call *c, const struct mailer *m, const char *to, const struct buf *message) {
    return m->smtp_url ? send_smtp(c, m, to, message) : send_local(c, m, to, message);
}
