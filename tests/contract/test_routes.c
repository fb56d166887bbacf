#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "generated/contract.h"
#include "openapi.h"

/* The contract against what the gate does: both ways. */
static struct service s;

static const struct route *route_of(const char *pattern, const char *method) {
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        if (strcmp(ROUTES[i].pattern, pattern) == 0 && strcasecmp(ROUTES[i].method, method) == 0)
            return &ROUTES[i];
    return NULL;
}

START_TEST(every_route_is_in_the_contract) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        contract_operation(&ROUTES[i]);
    doc_free(contract);
}
END_TEST

static void must_be_routed(const char *path, const char *method, const struct doc *operation) {
    (void)operation;
    ck_assert_msg(route_of(path, method) != NULL, "%s %s has no route", method, path);
}

START_TEST(every_operation_of_the_contract_has_a_route) {
    contract_read();
    ck_assert_uint_eq(contract_each(must_be_routed), ROUTE_COUNT);
    doc_free(contract);
}
END_TEST

START_TEST(names_in_a_path_are_its_parameters) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        for (const char *at = ROUTES[i].pattern; (at = strchr(at, '{')); at++) {
            char name[40];
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, "}"), at + 1);
            ck_assert_msg(contract_takes(contract_path(ROUTES[i].pattern), NULL, "path", name),
                          "%s %s", ROUTES[i].pattern, name);
        }
    doc_free(contract);
}
END_TEST

/* ---- parameters: the gate is asked ---- */

static const char *const CANDIDATES[] = {
    "plan",           "as_of",         "limit",    "cursor",     "count",       "include",
    "goal",           "objective",     "status",   "department", "tag",         "q",
    "kind",           "source",        "since",    "until",      "state",       "dry_run",
    "lang",           "updated_since", "known_at", "sort",       "order",       "page",
    "offset",         "fields",        "format",   "id",         "code",        "number",
    "external_id",    "callback",      "key",      "measure",    "slug",        "dialect",
    "reason",         "within",        "overdue",  "stale",      "fiscal_year", "gl_account",
    "project_string", "actor",         "holder",   "object",     "object_id",   "action",
    "webhook",        "delivery",      "period",   "from",       "to",          "on_error",
    "after",          "entity",        "op",       "table",
};

static const char *sample(const struct route *r) {
    static const char *const samples[][2] = {
        {"/goals/{number}", "/goals/7"},
        {"/goals/{number}/objectives", "/goals/7/objectives"},
        {"/objectives/{code}", "/objectives/7.1"},
        {"/objectives/{code}/updates", "/objectives/7.1/updates"},
        {"/updates/{id}", "/updates/1"},
        {"/updates/{id}/publication", "/updates/1/publication"},
        {"/updates/{id}/retraction", "/updates/1/retraction"},
        {"/updates/{id}/redaction", "/updates/1/redaction"},
        {"/updates/{id}/return", "/updates/1/return"},
        {"/updates/{id}/discard", "/updates/1/discard"},
        {"/updates/{source}/{external_id}", "/updates/gogov/x"},
        {"/measures/{slug}", "/measures/x"},
        {"/measures/{slug}/values", "/measures/x/values"},
        {"/departments/{slug}", "/departments/x"},
        {"/imports/{id}", "/imports/1"},
        {"/webhooks/{id}", "/webhooks/1"},
        {"/webhooks/{id}/secret", "/webhooks/1/secret"},
        {"/webhooks/{id}/removal", "/webhooks/1/removal"},
        {"/webhooks/{id}/test", "/webhooks/1/test"},
        {"/webhooks/{id}/deliveries", "/webhooks/1/deliveries"},
        {"/webhooks/{id}/deliveries/{delivery}/replay", "/webhooks/1/deliveries/1/replay"},
        {"/plans/{slug}", "/plans/x"},
        {"/periods/{period}", "/periods/2026-27-Q1"},
        {"/periods/{period}/closing", "/periods/2026-27-Q1/closing"},
        {"/reports/{period}", "/reports/2026-27-Q1"},
        {"/widget-{edition}.js", "/widget-0123456789abcdef.js"},
        {"/embed/goal/{number}", "/embed/goal/7"},
        {"/embed/objective/{code}", "/embed/objective/7.1"},
        {"/fragments/goal/{number}", "/fragments/goal/7"},
        {"/fragments/objective/{code}", "/fragments/objective/7.1"},
        {"/badges/goal/{number}.svg", "/badges/goal/7.svg"},
        {"/badges/objective/{code}.svg", "/badges/objective/7.1.svg"},
        {"/docs/{operation}", "/docs/getGoal"},
        {"/staff/{name}", "/staff/main.js"},
        {"/problems/{code}", "/problems/invalid"},
    };
    for (size_t i = 0; i < COUNT(samples); i++)
        if (strcmp(samples[i][0], r->pattern) == 0)
            return samples[i][1];
    ck_assert_msg(!strchr(r->pattern, '{'), "%s has no sample", r->pattern);
    return r->pattern;
}

/* A body that passes the checks of its route, so that parameters are looked at. */
static const char *body_of(const struct route *r) {
    if (!r->operation)
        return NULL;
    if (strcmp(r->method, "PATCH") == 0)
        return "{}";
    if (strstr(r->pattern, "/return"))
        return "{'comment':'c'}";
    if (strstr(r->pattern, "/retraction"))
        return "{'reason':'r'}";
    if (strcmp(r->pattern, "/measures") == 0)
        return "{'slug':'s','name':'n','unit':'u','direction':'increase','objectives':['7.1']}";
    if (strcmp(r->pattern, "/plans") == 0)
        return "{'slug':'s','title':'t'}";
    if (strcmp(r->pattern, "/departments") == 0)
        return "{'slug':'s','name':'n'}";
    if (strstr(r->pattern, "/redaction"))
        return "{'fields':['details'],'reason':'r'}";
    if (strcmp(r->pattern, "/webhooks") == 0)
        return "{'url':'https://example.org/'}";
    if (strcmp(r->pattern, "/updates/batch") == 0 || strcmp(r->pattern, "/translations") == 0)
        return "{'items':[]}";
    if (strcmp(r->pattern, "/imports") == 0)
        return "[{'code':'7.1'}]";
    if (r->operation->flags & OPERATION_XML)
        return "<service_request_updates/>";
    if (r->operation->flags & OPERATION_LIST)
        return "[]";
    if (strcmp(r->method, "PUT") == 0 || strcmp(r->pattern, "/updates") == 0)
        return "{'objective':'7.1','as_of':'2026-10-31','kind':'note','summary':'s'}";
    return "{}";
}

/* Whether the gate knows a parameter: beside one that it surely does not know, it is named as a
 * fault or not. */
static bool gate_knows(const struct route *r, const char *key, const char *name) {
    char target[200];
    char fault[60];
    snprintf(target, sizeof(target), "%s?%s=dry_run&no_such_parameter=1", sample(r), name);
    if (strcmp(name, "dry_run") == 0)
        snprintf(target, sizeof(target), "%s?dry_run=true&no_such_parameter=1", sample(r));
    const struct answer *a = EXPECT(
        &s, 400, .method = r->method, .target = target, .key = r->scope ? key : NULL,
        .idempotency_key = r->operation ? "k" : NULL, .if_match = r->operation ? "\"r1-0\"" : NULL,
        .type = r->operation && (r->operation->flags & OPERATION_XML) ? "text/xml" : NULL,
        .body = body_of(r));
    snprintf(fault, sizeof(fault), "\"parameter\":\"%s\"", name);
    const struct doc *errors = answer_at(a, "errors");
    bool strange_is_named = false;
    bool is_unknown = false;
    for (size_t i = 0; i < doc_count(errors); i++) {
        const char *parameter = doc_get_text(doc_at(errors, i), "parameter");
        strange_is_named |= strcmp(parameter, "no_such_parameter") == 0;
        is_unknown |= strcmp(parameter, name) == 0 &&
                      strstr(doc_get_text(doc_at(errors, i), "detail"),
                             "is not a parameter of this path");
    }
    ck_assert_msg(strange_is_named, "%s: %s", target, a->body);
    return !is_unknown;
}

START_TEST(gate_and_contract_know_the_same_parameters) {
    AUTO(buf) struct buf differences = {0};
    service_open_shared(&s);
    contract_read();
    const char *key = service_key(&s, "admin", NULL, NULL);
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        for (size_t j = 0; j < COUNT(CANDIDATES); j++) {
            bool documented = contract_takes(contract_path(r->pattern), contract_operation(r),
                                             "query", CANDIDATES[j]);
            bool known = gate_knows(r, key, CANDIDATES[j]);
            /* count on /goals is known and refused by its own words: the contract leaves it out */
            if (known && !documented && strcmp(CANDIDATES[j], "count") == 0)
                continue;
            if (known != documented)
                buf_addf(&differences, "%s %s: %s is %s\n", r->method, r->pattern, CANDIDATES[j],
                         known ? "taken and not in the contract" : "in the contract and not taken");
        }
    }
    ck_assert_msg(differences.len == 0, "%s", differences.data);
    doc_free(contract);
    service_close(&s);
}
END_TEST

static void must_be_candidates(const char *path, const char *method, const struct doc *operation) {
    const struct doc *list = doc_get(operation, "parameters");
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *p = contract_resolve(doc_at(list, i));
        const char *name = doc_get_text(p, "name");
        bool found = strcmp(doc_get_text(p, "in"), "query") != 0;
        for (size_t j = 0; j < COUNT(CANDIDATES); j++)
            found |= strcmp(CANDIDATES[j], name) == 0;
        ck_assert_msg(found, "%s %s: the parameter %s is not tried", method, path, name);
    }
}

START_TEST(every_parameter_of_the_contract_is_tried) {
    contract_read();
    contract_each(must_be_candidates);
    doc_free(contract);
}
END_TEST

/* The choices that the contract gives are those that the gate takes. */
START_TEST(choices_of_parameters_are_the_gates) {
    static const char *const targets[][2] = {
        {"Status", "/objectives?status="},
        {"Kind", "/updates?kind="},
        {"Count", "/objectives?count="},
        {"Lang", "/objectives?lang="},
    };
    service_open_shared(&s);
    contract_read();
    for (size_t i = 0; i < COUNT(targets); i++) {
        char path[60];
        snprintf(path, sizeof(path), "components/parameters/%s/schema", targets[i][0]);
        const struct doc *choices = doc_get(contract_resolve(doc_path(contract, path)), "enum");
        ck_assert_msg(doc_count(choices) > 0, "%s", targets[i][0]);
        for (size_t j = 0; j < doc_count(choices); j++) {
            char target[100];
            snprintf(target, sizeof(target), "%s%s", targets[i][1], doc_text(doc_at(choices, j)));
            GET(&s, target);
        }
    }
    doc_free(contract);
    service_close(&s);
}
END_TEST

START_TEST(it_is_of_this_version_and_served_as_it_is) {
    service_open_shared(&s);
    contract_read();
    ck_assert_str_eq(doc_get_text(doc_get(contract, "info"), "version"), PROGRESS_VERSION);
    ck_assert_str_eq(doc_get_text(contract, "openapi"), "3.1.0");
    const struct answer *json = GET(&s, "/openapi.json");
    ck_assert_uint_eq(json->len, OPENAPI[1].len);
    ck_assert_mem_eq(json->body, OPENAPI[1].bytes, json->len);
    const struct answer *yaml = GET(&s, "/openapi.yaml");
    ck_assert_uint_eq(yaml->len, OPENAPI[0].len);
    ck_assert_str_eq(OPENAPI[0].name, "openapi.yaml");
    doc_free(contract);
    service_close(&s);
}
END_TEST

static void must_be_unique(const char *path, const char *method, const struct doc *operation) {
    char quoted[100];
    (void)path, (void)method;
    snprintf(quoted, sizeof(quoted), "\"operationId\":\"%s\"",
             doc_get_text(operation, "operationId"));
    const char *first = strstr(OPENAPI[1].bytes, quoted);
    if (!first) { /* the embedded form may keep a space */
        snprintf(quoted, sizeof(quoted), "\"operationId\": \"%s\"",
                 doc_get_text(operation, "operationId"));
        first = strstr(OPENAPI[1].bytes, quoted);
    }
    ck_assert_msg(first && !strstr(first + 1, quoted), "%s", quoted);
}

START_TEST(operations_have_names_of_their_own) {
    contract_read();
    contract_each(must_be_unique);
    doc_free(contract);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_route_is_in_the_contract,
        every_operation_of_the_contract_has_a_route,
        names_in_a_path_are_its_parameters,
        gate_and_contract_know_the_same_parameters,
        every_parameter_of_the_contract_is_tried,
        choices_of_parameters_are_the_gates,
        it_is_of_this_version_and_served_as_it_is,
        operations_have_names_of_their_own,
    };
    service_prepare("contract/routes", false);
    int status = suite_run("contract/routes", tests, COUNT(tests));
    service_clean_up();
    return status;
}
