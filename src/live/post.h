/* One HTTP POST to a stranger: guarded, short, and never anything but one request to one address.
 * The room's only files that know libcurl are this one and the sender. */
#ifndef LIVE_POST_H
#define LIVE_POST_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "reach.h"

/* What all posts share; read-only while any is under way. */
struct post_rules {
    struct reach reach;
    bool by_http;            /* http:// too */
    const char *authorities; /* a PEM file of those who vouch for receivers; NULL: the system's */
    const char *agent;       /* User-Agent */
};

enum { POST_DEADLINE_MS = 5000, POST_TAKES = 65536 };

/* Zero-initialised; the owner does not move it while it is under way. */
struct post {
    CURL *easy; /* NULL: not under way */
    struct curl_slist *headers;
    const struct post_rules *rules;
    bool opened;   /* an address was spoken to */
    bool refused;  /* one may not be */
    bool answered; /* the head of the answer has come, whole */
    size_t taken;  /* bytes of the answer */
};

/* Begins to send; the strings must live until post_end. Headers are "name: value", NULL-terminated.
 * Fails without anything begun. */
MUST_CHECK bool post_begin(struct call *c, CURLM *multi, struct post *p,
                           const struct post_rules *rules, const char *url, const char *body,
                           const char *const *headers);

struct post_result {
    int status;            /* 0: no answer */
    const char *error;     /* a word; NULL: taken, a status of 2xx */
    int64_t retry_after_s; /* what the receiver asks for; 0: nothing */
};

/* What came of it, after libcurl said that it is done; frees what belongs to it. */
struct post_result post_end(CURLM *multi, struct post *p, CURLcode code);

/* Ends it however it stands. Accepts one that is not under way. */
void post_drop(CURLM *multi, struct post *p);

#endif
