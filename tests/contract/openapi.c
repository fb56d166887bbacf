#include "openapi.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "generated/contract.h"

struct doc *contract;

static const char *const METHODS[] = {"get",     "put",  "post",  "delete",
                                      "options", "head", "patch", "trace"};

static bool is_method(const char *name) {
    for (size_t i = 0; i < COUNT(METHODS); i++)
        if (strcmp(METHODS[i], name) == 0)
            return true;
    return false;
}

void contract_read(void) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    contract = doc_parse(&c, OPENAPI[1].bytes, OPENAPI[1].len);
    ck_assert_msg(contract != NULL, "%s", c.detail);
}

const struct doc *contract_resolve(const struct doc *d) {
    const char *ref = doc_get_text(d, "$ref");
    if (!ref)
        return d;
    ck_assert_msg(strncmp(ref, "#/", 2) == 0, "%s", ref);
    const struct doc *found = doc_path(contract, ref + 2);
    ck_assert_msg(found != NULL, "%s leads nowhere", ref);
    return found;
}

const struct doc *contract_path(const char *pattern) {
    return doc_get(doc_get(contract, "paths"), pattern);
}

const struct doc *contract_operation(const struct route *r) {
    char method[10];
    snprintf(method, sizeof(method), "%s", r->method);
    for (char *p = method; *p; p++)
        *p = (char)(*p | 0x20);
    const struct doc *o = doc_get(contract_path(r->pattern), method);
    ck_assert_msg(o != NULL, "%s %s is not in the contract", r->method, r->pattern);
    return o;
}

size_t contract_each(void (*visit)(const char *path, const char *method,
                                   const struct doc *operation)) {
    void *at = NULL;
    const char *path;
    const struct doc *item;
    size_t n = 0;
    while (doc_next(doc_get(contract, "paths"), &at, &path, &item)) {
        void *within = NULL;
        const char *method;
        const struct doc *operation;
        while (doc_next(item, &within, &method, &operation))
            if (is_method(method)) {
                visit(path, method, operation);
                n++;
            }
    }
    return n;
}

bool contract_takes(const struct doc *item, const struct doc *operation, const char *place,
                    const char *name) {
    const struct doc *lists[] = {doc_get(item, "parameters"), doc_get(operation, "parameters")};
    for (size_t l = 0; l < COUNT(lists); l++)
        for (size_t i = 0; i < doc_count(lists[l]); i++) {
            const struct doc *p = contract_resolve(doc_at(lists[l], i));
            if (strcmp(doc_get_text(p, "in"), place) == 0 &&
                strcasecmp(doc_get_text(p, "name"), name) == 0)
                return true;
        }
    return false;
}
