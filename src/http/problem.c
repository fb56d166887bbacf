#include "http/problem.h"

#include <string.h>

#include "base/macros.h"

const struct problem PROBLEMS[] = {
    {ERR_MALFORMED, 400, "malformed", "The request is malformed",
     "The request does not follow the grammar of HTTP, of JSON or of a parameter. `detail` and `errors` say where. Correct it; "
     "repeating it unchanged gives the same answer."},
    {ERR_INVALID, 422, "invalid", "The content is refused",
     "The body is well-formed, but holds values or fields that are not taken. `errors` lists all of them, each with a JSON pointer. "
     "Nothing was changed."},
    {ERR_UNAUTHENTICATED, 401, "unauthenticated", "A key is needed",
     "Send `Authorization: Bearer <key>` with a key that is alive: neither revoked nor past its date."},
    {ERR_FORBIDDEN, 403, "forbidden", "The key may not do this",
     "The key is alive, but its scopes, its source or its list of objectives do not cover the request. Ask who issued it."},
    {ERR_NOT_FOUND, 404, "not-found", "There is no such resource",
     "Nothing is published under this path. Paths are case-sensitive and have no slash at the end; GET / lists them."},
    {ERR_NO_ACTIVE_PLAN, 404, "no-active-plan", "No plan is active",
     "Paths without `plan` speak of the active plan, and at the moment there is none. Name one with `?plan=<slug>`."},
    {ERR_METHOD, 405, "method-not-allowed", "The resource has no such method",
     "The header `Allow` lists the methods that it has."},
    {ERR_NOT_ACCEPTABLE, 406, "not-acceptable", "None of the types asked for can be given",
     "The header `Accept` excludes every representation of the resource. Add `application/json`, or leave it out."},
    {ERR_TIMEOUT, 408, "timeout", "The request took too long to arrive",
     "The head or the body did not arrive within its time, and the connection was closed. Send it again in one go."},
    {ERR_CONFLICT, 409, "conflict", "The state of the resource refuses it",
     "What is asked does not fit what the resource is now. Read it again, then decide."},
    {ERR_SUPERSEDED, 409, "superseded", "The update has a successor",
     "Only the newest update of a chain can be corrected, retracted or published against. Follow `superseded_by`."},
    {ERR_KNOWN, 409, "external-id-known", "The external id is taken",
     "An update with this source and external id exists: `Location` leads to it. Use PUT on that path to correct it."},
    {ERR_REDACTED, 409, "redacted", "A field was redacted",
     "What these fields said was blanked by an administrator, and a report that is sent again does not bring it back. Clean it at "
     "its source, and leave the fields out (for `summary` say `[redacted]`). To say it anew, correct the update by POST with "
     "`supersedes` and a `reason`."},
    {ERR_IN_FLIGHT, 409, "idempotency-in-flight", "The same key is being worked on",
     "A request with this Idempotency-Key has not ended yet. Repeat it in a second: the answer will be that of the first."},
    {ERR_KEY_REUSED, 422, "idempotency-key-reused", "The key belongs to another request",
     "This Idempotency-Key was used with another method, path or body. Use a new key for a new request."},
    {ERR_LENGTH_REQUIRED, 411, "length-required", "The body's length is missing",
     "Send `Content-Length`, or `Transfer-Encoding: chunked`. For an empty body send `Content-Length: 0`."},
    {ERR_STALE, 412, "stale-revision", "The revision is not the current one",
     "Somebody changed the resource since it was read. Read it again and send its new ETag in `If-Match`."},
    {ERR_TOO_LARGE, 413, "body-too-large", "The body is too large",
     "Send less at a time. The limits stand in the documentation of each path."},
    {ERR_URI_TOO_LONG, 414, "uri-too-long", "The path or query is too long",
     "A path may have 1,024 bytes and a query 2,048."},
    {ERR_MEDIA_TYPE, 415, "unsupported-media-type", "The body's type is not taken",
     "Send `Content-Type: application/json`, for PATCH `application/merge-patch+json`."},
    {ERR_PRECONDITION_REQUIRED, 428, "precondition-required", "If-Match is missing",
     "Read the resource and send its ETag in `If-Match`, so that nobody's change is overwritten unseen."},
    {ERR_TOO_MANY, 429, "too-many-requests", "Too many requests",
     "Wait as many seconds as `Retry-After` says. Answers that a cache can give are not counted."},
    {ERR_HEADERS_TOO_LARGE, 431, "headers-too-large", "The headers are too many or too large",
     "Fewer than 64 headers and 16,000 bytes of them are taken. Often cookies of other services are the reason."},
    {ERR_NOT_IMPLEMENTED, 501, "not-implemented", "This is not implemented",
     "The request asks for something of HTTP that this server does not do, such as a transfer coding other than chunked."},
    {ERR_UNAVAILABLE, 503, "unavailable", "The service cannot answer for now",
     "Its database or room for the request is missing for the moment. Nothing was changed. Repeat it after `Retry-After` seconds."},
    {ERR_OUTCOME_UNKNOWN, 503, "outcome-unknown", "It is not known whether the write took place",
     "The connection to the database broke while it committed. Repeat the request with the same Idempotency-Key: it is applied once."},
    {ERR_NO_MEMORY, 503, "no-memory", "The service is out of memory",
     "This one request was given up; nothing was changed. Repeat it after `Retry-After` seconds."},
    {ERR_INTERNAL, 500, "internal", "The service made a mistake",
     "The reason is in the service's log under the `request_id`. Tell the operator that id."},
};
const size_t PROBLEM_COUNT = COUNT(PROBLEMS);

const struct problem *problem_of(enum err err) {
    for (size_t i = 0; i < COUNT(PROBLEMS); i++) {
        if (PROBLEMS[i].err == err)
            return &PROBLEMS[i];
    }
    return &PROBLEMS[COUNT(PROBLEMS) - 1];
}

const struct problem *problem_find(const char *code) {
    for (size_t i = 0; i < COUNT(PROBLEMS); i++) {
        if (strcmp(PROBLEMS[i].code, code) == 0)
            return &PROBLEMS[i];
    }
    return NULL;
}
