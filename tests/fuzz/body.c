/* A body of any write: the pre-check, the parser, the field tables and the rules across fields. */
#include "fuzz.h"
#include "model/doc.h"
#include "model/goal.h"
#include "model/objective.h"
#include "model/update.h"

static const struct operation *const OPERATIONS[] = {
    &update_post,    &update_put,     &draft_put,  &update_publish,
    &update_retract, &update_discard, &goal_patch, &objective_patch,
};

/* What the database relies on, whatever the operation. */
static void check_taken(struct call *c, const struct operation *op, const struct doc *body) {
    void *at = NULL;
    const char *name;
    const struct doc *value;
    assert(doc_type(body) == DOC_OBJECT);
    while (doc_next(body, &at, &name, &value)) {
        const struct field *f = op->fields;
        while (f->name && strcmp(f->name, name) != 0)
            f++;
        assert(f->name);
        assert(!doc_text(value) || !field_refuses(c, f, doc_text(value)));
        if (f->type == FIELD_PERCENT && doc_type(value) == DOC_NUMBER)
            assert(doc_number(value) >= 0 && doc_number(value) <= 100);
    }
    for (const struct field *f = op->fields; f->name; f++)
        assert(!(f->flags & FIELD_REQUIRED) || doc_type(doc_get(body, f->name)) > DOC_NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = input_of(data, size);
    const struct operation *op = OPERATIONS[input_byte(&in) % COUNT(OPERATIONS)];
    AUTO(call) struct call c;
    call_init(&c, 1000);
    bool taken = operation_check(&c, op, in.at, in.len);
    check_call(&c, taken);
    assert(taken || c.err == ERR_MALFORMED || (c.err == ERR_INVALID && c.faults));
    if (!taken || in.len == 0)
        return 0;

    AUTO(doc) struct doc *body = doc_parse(&c, in.at, in.len);
    assert(body);
    check_taken(&c, op, body);
    return 0;
}
