#include "post.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- what libcurl asks back ---- */

/* The one place where an address is final: after all names, whatever their spelling. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *a) {
    struct post *p = context;
    if (purpose != CURLSOCKTYPE_IPCXN || !reach_may(&p->rules->reach, &a->addr)) {
        p->refused = true;
        return CURL_SOCKET_BAD;
    }
    p->opened = true;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Thrown away, and no more of it than POST_TAKES: less than was given ends the transfer. */
static size_t take(struct post *p, size_t len) {
    p->taken += len;
    return p->taken <= POST_TAKES ? len : 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    return take(context, size * count);
}

/* An empty line ends a head; that of an interim answer (1xx) is followed by another. */
static size_t take_head(char *bytes, size_t size, size_t count, void *context) {
    struct post *p = context;
    size_t len = size * count;
    long status = 0;
    bool is_end = len <= 2 && (len == 0 || bytes[0] == '\r' || bytes[0] == '\n');
    if (is_end && curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
        p->answered = status >= 200;
    return take(p, len);
}

/* ---- one post ---- */

static bool add_headers(struct post *p, const char *const *headers) {
    for (; *headers; headers++) {
        struct curl_slist *longer = curl_slist_append(p->headers, *headers);
        if (!longer)
            return false;
        p->headers = longer;
    }
    return true;
}

/* No redirect, no proxy, no cookie, no password file, no kept connection: what is not asked for
 * here does not happen. The resolver's thread is not waited for at the end. */
static const struct {
    CURLoption option;
    long value;
} ALWAYS[] = {
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_TIMEOUT_MS, POST_DEADLINE_MS},
    {CURLOPT_CONNECTTIMEOUT_MS, POST_DEADLINE_MS},
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_FRESH_CONNECT, 1},
    {CURLOPT_FORBID_REUSE, 1},
    {CURLOPT_QUICK_EXIT, 1},
};

static bool set_callbacks(struct post *p) {
    CURL *e = p->easy;
    return curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, p) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_head) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERDATA, p) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, p) == CURLE_OK;
}

static bool set_up(struct post *p, const char *url, const char *body) {
    const struct post_rules *r = p->rules;
    const struct {
        CURLoption option;
        const char *value; /* NULL: the library's own */
    } texts[] = {
        {CURLOPT_URL, url},
        {CURLOPT_PROTOCOLS_STR, r->by_http ? "https,http" : "https"},
        {CURLOPT_PROXY, ""},
        {CURLOPT_NOPROXY, "*"},
        {CURLOPT_CAINFO, r->authorities},
        {CURLOPT_USERAGENT, r->agent},
        {CURLOPT_POSTFIELDS, body},
    };
    for (size_t i = 0; i < COUNT(ALWAYS); i++)
        if (curl_easy_setopt(p->easy, ALWAYS[i].option, ALWAYS[i].value) != CURLE_OK)
            return false;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i].value &&
            curl_easy_setopt(p->easy, texts[i].option, texts[i].value) != CURLE_OK)
            return false;
    return set_callbacks(p) &&
           curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, p->headers) == CURLE_OK;
}

bool post_begin(struct call *c, CURLM *multi, struct post *p, const struct post_rules *rules,
                const char *url, const char *body, const char *const *headers) {
    *p = (struct post){.easy = curl_easy_init(), .rules = rules};
    if (p->easy && add_headers(p, headers) && set_up(p, url, body) &&
        curl_multi_add_handle(multi, p->easy) == CURLM_OK)
        return true;
    post_drop(multi, p);
    return fail(c, ERR_NO_MEMORY, "no room to send a webhook");
}

void post_drop(CURLM *multi, struct post *p) {
    if (p->easy) {
        curl_multi_remove_handle(multi, p->easy);
        curl_easy_cleanup(p->easy);
    }
    curl_slist_free_all(p->headers);
    p->easy = NULL;
    p->headers = NULL;
}

static const char *error_of_status(int status) {
    if (status / 100 == 2)
        return NULL;
    return status == 410 ? "gone" : status / 100 == 3 ? "redirect" : "status";
}

static const char *error_of_code(CURLcode code) {
    static const struct {
        CURLcode code;
        const char *word;
    } WORDS[] = {
        {CURLE_UNSUPPORTED_PROTOCOL, "not_https"},
        {CURLE_URL_MALFORMAT, "no_address"},
        {CURLE_COULDNT_RESOLVE_HOST, "no_address"},
        {CURLE_COULDNT_CONNECT, "no_connection"},
        {CURLE_OPERATION_TIMEDOUT, "timeout"},
        {CURLE_SSL_CONNECT_ERROR, "tls"},
        {CURLE_PEER_FAILED_VERIFICATION, "tls"},
        {CURLE_SSL_CACERT_BADFILE, "tls"},
        {CURLE_SSL_CERTPROBLEM, "tls"},
        {CURLE_SSL_CIPHER, "tls"},
    };
    for (size_t i = 0; i < COUNT(WORDS); i++)
        if (WORDS[i].code == code)
            return WORDS[i].word;
    return "broken";
}

static const char *error_of(const struct post *p, CURLcode code) {
    if (p->refused)
        return "forbidden_address";
    /* The library says so too of an answer in HTTP/0.9. */
    return p->opened && code == CURLE_UNSUPPORTED_PROTOCOL ? "broken" : error_of_code(code);
}

/* Once the head has come, the status is the answer, whatever becomes of a body that nobody reads.
 */
struct post_result post_end(CURLM *multi, struct post *p, CURLcode code) {
    struct post_result result = {0};
    long status = 0;
    curl_off_t wait = 0;
    if (p->answered && curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK) {
        result.status = (int)status;
        result.error = error_of_status(result.status);
        if (curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
            result.retry_after_s = wait;
    } else {
        result.error = error_of(p, code);
    }
    post_drop(multi, p);
    return result;
}
