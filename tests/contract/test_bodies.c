#include <stdio.h>
#include <string.h>

#include "generated/contract.h"
#include "http/problem.h"
#include "openapi.h"

/* The contract against the tables of fields, problems and routes. */

/* ---- bodies ---- */

static const struct field *field_named(const struct field *fields, const char *name) {
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

static bool lists_name(const struct doc *list, const char *name) {
    for (size_t i = 0; i < doc_count(list); i++)
        if (strcmp(doc_text(doc_at(list, i)), name) == 0)
            return true;
    return false;
}

static const char *body_type(const struct route *r) {
    return r->operation->flags & OPERATION_MERGES ? "application/merge-patch+json"
           : r->operation->flags & OPERATION_XML  ? "application/xml"
                                                  : "application/json";
}

/* Of the object that has the fields: of a list its items. XML is a text to the contract. */
static const struct doc *body_schema(const struct route *r) {
    const char *type = body_type(r);
    const struct doc *content = doc_get(doc_get(contract_operation(r), "requestBody"), "content");
    const struct doc *schema = contract_resolve(doc_get(doc_get(content, type), "schema"));
    ck_assert_msg(schema != NULL, "%s %s has no body of type %s", r->method, r->pattern, type);
    return r->operation->flags & OPERATION_LIST ? contract_resolve(doc_get(schema, "items"))
                                                : schema;
}

/* A body whose fields the contract can list; tables have those of many. */
static bool has_fields(const struct route *r) {
    return r->operation && !(r->operation->flags & (OPERATION_XML | OPERATION_TABLE));
}

START_TEST(bodies_have_the_fields_of_their_tables) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        if (!has_fields(r))
            continue;
        const struct doc *schema = body_schema(r);
        const struct doc *properties = doc_get(schema, "properties");
        bool natural = strcmp(r->pattern, "/updates/{source}/{external_id}") == 0;
        for (const struct field *f = r->operation->fields; f->name; f++) {
            bool in_path = natural &&
                           (strcmp(f->name, "source") == 0 || strcmp(f->name, "external_id") == 0 ||
                            strcmp(f->name, "supersedes") == 0);
            ck_assert_msg((doc_get(properties, f->name) != NULL) != in_path, "%s %s: %s", r->method,
                          r->pattern, f->name);
            ck_assert_msg(lists_name(doc_get(schema, "required"), f->name) ==
                              ((f->flags & FIELD_REQUIRED) != 0),
                          "%s %s: %s is required in one and not in the other", r->method,
                          r->pattern, f->name);
        }
        void *at = NULL;
        const char *name;
        const struct doc *property;
        while (doc_next(properties, &at, &name, &property))
            ck_assert_msg(field_named(r->operation->fields, name) != NULL, "%s %s: %s has no field",
                          r->method, r->pattern, name);
        ck_assert_msg(doc_type(doc_get(schema, "additionalProperties")) == DOC_BOOL &&
                          !doc_bool(doc_get(schema, "additionalProperties")),
                      "%s %s: unknown fields are refused", r->method, r->pattern);
    }
    doc_free(contract);
}
END_TEST

START_TEST(limits_of_texts_are_those_of_their_tables) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        for (const struct field *f = has_fields(r) ? r->operation->fields : NULL; f && f->name;
             f++) {
            const struct doc *property = contract_resolve(
                doc_get(doc_get(body_schema(r), "properties"), f->name));
            if (!property ||
                (f->type != FIELD_TEXT && f->type != FIELD_EXTERNAL && f->type != FIELD_LIST))
                continue;
            const char *limit = f->type == FIELD_LIST ? "maxItems" : "maxLength";
            double stated = doc_number(doc_get(property, limit));
            ck_assert_msg(stated > 0 && (size_t)stated == f->max, "%s %s: %s %s %.0f, not %zu",
                          r->method, r->pattern, f->name, limit, stated, f->max);
        }
    }
    doc_free(contract);
}
END_TEST

START_TEST(examples_of_bodies_pass_their_checks) {
    size_t tried = 0;
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        if (!has_fields(r))
            continue;
        const char *type = body_type(r);
        const struct doc *media = doc_get(doc_get(doc_get(contract_operation(r), "requestBody"),
                                                  "content"),
                                          type);
        void *at = NULL;
        const char *name;
        const struct doc *example;
        while (doc_next(doc_get(media, "examples"), &at, &name, &example)) {
            AUTO(call) struct call c;
            call_init(&c, 1000);
            const struct doc *value = doc_get(contract_resolve(example), "value");
            if (r->operation->flags & OPERATION_LIST)
                for (size_t j = 0; j < doc_count(value); j++)
                    field_check(&c, r->operation->fields, doc_at(value, j), "#");
            else
                field_check(&c, r->operation->fields, value, "#");
            if (r->operation->check)
                r->operation->check(&c, value);
            ck_assert_msg(!c.faults, "%s %s: example %s: %s %s", r->method, r->pattern, name,
                          c.faults->where, c.faults->detail);
            tried++;
        }
    }
    ck_assert_uint_ge(tried, 6);
    doc_free(contract);
}
END_TEST

/* ---- answers ---- */

static void must_name_known_problems(const struct doc *d) {
    const char *code = doc_get_text(d, "code");
    const char *type = doc_get_text(d, "type");
    if (code && type && strncmp(type, "/problems/", 10) == 0) {
        const struct problem *p = problem_find(code);
        ck_assert_msg(p != NULL, "the problem %s is not known", code);
        ck_assert_str_eq(type + 10, code);
        ck_assert_msg(!doc_get(d, "status") || (int)doc_number(doc_get(d, "status")) == p->status,
                      "%s", code);
        ck_assert_msg(!doc_get_text(d, "title") || strcmp(doc_get_text(d, "title"), p->title) == 0,
                      "%s: %s", code, doc_get_text(d, "title"));
    }
    void *at = NULL;
    const char *name;
    const struct doc *value;
    if (doc_type(d) == DOC_OBJECT)
        while (doc_next(d, &at, &name, &value))
            must_name_known_problems(value);
    for (size_t i = 0; i < doc_count(d); i++)
        must_name_known_problems(doc_at(d, i));
}

static bool mentions(const char *text, const char *word) {
    size_t len = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += len)
        if ((at == text || at[-1] == '"' || at[-1] == '/' || at[-1] == '`') &&
            (at[len] == '"' || at[len] == '`'))
            return true;
    return false;
}

START_TEST(problems_of_the_contract_and_of_the_table_are_the_same) {
    contract_read();
    must_name_known_problems(contract);
    for (size_t i = 0; i < PROBLEM_COUNT; i++)
        ck_assert_msg(mentions(OPENAPI[1].bytes, PROBLEMS[i].code), "the contract does not know %s",
                      PROBLEMS[i].code);
    doc_free(contract);
}
END_TEST

START_TEST(every_operation_documents_its_statuses) {
    static const struct {
        const char *status;
        bool read, write, keyed, precondition, free;
    } cases[] = {
        {"200", true, true, false, false, true},     {"400", true, true, false, false, true},
        {"401", false, true, false, false, false},   {"403", false, true, false, false, false},
        {"409", false, true, false, false, false},   {"413", false, true, false, false, false},
        {"415", false, true, false, false, false},   {"422", false, true, false, false, false},
        {"412", false, false, false, true, false},   {"428", false, false, false, true, false},
        {"429", true, true, false, false, false},    {"500", true, true, false, false, true},
        {"414", true, true, false, false, true},     {"431", true, true, false, false, true},
        {"default", true, true, false, false, true},
    };
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        const struct doc *responses = doc_get(contract_operation(r), "responses");
        bool conditional = r->operation && (r->operation->flags & OPERATION_IF_MATCH);
        for (size_t j = 0; j < COUNT(cases); j++) {
            bool wanted = r->flags & ROUTE_FREE ? cases[j].free
                          : r->operation        ? cases[j].write
                                                : cases[j].read;
            wanted |= conditional && cases[j].precondition;
            ck_assert_msg(!wanted || doc_get(responses, cases[j].status), "%s %s: %s", r->method,
                          r->pattern, cases[j].status);
        }
        ck_assert_msg(conditional || !doc_get(responses, "428"), "%s %s: 428", r->method,
                      r->pattern);
        ck_assert_msg(!r->entity || doc_get(responses, "304"), "%s %s: 304", r->method, r->pattern);
        ck_assert_msg(!(r->entity || r->operation) || doc_get(responses, "404"), "%s %s: 404",
                      r->method, r->pattern);
        ck_assert_msg(!(r->entity || r->operation) || doc_get(responses, "503"), "%s %s: 503",
                      r->method, r->pattern);
        /* one answer for many items says of each whether it is new */
        bool is_many = r->operation && (r->operation->flags & OPERATION_RAW);
        bool creates = (r->operation && strcmp(r->method, "POST") == 0 &&
                        !strchr(r->pattern, '{') && !is_many) ||
                       strstr(r->pattern, "{external_id}");
        ck_assert_msg(!r->operation || (doc_get(responses, "201") != NULL) == creates, "%s %s: 201",
                      r->method, r->pattern);
    }
    doc_free(contract);
}
END_TEST

START_TEST(every_write_documents_its_headers) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        if (!r->operation)
            continue;
        const struct doc *item = contract_path(r->pattern);
        ck_assert_msg(contract_takes(item, contract_operation(r), "header", "Idempotency-Key"),
                      "%s %s", r->method, r->pattern);
        ck_assert_msg(contract_takes(item, contract_operation(r), "header", "If-Match") ==
                          ((r->operation->flags & (OPERATION_IF_MATCH | OPERATION_MATCHES)) != 0),
                      "%s %s", r->method, r->pattern);
        ck_assert_msg(doc_bool(doc_get(doc_get(contract_operation(r), "requestBody"),
                                       "required")) == !(r->operation->flags & OPERATION_BODILESS),
                      "%s %s", r->method, r->pattern);
    }
    doc_free(contract);
}
END_TEST

START_TEST(what_is_not_public_needs_a_key) {
    contract_read();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &ROUTES[i];
        const struct doc *security = doc_get(contract_operation(r), "security");
        bool open = doc_count(security) == 0;
        bool keyed = false;
        for (size_t j = 0; j < doc_count(security); j++) {
            keyed |= doc_get(doc_at(security, j), "key") != NULL;
            open |= doc_get(doc_at(security, j), "key") == NULL;
        }
        ck_assert_msg(open == (r->scope == SCOPE_PUBLIC), "%s %s", r->method, r->pattern);
        ck_assert_msg(keyed == (r->scope != SCOPE_PUBLIC || (r->flags & ROUTE_DRAFTS)), "%s %s",
                      r->method, r->pattern);
    }
    ck_assert_str_eq(doc_get_text(doc_path(contract, "components/securitySchemes/key"), "scheme"),
                     "bearer");
    doc_free(contract);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        bodies_have_the_fields_of_their_tables,
        limits_of_texts_are_those_of_their_tables,
        examples_of_bodies_pass_their_checks,
        problems_of_the_contract_and_of_the_table_are_the_same,
        every_operation_documents_its_statuses,
        every_write_documents_its_headers,
        what_is_not_public_needs_a_key,
    };
    return suite_run("contract/bodies", tests, COUNT(tests));
}
