#include "cors.h"

bool cors_is_preflight(const struct request *rq) {
    return rq->verb == VERB_OPTIONS && request_header(rq, "Origin") &&
           request_header(rq, "Access-Control-Request-Method");
}

void cors_preflight(struct reply *rp) {
    rp->status = 204;
    rp->cache_control = "public, max-age=7200";
    rp->vary = "Access-Control-Request-Method, Access-Control-Request-Headers";
    reply_header(rp, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    reply_header(
        rp, "Access-Control-Allow-Headers",
        "Accept, Accept-Language, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id, "
        "traceparent");
    reply_header(rp, "Access-Control-Max-Age", "7200");
}

const char *cors_lines(const struct request *rq) {
    if (rq->verb != VERB_GET && rq->verb != VERB_HEAD && rq->verb != VERB_OPTIONS)
        return "";
    return "Access-Control-Allow-Origin: *\r\n"
           "Access-Control-Expose-Headers: Age, Date, ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id\r\n";
}
