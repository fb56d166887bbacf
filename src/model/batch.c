#include "model/batch.h"

#include <string.h>

#include "generated/queries.h"
#include "model/update.h"

static const char *const ON_ERROR[] = {"abort", "report", NULL};
static const char *const STATES[] = {"open", "closed", NULL};

static const struct field BATCH_PARAMS[] = {
    {"on_error", FIELD_CHOICE, FIELD_OPTIONAL, 0, ON_ERROR, NULL},
    {0},
};
static const struct field OPEN311_PARAMS[] = {
    {"objective", FIELD_CODE, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

/* The items are looked at one by one, so that each can be spared. */
static const struct field AN_ITEM = {"", FIELD_ANY, FIELD_OPTIONAL, 0, NULL, NULL};
static const struct field BATCH_FIELDS[] = {
    {"items", FIELD_LIST, FIELD_REQUIRED, BATCH_MOST, NULL, &AN_ITEM},
    {0},
};

static const struct field OPEN311_FIELDS[] = {
    {"update_id", FIELD_EXTERNAL, FIELD_REQUIRED, 200, NULL, NULL},
    {"service_request_id", FIELD_EXTERNAL, FIELD_REQUIRED, 200, NULL, NULL},
    {"status", FIELD_CHOICE, FIELD_REQUIRED, 0, STATES, NULL},
    {"updated_datetime", FIELD_TIME, FIELD_REQUIRED, 0, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {0},
};

const struct operation updates_batch = {
    .statement = &SQL_updates_batch,
    .touches = TAG_UPDATES,
    .fields = BATCH_FIELDS,
    .params = BATCH_PARAMS,
    .flags = OPERATION_KEYED | OPERATION_RAW,
};

const struct operation open311_json = {
    .statement = &SQL_open311_post,
    .touches = TAG_UPDATES,
    .fields = OPEN311_FIELDS,
    .params = OPEN311_PARAMS,
    .flags = OPERATION_RAW | OPERATION_LIST,
};

const struct operation open311_xml = {
    .statement = &SQL_open311_post,
    .touches = TAG_UPDATES,
    .fields = OPEN311_FIELDS,
    .params = OPEN311_PARAMS,
    .flags = OPERATION_RAW | OPERATION_LIST | OPERATION_XML,
};

static void check_update(struct call *c, const struct doc *item, const char *pointer) {
    field_check(c, update_post.fields, item, pointer);
    if (doc_type(item) != DOC_OBJECT)
        return;
    if (doc_get_text(item, "external_id") && doc_type(doc_get(item, "supersedes")) > DOC_NULL) {
        const char *place = call_printf(c, "%s/supersedes", pointer);
        if (place)
            fault_add(c, FAULT_POINTER, place, "must be absent: external_id names the update");
    }
    update_check(c, item, pointer);
}

static void check_item(struct call *c, const struct operation *op, const struct doc *item,
                       const char *pointer) {
    if (op->flags & OPERATION_LIST)
        field_check(c, op->fields, item, pointer);
    else
        check_update(c, item, pointer);
}

/* The list that the body is, or holds; NULL after the faults of what is none. */
static const struct doc *list_of(struct call *c, const struct operation *op,
                                 const struct doc *body) {
    if (!(op->flags & OPERATION_LIST)) {
        field_check(c, op->fields, body, "#");
        return c->faults ? NULL : doc_get(body, "items");
    }
    if (doc_type(body) != DOC_LIST)
        fault_add(c, FAULT_POINTER, "#", "must be a list");
    else if (doc_count(body) > BATCH_MOST)
        fault_add(c, FAULT_POINTER, "#", "must have at most %d items", BATCH_MOST);
    return c->faults ? NULL : body;
}

/* The faults of one item leave the call for the list of what is refused. */
static void set_aside(struct call *c, size_t index, struct buf *refused) {
    buf_addf(refused, "%s\"%zu\":[", refused->len > 1 ? "," : "", index);
    for (const struct fault *f = c->faults; f; f = f->next) {
        buf_addf(refused, "%s{\"pointer\":", f == c->faults ? "" : ",");
        buf_add_json(refused, f->where);
        buf_adds(refused, ",\"detail\":");
        buf_add_json(refused, f->detail);
        buf_addc(refused, '}');
    }
    buf_addc(refused, ']');
    c->faults = NULL;
    c->faults_end = &c->faults;
}

bool batch_check(struct call *c, const struct operation *op, const char *bytes, size_t len,
                 bool spare, struct buf *refused) {
    AUTO(doc) struct doc *body = doc_parse(c, bytes, len);
    const struct doc *list = body ? list_of(c, op, body) : NULL;
    const char *within = op->flags & OPERATION_LIST ? "#" : "#/items";
    buf_addc(refused, '{');
    for (size_t i = 0; i < doc_count(list) && !c->err; i++) {
        const char *place = call_printf(c, "%s/%zu", within, i);
        if (place)
            check_item(c, op, doc_at(list, i), place);
        if (spare && c->faults)
            set_aside(c, i, refused);
    }
    buf_addc(refused, '}');
    return !c->err && fault_check(c) && buf_ok(c, refused);
}
